import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './harness/command.js';
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
  ...(can('unshare', '-n', 'ip', 'link', 'set', 'lo', 'up') ? [] : ['a network namespace (root, iproute2)']),
];
if (missing.length > 0)
  console.log(`docs/ten-minutes.md is not run here: there is no ${missing.join(', no ')}.`);

/** Its commands, without those that install. */
function commands(): string {
  const page = readFileSync(path.join(ROOT, 'docs/ten-minutes.md'), 'utf8');
  const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
  return blocks.filter((block) => !/^(sudo apt-get|npm ci)/.test(block)).join('\n');
}

/** Runs a script as a person's shell would, aliases included; all that it started is gone afterwards. */
async function runInItsOwnNetwork(
  folder: string,
  script: string,
): Promise<{ code: number | null; said: string }> {
  // A PID namespace: with its first process everything in it ends.
  const args = [
    '-n',
    '-p',
    '--fork',
    '--kill-child',
    '--mount-proc',
    'bash',
    '-c',
    'ip link set lo up && exec bash -O expand_aliases "$0"',
    script,
  ];
  const shell = spawn('unshare', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => shell.kill('SIGKILL'), LIMIT_MS);
  let said = '';
  for (const stream of [shell.stdout, shell.stderr])
    stream.on('data', (part: Buffer) => (said += part.toString()));
  const code = await new Promise<number | null>((resolve) => shell.once('close', resolve));
  clearTimeout(timer);
  return { code, said };
}

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
    const clone = folder.file('.');
    for (const entry of readdirSync(ROOT).filter((name) => !['cluster', '.git'].includes(name)))
      await symlink(path.join(ROOT, entry), path.join(clone, entry));
    const script = folder.file('commands.sh');
    await writeFile(script, `set -e\n${commands()}\necho all steps done\n`);

    const { code, said } = await runInItsOwnNetwork(clone, script);
    expect(said).toContain('all steps done');
    expect(code).toBe(0);
    expect(said).toMatch(/^Ready\.$/m);
    expect(said.match(/average certified radius/g)).toHaveLength(2);
    expect(said).toMatch(/^smoothcert_images_decided_total\{.*outcome="certified".*\} \d{2,}$/m);
    expect(said).toMatch(/^smoothcert_drawn_samples_total\{.*outcome="vote".*\} \d{4,}$/m);
    expect(said).toContain('Prometheus Server is Ready');
  });
});
