import { readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { startCommand, type RunningCommand } from '../harness/command.js';
import { DIGITS_JOB } from '../harness/local-job.js';
import { childrenOf, isAlive, seededRandom, signalTo } from '../harness/processes.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** Big enough that 30 starts do not finish it: no image stops before 8,000 samples unless it abstains, and a start draws little. */
const JOB = [
  'certify',
  ...DIGITS_JOB,
  '--seed',
  '11',
  '--processes',
  '2',
  '--bound',
  'anytime',
  '--min-gain',
  '0.005',
  '--images',
  '::4',
];
const POLL_MS = 2;

const folder = folderOfAllTests();
let undisturbed: string;

beforeAll(async () => {
  undisturbed = await resultsOf('undisturbed');
});

const start = (out: string, more: string[] = []): RunningCommand =>
  startCommand([...JOB, '--out', folder.file(out), ...more], { ownGroup: true });

/** Runs the job of this folder to its end; its results.jsonl. */
async function resultsOf(out: string, more: string[] = []): Promise<string> {
  await using command = start(out, more);
  const { code, stderr } = await command.exited;
  expect(stderr).not.toContain('Error');
  expect(code).toBe(0);
  return await readFile(folder.file(out, 'results.jsonl'), 'utf8');
}

const ledgerBytes = (out: string): Promise<number> =>
  stat(folder.file(out, 'ledger')).then(
    ({ size }) => size,
    () => 0,
  );

/** Resolves when the ledger has grown by this many bytes or the command has ended; true if it has grown. */
async function grows(command: RunningCommand, out: string, from: number, by: number): Promise<boolean> {
  while (command.running) {
    if ((await ledgerBytes(out)) > from + by) return true;
    await delay(POLL_MS);
  }
  return false;
}

async function allGone(pids: readonly number[]): Promise<void> {
  while ((await Promise.all(pids.map(isAlive))).includes(true)) await delay(POLL_MS);
}

test('30 times SIGKILL at random moments, then the same results', async () => {
  const random = seededRandom(20_260);
  let whileDrawing = 0;
  for (let kill = 0; kill < 30; kill++) {
    const before = await ledgerBytes('killed');
    await using command = start('killed');
    if (kill % 5 === 0) await delay(random(700));
    else if (await grows(command, 'killed', before, random(750))) whileDrawing += 1;
    const children = await childrenOf(command.pid);
    command.kill('SIGKILL');
    await command.exited;
    await allGone(children);
  }
  expect(whileDrawing).toBeGreaterThan(18);
  expect(await resultsOf('killed')).toBe(undisturbed);
}, 900_000);

test('a storm of SIGKILLs on the inference processes: all replaced, none left, the same results', async () => {
  await using command = start('storm');
  const random = seededRandom(77);
  const killed: number[] = [];
  for (let size = 0; killed.length < 25 && (await grows(command, 'storm', size, 0));) {
    size = await ledgerBytes('storm');
    const children = await childrenOf(command.pid);
    const victim = children[random(children.length)];
    if (victim !== undefined && signalTo(victim, 'SIGKILL')) killed.push(victim);
  }
  const { code } = await command.exited;
  expect(code).toBe(0);
  expect(killed).toHaveLength(25);
  expect(await Promise.all(killed.map(isAlive))).not.toContain(true);
  expect(await readFile(folder.file('storm', 'results.jsonl'), 'utf8')).toBe(undisturbed);
}, 120_000);

test('a process that hangs is replaced, its pid gone, the same results', async () => {
  await using command = start('hung', ['--hang-seconds', '1']);
  expect(await grows(command, 'hung', 0, 100)).toBe(true);
  const [victim] = await childrenOf(command.pid);
  signalTo(victim!, 'SIGSTOP');
  const { code } = await command.exited;
  expect(code).toBe(0);
  expect(await isAlive(victim!)).toBe(false);
  expect(await readFile(folder.file('hung', 'results.jsonl'), 'utf8')).toBe(undisturbed);
}, 120_000);
