import { readFileSync } from 'node:fs';
import { readFile, truncate } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PredictionRow } from '../../coordinator/results/predictions.js';
import { mostExpected, upperTail } from '../harness/binomial.js';
import { contentOf, ROOT, runCommand } from '../harness/command.js';
import { DIGITS, tableOf } from '../harness/results.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** `smoothcert predict` as a user runs it. */

const folder = folderOfAllTests();

const argsOf = (flags: Readonly<Record<string, string | number>>): string[] => [
  'predict',
  ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
];

/** Runs `predict` into a folder of this name. */
async function predict(out: string, flags: Readonly<Record<string, string | number>>) {
  const finished = await runCommand(argsOf({ processes: 2, ...flags, out: folder.file(out) }));
  expect(finished).toMatchObject({ code: 0, stderr: '' });
  return finished;
}

async function rowsIn(out: string): Promise<PredictionRow[]> {
  const text = await readFile(folder.file(out, 'results.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as PredictionRow);
}

const EARLY = { ...DIGITS, sigma: 0.5, seed: 11, images: '::3' };

describe('predict on the digits', () => {
  let stdout: string;

  beforeAll(async () => void ({ stdout } = await predict('early', EARLY)));

  it('prints what each figure is of', () => {
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^Done: results\.tsv, .*\(σ = 0\.5, α = 0\.001, predict with anytime\)\.$/);
    expect(lines.slice(1).map((line) => line.trim().split(/ {2,}/)[0])).toEqual(
      expect.arrayContaining(['images', 'predicted', 'accuracy', 'abstaining', 'samples', 'time', 'audit']),
    );
    expect(stdout).not.toContain('certified');
  });

  it('writes a row for each image, and the columns of predict.py', async () => {
    const rows = await rowsIn('early');
    expect(rows).toHaveLength(100);
    const [header, ...lines] = await tableOf(folder.file('early'));
    expect(header).toEqual(['idx', 'label', 'predict', 'correct', 'time']);
    expect(lines.map((line) => line.slice(0, 4))).toEqual(
      rows.map((row) => [row.image, row.label, row.class ?? -1, Number(row.correct === true)].map(String)),
    );
    const predicted = rows.filter(({ outcome }) => outcome === 'predicted');
    expect(predicted.length).toBeGreaterThan(90);
    expect(predicted.filter(({ correct }) => correct).length).toBeGreaterThan(90);
    for (const row of predicted) {
      expect(Number(row.p_value)).toBeLessThanOrEqual(0.001);
      expect(row.proved_by).toEqual({ begin: 64, end: row.samples });
    }
  });

  it('resumes a ledger that was cut at any place, with the same bytes', async () => {
    const before = await contentOf(folder.file('early'));
    const ledger = folder.file('early', 'ledger');
    const { length } = await readFile(ledger);
    for (const share of [0.7, 0.3, 0.05]) {
      await truncate(ledger, Math.floor(share * length));
      await predict('early', EARLY);
      expect((await contentOf(folder.file('early')))!['results.jsonl']).toBe(before!['results.jsonl']);
    }
  });

  it.each([
    ['--bound', { bound: 'two-sided' }, /--bound \(anytime there, two-sided here\)/],
    ['--max-samples', { 'max-samples': 5000 }, /the looks/],
    ['--alpha', { alpha: 0.01 }, /--alpha/],
  ])('refuses another %s in its folder', async (_, change, message) => {
    const { code, stderr } = await runCommand(argsOf({ ...EARLY, ...change, out: folder.file('early') }));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Error JOB_DIFFERS: /m);
    expect(stderr).toMatch(message);
  });

  it('is no folder for certify', async () => {
    const out = folder.file('early');
    const certify = ['certify', ...argsOf({ ...EARLY, out }).slice(1)];
    expect((await runCommand(certify)).stderr).toBe(
      `Error JOB_DIFFERS: ${out} holds classes, and certify gives certificates.\nUse another folder.\n`,
    );
  });

  it('results shows it again and writes the same files', async () => {
    const before = await contentOf(folder.file('early'));
    const { code, stdout: shown } = await runCommand(['results', folder.file('early'), '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(shown)).toMatchObject({
      images: 100,
      decided: 100,
      labelled: true,
      usualSamples: 100 * 100_000,
    });
    expect(await contentOf(folder.file('early'))).toEqual(before);
  });
});

describe('predict --bound two-sided', () => {
  const N = 200;

  it("is Cohen et al.'s PREDICT of the same votes", async () => {
    await predict('two', { ...EARLY, bound: 'two-sided', 'max-samples': N });
    const rows = await rowsIn('two');
    for (const { class: predicted, samples, counts, outcome } of rows) {
      expect(samples).toBe(N);
      const votes = counts.votes.map((count, at) => [count, counts.classes[at]!] as const);
      const [[first, classIndex] = [0, 0], [second] = [0]] = votes.sort(([a], [b]) => b - a);
      // As predict.py: binom_test(first, first + second, 0.5) > α abstains.
      const p = first === second ? 1 : 2 * upperTail(first, first + second, 0.5);
      expect(predicted).toBe(p > 0.001 ? null : classIndex);
      expect(outcome).toBe(p > 0.001 ? 'abstained' : 'predicted');
    }
    expect(rows.filter(({ outcome }) => outcome === 'abstained').length).toBeGreaterThan(0);
  });
});

describe('the class is that of the smoothed classifier', () => {
  interface Truth {
    readonly class: number | null;
  }
  const ALPHA = 0.05;
  const RATE = 1e-4;

  it.each([
    ['anytime', 'oracle', 5000],
    ['anytime', 'four-classes', 5000],
    ['two-sided', 'four-classes', 1000],
  ])(
    'with %s, on the images of %s: at most Bin(N, α) are wrong (rate 1e-4 each)',
    async (bound, name, most) => {
      const input = { model: `examples/oracle/${name}.onnx`, data: `examples/oracle/${name}.npz` };
      const out = `${bound}-${name}`;
      await predict(out, { ...input, sigma: 0.25, alpha: ALPHA, seed: 3, bound, 'max-samples': most });
      const truths = (
        JSON.parse(readFileSync(`${ROOT}examples/oracle/${name}.json`, 'utf8')) as { images: Truth[] }
      ).images;
      const rows = await rowsIn(out);
      expect(rows).toHaveLength(truths.length);
      // Where two classes are equally likely, none is the most likely one, and every prediction counts as wrong.
      const wrong = rows.filter((row, i) => row.class !== null && row.class !== truths[i]!.class);
      expect(wrong.length).toBeLessThanOrEqual(mostExpected(rows.length, ALPHA, RATE));
      expect(rows.filter(({ outcome }) => outcome === 'predicted').length).toBeGreaterThan(0.7 * rows.length);
    },
  );
});
