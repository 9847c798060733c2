import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './harness/command.js';
import { canBeAlone, runShell } from './harness/shell.js';
import { blocksOf } from './support/document-blocks.js';
import { TemporaryFolder } from './support/temporary-folder.js';

/** docs/ten-minutes.md, run as it stands, in a network of its own: it names ports. */

const LIMIT_MS = 110_000;

/** Programs that the tests took out of a package lie in .tools. */
const env = { ...process.env, PATH: `${process.env['PATH']}:${path.join(ROOT, '.tools')}` };
const can = (command: string, ...args: string[]) =>
  spawnSync(command, args, { stdio: 'ignore', env }).status === 0;
const missing = [
  ...(can('nats-server', '--version') ? [] : ['nats-server']),
  ...(can('prometheus', '--version') ? [] : ['prometheus']),
  ...(can('curl', '--version') ? [] : ['curl']),
  ...(canBeAlone() ? [] : ['a network namespace (root, iproute2)']),
];
if (missing.length > 0)
  console.log(`docs/ten-minutes.md is not run here: there is no ${missing.join(', no ')}.`);

/** Its blocks of commands, without those that install. */
const blocks = blocksOf(ROOT, 'docs/ten-minutes.md', 'sh')
  .map(({ text }) => text)
  .filter((text) => !/^(sudo apt-get|npm ci)/.test(text));
const commands = () => blocks.join('\n');
/** Asks whether its ports are free. */
const asking = blocks.find((text) => text.includes('in use'))!;

/** Words that would make a reader think that something is wrong. */
const SCARE = /warn|error|fail|fatal|panic|exception|refused|\bWRN\b|\bERR\b|\bFTL\b/i;
/** The two warnings that the page explains, and that of Prometheus, which is told to end. */
const EXPLAINED = [
  'The NATS server is of version 2.9.10; 2.10.23 or later is recommended.',
  'yet; waiting for a coordinator to make it.',
  'Received SIGTERM, exiting gracefully',
];

/** Makes a folder that looks like a clone, and returns it. */
async function cloneIn(folder: TemporaryFolder): Promise<string> {
  for (const entry of readdirSync(ROOT).filter((name) => !['cluster', '.git'].includes(name)))
    await symlink(path.join(ROOT, entry), folder.file(entry));
  return folder.path;
}

/** Runs a script alone: it names ports. */
const runInItsOwnNetwork = (folder: string, script: string) =>
  runShell(script, { cwd: folder, env, limitMs: LIMIT_MS, alone: true });

describe('docs/ten-minutes.md', () => {
  it('has all its steps', () => {
    for (const step of [
      'nats-server ',
      'smoothcert coordinator',
      'smoothcert worker',
      'smoothcert submit',
      'prometheus ',
    ])
      expect(commands()).toContain(step);
  });

  it.skipIf(missing.length > 0)('works as it stands', async () => {
    using folder = new TemporaryFolder();
    const clone = await cloneIn(folder);
    const script = folder.file('commands.sh');
    const kept = commands().replace(/^rm -rf cluster$/m, 'cp cluster/*.log .\n$&');
    await writeFile(script, `set -e\n${kept}\necho all steps done\n`);

    const { code, said } = await runInItsOwnNetwork(clone, script);
    expect(said).toContain('all steps done');
    expect(code).toBe(0);
    expect(said).toMatch(/^Ready\.$/m);
    expect(said.match(/average certified radius/g)).toHaveLength(2);
    expect(said).toMatch(/^smoothcert_images_decided_total\{.*outcome="certified".*\} \d{2,}$/m);
    expect(said).toMatch(/^smoothcert_drawn_samples_total\{.*outcome="vote".*\} \d{4,}$/m);
    expect(said).toContain('Prometheus Server is Ready');

    expect(said.split('\n').filter((line) => SCARE.test(line))).toEqual([]);
    const logs = readdirSync(clone).filter((name) => name.endsWith('.log'));
    expect(logs).toHaveLength(5);
    const lines = logs.flatMap((name) => readFileSync(folder.file(name), 'utf8').split('\n'));
    const unexplained = lines.filter((line) => !EXPLAINED.some((sentence) => line.includes(sentence)));
    expect(unexplained.filter((line) => SCARE.test(line))).toEqual([]);
  });

  it.skipIf(missing.length > 0)(
    'says of each taken port that it is, and the coordinator ends with one sentence',
    async () => {
      using folder = new TemporaryFolder();
      const clone = await cloneIn(folder);
      const script = folder.file('commands.sh');
      const waiting = blocks.find((text) => text.startsWith('until curl -sf 127.0.0.1:9464/readyz'))!;
      // Whoever listens at 9464 is no web server: curl gets no answer.
      await writeFile(
        script,
        `exec 9< <(exec "${process.execPath}" -e '
        const server = (port) => require("net").createServer((socket) => socket.destroy()).listen(port, "127.0.0.1");
        let open = 0;
        for (const port of [50051, 9464, 9466]) server(port).once("listening", () => ++open === 3 && console.log("open"));
      ')
      read -r open <&9
      ${asking}
      alias smoothcert="node $PWD/dist/cli/main.js"
      mkdir -p cluster
      nats-server -a 127.0.0.1 -p 14222 -js -sd cluster/nats -l cluster/nats.log &
      export SMOOTHCERT_NATS=nats://127.0.0.1:14222
      smoothcert coordinator --store cluster/store 2> cluster/coordinator.log &
      ${waiting}
      echo "coordinator of a taken gRPC port:"
      smoothcert coordinator --store cluster/store --http 127.0.0.1:19464 || echo "exit code $?"
      echo "coordinator of another server than NATS:"
      smoothcert coordinator --store cluster/store --http 127.0.0.1:19465 --wait-seconds 1 --nats nats://127.0.0.1:50051 || echo "exit code $?"
      `,
      );
      const { said } = await runInItsOwnNetwork(clone, script);
      const sentences = said
        .split('\n')
        .filter((line) => !/ warn The NATS server is of version |kill: .*no such|No such process/.test(line));
      const inUse = (what: string, at: string) => [
        `Error OPTION_INVALID: ${what} cannot listen at 127.0.0.1:${at}: it is in use by another process.`,
        'Give it another address, or see what else listens there.',
      ];
      expect(sentences).toEqual([
        ...['50051', '9464', '9466'].map(
          (port) => `Port ${port} is in use: stop what uses it, or write another number for it below.`,
        ),
        ...inUse('The HTTP server', '9464'),
        'coordinator of a taken gRPC port:',
        ...inUse('The gRPC service', '50051'),
        'exit code 2',
        'coordinator of another server than NATS:',
        expect.stringMatching(
          /^\S+ warn No NATS server answers at nats:\S+: the connection was closed at once\. Trying again, for up to 1 s\.$/,
        ),
        'Error NATS_UNREACHABLE: No NATS server answers at nats://127.0.0.1:50051: the connection was closed at once.',
        'Start nats-server -js there, or name another server with --nats.',
        'exit code 2',
        '',
      ]);
    },
  );
});
