import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCommand, startCommand } from '../harness/command.js';
import { digitsJob, ledgerGrows } from '../harness/digits-job.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

const HOOK = fileURLToPath(new URL('../harness/jumping-clock.mjs', import.meta.url));
/** One jump of the clock would make a process look silent for longer than this, or a lock look old. */
const HANG = { 'hang-seconds': 10, verbose: true, 'no-report': true } as const;

const jumping = (log: string) => ({ NODE_OPTIONS: `--import=${HOOK}`, JUMPING_CLOCK_LOG: log });

test('the clock of the harness does jump', () => {
  using folder = new TemporaryFolder();
  const env = { ...process.env, ...jumping(folder.file('pids')) };
  const script =
    'const times = Array.from({ length: 100 }, () => Date.now()); console.log(Math.max(...times) - Math.min(...times))';
  const spread = Number(execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8' }));
  expect(spread).toBeGreaterThan(3_500_000);
});

test('with a clock that jumps in every process: the same results, and no process taken for hung', async () => {
  using folder = new TemporaryFolder();
  const [plain, jumped] = [folder.file('plain'), folder.file('jumped')];
  const env = jumping(folder.file('pids'));
  const undisturbed = await runCommand(digitsJob(plain, HANG));
  expect(undisturbed).toMatchObject({ code: 0, stderr: '' });

  // Interrupted, refused to a second command, and resumed, all of them with clocks that disagree.
  await using first = startCommand(digitsJob(jumped, HANG), { env, ownGroup: true });
  expect(await ledgerGrows(first, jumped, 1_000)).toBe(true);
  first.kill('SIGSTOP');
  const second = await runCommand(digitsJob(jumped, HANG), { env });
  expect(second.stderr).toContain(`Error FOLDER_LOCKED: ${jumped} is in use by process ${first.pid}.`);
  first.kill('SIGINT');
  first.kill('SIGCONT');
  expect(await first.exited).toMatchObject({ code: 130, stderr: '' });
  expect(await runCommand(digitsJob(jumped, HANG), { env })).toMatchObject({ code: 0, stderr: '' });

  const pids = (await readFile(folder.file('pids'), 'utf8')).trim().split('\n');
  // Three commands; the one that began the job had one process that checked it, and those that drew had one that prepared and two that drew.
  expect(pids).toHaveLength(3 + 1 + 2 * 3);
  const results = (out: string) => readFile(folder.file(out, 'results.jsonl'), 'utf8');
  expect(await results('jumped')).toBe(await results('plain'));
});
