import { readFile, stat } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';

import { runCommand, startCommand } from '../harness/command.js';
import { digitsJob, ledgerGrows } from '../harness/digits-job.js';
import { rowsOf, type Flags } from '../harness/results.js';
import { seededRandom } from '../harness/processes.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

const TOTAL = 60_000;
const folder = folderOfAllTests();
let undisturbed: string;

const args = (out: string, flags: Flags = {}): string[] =>
  digitsJob(out, {
    bound: undefined,
    'min-gain': undefined,
    stop: 'budget',
    'total-samples': TOTAL,
    'max-samples': 20_000,
    images: '::10',
    ...flags,
  });
const resultsIn = (out: string): Promise<string> => readFile(`${out}/results.jsonl`, 'utf8');

beforeAll(async () => {
  const out = folder.file('undisturbed');
  expect(await runCommand(args(out))).toMatchObject({ code: 0 });
  undisturbed = await resultsIn(out);
});

describe('certify with a total of samples', () => {
  it('spends it to within one shard, and says so', async () => {
    const out = folder.file('undisturbed');
    const rows = await rowsOf(out);
    const spent = rows.reduce((sum, { samples }) => sum + samples, 0);
    expect(rows).toHaveLength(30);
    expect(spent).toBeLessThanOrEqual(TOTAL);
    expect(spent).toBeGreaterThan(TOTAL - 1024);
    expect(new Set(rows.map(({ samples }) => samples)).size).toBeGreaterThan(2);
    expect(new Set(rows.map(({ stop }) => stop))).toEqual(new Set(['budget']));
    const shown = await runCommand(['results', out, '--json']);
    const most = Math.max(...rows.map(({ samples }) => samples));
    expect(JSON.parse(shown.stdout)).toMatchObject({ totalSamples: TOTAL, samples: spent, drawn: spent, mostSamples: most }); // prettier-ignore
  });

  it('gives the same bytes with one process as with two', async () => {
    const out = folder.file('alone');
    expect(await runCommand(args(out, { processes: 1 }))).toMatchObject({ code: 0 });
    expect(await resultsIn(out)).toBe(undisturbed);
  });

  it('gives the same bytes after eight SIGKILLs', async () => {
    const out = folder.file('killed');
    const random = seededRandom(5);
    let whileDrawing = 0;
    for (let kill = 0; kill < 8; kill++) {
      const { size } = await stat(`${out}/ledger`).catch(() => ({ size: 0 }));
      await using command = startCommand(args(out), { ownGroup: true });
      if (await ledgerGrows(command, out, size + random(400))) whileDrawing += 1;
      command.killGroup('SIGKILL');
      await command.exited;
    }
    expect(whileDrawing).toBeGreaterThan(4);
    expect(await runCommand(args(out))).toMatchObject({ code: 0 });
    expect(await resultsIn(out)).toBe(undisturbed);
  });

  it('that leaves images without a sample remarks on it', async () => {
    const out = folder.file('small');
    const { code, stdout } = await runCommand(args(out, { 'total-samples': 650 }));
    expect(code).toBe(0);
    const note =
      'A total of 650 samples brings 10 of the 30 images to their first look, at 64 samples; the others get none and abstain.';
    expect(stdout).toContain(`Note: ${note}\n`);
    const { notes } = JSON.parse(await readFile(`${out}/job.json`, 'utf8')) as { notes: string[] };
    expect(notes).toEqual([note]);
    const rows = await rowsOf(out);
    expect(rows.map(({ samples }) => samples)).toEqual([
      ...Array<number>(10).fill(64),
      ...Array<number>(20).fill(0),
    ]);
  });

  it.each([
    ['is too small for one image', 63, 'BUDGET_TOO_SMALL', 'Raise --total-samples or --alpha.'],
    ['is not there', undefined, 'OPTION_INVALID', 'for example --total-samples 1000000'],
    ['is no whole number', 64.5, 'OPTION_INVALID', 'See smoothcert certify --help.'],
  ])('that %s is refused', async (_, total, error, remedy) => {
    const { code, stderr } = await runCommand(args(folder.file('refused'), { 'total-samples': total }));
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`^Error ${error}: .*(total|together)`, 's'));
    expect(stderr).toContain(remedy);
  });
});
