// Brings the nats-servers of Debian's later suites into .tools, beside the one on PATH: the cluster tests run against each of them.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The suites, and what test/harness/nats-programs.ts calls their server in .tools. */
const SUITES = ['trixie', 'sid'];
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';
const folder = fileURLToPath(new URL('../.tools', import.meta.url));
const programOf = (suite) => path.join(folder, `nats-server-${suite}`);
const isThere = (suite) => spawnSync(programOf(suite), ['--version'], { stdio: 'ignore' }).status === 0;

/** Returns what runs apt with lists and packages in a folder of its own: the lists of this machine stay as they are. */
function aptIn(temporary, suites) {
  const lines = suites.map((suite) => `deb [signed-by=${KEYS}] http://deb.debian.org/debian ${suite} main\n`);
  writeFileSync(path.join(temporary, 'sources.list'), lines.join(''));
  for (const name of ['lists/partial', 'cache/archives/partial']) {
    mkdirSync(path.join(temporary, name), { recursive: true });
  }
  const settings = [
    `Dir::Etc::SourceList=${temporary}/sources.list`,
    'Dir::Etc::SourceParts=/dev/null',
    `Dir::State::Lists=${temporary}/lists`,
    `Dir::Cache=${temporary}/cache`,
    'Acquire::Languages=none',
    'APT::Sandbox::User=root',
  ].flatMap((setting) => ['-o', setting]);
  return (cwd, ...args) =>
    execFileSync('apt-get', [...settings, ...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
}

function bring(suite, apt, temporary) {
  const unpacked = path.join(temporary, suite);
  mkdirSync(unpacked);
  apt(unpacked, 'download', '-qq', `nats-server/${suite}`);
  const [archive] = readdirSync(unpacked).filter((name) => name.endsWith('.deb'));
  execFileSync('dpkg', ['-x', archive, 'root'], { cwd: unpacked, stdio: ['ignore', 'ignore', 'pipe'] });
  copyFileSync(path.join(unpacked, 'root/usr/sbin/nats-server'), programOf(suite));
}

const missing = SUITES.filter((suite) => !isThere(suite));
if (missing.length > 0) {
  console.log(
    `The cluster tests run against several nats-servers: taking those of Debian ${missing.join(' and ')} into .tools; nothing is installed.`,
  );
  const temporary = mkdtempSync(path.join(tmpdir(), 'smoothcert-nats-'));
  try {
    mkdirSync(folder, { recursive: true });
    const apt = aptIn(temporary, missing);
    apt(temporary, 'update', '-qq');
    for (const suite of missing) bring(suite, apt, temporary);
  } catch (error) {
    const [reason] = String(error.stderr ?? error.message)
      .trim()
      .split('\n');
    console.log(`That failed (${reason}).`);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  for (const suite of missing.filter((one) => !isThere(one))) {
    console.log(`The nats-server of Debian ${suite} is not there: the tests against it are skipped.`);
  }
}
