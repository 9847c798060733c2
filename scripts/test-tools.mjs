// Sees to the programs that the tests start: looks on PATH first and, where one is missing, installs it from Debian's packages, saying so.
import { execFileSync, spawnSync } from 'node:child_process';

/** How a program is found, and the package that brings it. */
const TOOLS = [
  { name: 'nats-server', found: ['nats-server', ['--version']], packages: ['nats-server'] },
  {
    name: 'Python with grpcio, protobuf and NumPy',
    found: ['/usr/bin/python3', ['-c', 'import grpc, google.protobuf, numpy']],
    packages: ['python3-grpcio', 'python3-protobuf', 'python3-numpy'],
  },
];

const isThere = ({ found: [command, args] }) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
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
    console.log(
      `That failed (${
        String(error.stderr ?? error.message)
          .trim()
          .split('\n')[0]
      }).`,
    );
  }
  for (const { name } of missing.filter((tool) => !isThere(tool))) {
    console.log(`${name} is not there: the tests that need it are skipped. Install it and run them again.`);
  }
}
