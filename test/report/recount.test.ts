import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execFile } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';

import { fieldsOfLine } from '../../analysis/populations/row-counts.js';
import { imageResultOf } from '../../analysis/results/image-result.js';
import { labelsOf } from '../../analysis/results/labels.js';
import type { ResultSet } from '../../analysis/results/result-set.js';
import { csvOf } from '../../report/figures/figure-csv.js';
import type { Figure } from '../../report/figures/figure.js';
import { resultFigures } from '../../report/results/result-figures.js';
import { imageCount } from '../../shared/job-spec.js';
import { ROOT, runCommand } from '../harness/command.js';
import { DIGITS, certifyArgs, jobOf, type Flags } from '../harness/results.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** Real jobs of every rule, small enough for a second each. */
const SMALL: Flags = {
  ...DIGITS,
  images: '::9',
  'max-samples': 600,
  seed: 5,
  processes: 1,
  'no-check': true,
};
const FLAGS: Readonly<Record<string, Flags>> = {
  narrow: { sigma: 0.25 },
  wide: { sigma: 0.5 },
  target: { sigma: 0.5, stop: 'target', radii: '0,0.25,0.5' },
  budget: { sigma: 0.5, stop: 'budget', 'total-samples': 9000 },
  fixed: { sigma: 0.5, stop: 'fixed', simultaneous: true },
  clt: { sigma: 0.5, stop: 'fixed', bound: 'clt' },
  laplace: { sigma: 0.25, noise: 'laplace', alpha: 0.05 },
};

const folder = folderOfAllTests();

async function setsOf(names: readonly string[]): Promise<ResultSet[]> {
  const sets = await Promise.all(names.map(async (name) => setOf(folder.file(name))));
  const labels = labelsOf(sets.map(({ job }) => ({ job, name: null, model: 'm.onnx', data: 'd.npz' })));
  return sets.map((set, at) => ({ ...set, label: labels[at]! }));
}

async function setOf(out: string): Promise<ResultSet> {
  const [job, text] = [await jobOf(out), await readFile(path.join(out, 'results.jsonl'), 'utf8')];
  const results = text
    .trimEnd()
    .split('\n')
    .map((line) => imageResultOf(fieldsOfLine(line)!)!);
  return { label: out, job, images: imageCount(job.claim.images), drawn: null, results };
}

/** Writes the figures of these jobs as CSV, as they are after a journey as JSON. Returns their folder and the arguments of the recount. */
async function written(names: readonly string[]): Promise<{ at: string; args: string[] }> {
  const sets = await setsOf(names);
  const at = folder.file(`figures-${names.join('-')}`);
  await mkdir(at, { recursive: true });
  for (const figure of JSON.parse(JSON.stringify(resultFigures(sets))) as Figure[])
    await writeFile(path.join(at, `${figure.name}.csv`), csvOf(figure));
  return { at, args: sets.map(({ label }, i) => `${label}=${folder.file(names[i]!)}`) };
}

/** Runs the other program. */
const recount = (at: string, args: readonly string[]) =>
  new Promise<{ failed: boolean; stdout: string }>((resolve) => {
    const command = [`${ROOT}test/report/recount.mjs`, at, ...args];
    execFile(process.execPath, command, (error, stdout) => resolve({ failed: error !== null, stdout }));
  });

describe('the figures of real jobs, counted again by another program', () => {
  beforeAll(async () => {
    for (const [name, flags] of Object.entries(FLAGS)) {
      const { code, stderr } = await runCommand(certifyArgs({ ...SMALL, ...flags, out: folder.file(name) }));
      expect(code, stderr).toBe(0);
    }
    const predict = certifyArgs({ ...SMALL, sigma: 0.5, out: folder.file('predict') });
    expect((await runCommand(['predict', ...predict.slice(1)])).code).toBe(0);
  });

  it.each<[string, string[], number]>([
    ['one job', ['wide'], 7],
    ['two σ', ['narrow', 'wide'], 11],
    ['target', ['target'], 7],
    ['a shared total', ['budget'], 7],
    ['a simultaneous job', ['fixed'], 7],
    ['a job that proves nothing', ['clt'], 5],
    ['laplace noise', ['laplace'], 7],
    ['predictions', ['predict'], 5],
    ['all of them', [...Object.keys(FLAGS), 'predict'], 14],
  ])('are the same of %s', async (_name, names, count) => {
    const { at, args } = await written(names);
    const { failed, stdout } = await recount(at, args);
    expect(failed, stdout).toBe(false);
    expect(stdout.match(/^same/gm)).toHaveLength(count);
    expect(await readdir(at)).toHaveLength(count);
  });

  it('would not be the same if one number were another', async () => {
    const { at, args } = await written(['narrow']);
    for (const name of await readdir(at)) {
      const file = path.join(at, name);
      const text = await readFile(file, 'utf8');
      const lines = text.trimEnd().split('\n');
      // The y of the first point of the last curve but a limit.
      const row = lines.findLastIndex((line) => !line.includes('limit'));
      const cells = lines[row]!.split(',');
      const place = cells.findLastIndex((cell) => cell !== '');
      cells[place] = String(Number(cells[place]) + 0.001);
      await writeFile(file, `${lines.with(row, cells.join(',')).join('\n')}\n`);
      const { failed, stdout } = await recount(at, args);
      expect(failed, name).toBe(true);
      expect(stdout).toContain(`OTHER  ${name}`);
      await writeFile(file, text);
    }
  });
});
