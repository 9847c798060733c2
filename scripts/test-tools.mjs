// Sees to the programs that the tests start: looks on PATH first and, where one is missing, installs it from Debian's packages, saying so.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Succeeds if a browser that test/harness/browser.ts knows is there. */
const BROWSER = 'command -v chromium || command -v chromium-browser || command -v google-chrome';

/** Given for `npm run test:cluster`, whose tests train and export models of PyTorch: it is large. */
const withTorch = process.argv.includes('--with-torch');

/** Modules that the package for Python uses where they are there, and those that install it. */
const PYTHON_MODULES = 'numpy grpc google.protobuf pandas matplotlib venv ensurepip setuptools wheel';
const PYTHON_PACKAGES = 'numpy grpcio protobuf pandas matplotlib venv setuptools wheel';
const LONG_TESTS_NEED = ' torch tqdm mypy';

const wordsOf = (text) => `${text}${withTorch ? LONG_TESTS_NEED : ''}`.split(' ');

/** Succeeds if protoc is there with the messages that come with it. */
const PROTOC =
  'program=$(command -v protoc) && test -e "$(dirname "$program")/../include/google/protobuf/any.proto"';

/** How a program is found, and the package that brings it. */
const TOOLS = [
  { name: 'nats-server', found: ['nats-server', ['--version']], packages: ['nats-server'] },
  {
    name: `Python with NumPy, grpcio, pandas and matplotlib${withTorch ? ', and PyTorch' : ''}`,
    found: ['/usr/bin/python3', ['-c', `import ${wordsOf(PYTHON_MODULES).join(', ')}`]],
    packages: wordsOf(PYTHON_PACKAGES).map((name) => `python3-${name}`),
  },
  {
    name: 'protoc',
    found: ['sh', ['-c', PROTOC]],
    packages: ['protobuf-compiler', 'libprotobuf-dev'],
  },
  { name: 'Chromium', found: ['sh', ['-c', BROWSER]], packages: ['chromium'] },
];

/** Programs of a package that would start a service: they are taken out of it, into a folder that git ignores. */
const UNPACKED = { package: 'prometheus', programs: ['prometheus', 'promtool'] };
const folder = fileURLToPath(new URL('../.tools', import.meta.url));

const runs = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
const isThere = ({ found: [command, args] }) => runs(command, args);
const isUnpacked = () =>
  UNPACKED.programs.every(
    (name) => runs(name, ['--version']) || runs(path.join(folder, name), ['--version']),
  );
const firstLine = (error) =>
  String(error.stderr ?? error.message)
    .trim()
    .split('\n')[0];
const missing = TOOLS.filter((tool) => !isThere(tool));

if (missing.length > 0) {
  const names = missing.map(({ name }) => name).join(' and ');
  const packages = missing.flatMap((tool) => tool.packages);
  const apt = (...args) =>
    execFileSync('apt-get', args, {
      // No service is started: the tests start their own servers.
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  console.log(
    `The tests start ${names}, which this machine lacks: installing Debian's ${packages.join(', ')}.`,
  );
  try {
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', ...packages);
  } catch (error) {
    console.log(`That failed (${firstLine(error)}).`);
  }
  for (const { name } of missing.filter((tool) => !isThere(tool))) {
    console.log(`${name} is not there: the tests that need it are skipped. Install it and run them again.`);
  }
}

if (!isUnpacked()) {
  const names = UNPACKED.programs.join(' and ');
  console.log(
    `The tests start ${names}: taking them out of Debian's ${UNPACKED.package}, into .tools; no service is installed.`,
  );
  const temporary = mkdtempSync(path.join(tmpdir(), 'smoothcert-tools-'));
  const quietly = { cwd: temporary, stdio: ['ignore', 'ignore', 'pipe'] };
  const download = () => execFileSync('apt-get', ['download', '-qq', UNPACKED.package], quietly);
  try {
    try {
      download();
    } catch {
      execFileSync('apt-get', ['update', '-qq'], quietly);
      download();
    }
    const [archive] = readdirSync(temporary).filter((name) => name.endsWith('.deb'));
    execFileSync('dpkg', ['-x', archive, 'root'], quietly);
    mkdirSync(folder, { recursive: true });
    for (const name of UNPACKED.programs) {
      copyFileSync(path.join(temporary, 'root/usr/bin', name), path.join(folder, name));
    }
  } catch (error) {
    console.log(`That failed (${firstLine(error)}).`);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  if (!isUnpacked()) {
    console.log(`${names} are not there: the tests of rules, dashboard and alerts are skipped.`);
  }
}
