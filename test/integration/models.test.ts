import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Certificate } from '../../coordinator/results/certificates.js';
import { contentOf, runCommand } from '../harness/command.js';
import { MODELS, certifyArgs, jobOf, rowsOf, type Flags } from '../harness/results.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

/** Pictures 0 to 7 are clear cases: p_A is above 0.99 for each model that reads them. */
const CLEAR: Flags = {
  data: `${MODELS}/images.npz`,
  sigma: 0.25,
  images: '0:8',
  seed: 11,
  'max-samples': 256,
  'min-gain': 'quick',
  processes: 1,
};
const COLOUR_NCHW = `${MODELS}/images-colour-nchw.npz`;
const COLOUR_NHWC = `${MODELS}/images-colour-nhwc.npz`;

/** Certifies, and gives what was written. */
async function certify(model: string, flags: Flags, exitCode = 0) {
  using folder = new TemporaryFolder();
  const { code, stderr } = await runCommand(
    certifyArgs({ ...CLEAR, model: `${MODELS}/${model}`, ...flags, out: folder.path }),
  );
  expect(code, stderr).toBe(exitCode);
  return {
    stderr,
    rows: await rowsOf(folder.path),
    job: await jobOf(folder.path),
    jsonl: await readFile(path.join(folder.path, 'results.jsonl'), 'utf8'),
  };
}

function expectRight(rows: Certificate[], classes: number): void {
  expect(rows.map(({ outcome }) => outcome)).toEqual(rows.map(() => 'certified'));
  expect(rows.map((row) => row.class)).toEqual(rows.map(({ image }) => image % classes));
}

describe('one function in many shapes gives the same results, byte for byte', () => {
  /** Model, flags, and the layout and least batch that job.json then says. */
  const linear: [string, Flags, string, number][] = [
    ['flat-fixed.onnx', {}, 'flat', 32],
    ['reshape-fixed.onnx', {}, 'nchw', 32],
    ['logits-4d.onnx', {}, 'nchw', 32],
    ['probabilities.onnx', {}, 'nchw', 32],
    ['free.onnx', { layout: 'nhwc' }, 'nhwc', 32],
    ['free.onnx', { 'input-scale': 255, std: 255 }, 'nchw', 32],
  ];

  it('linear', async () => {
    const plain = await certify('free.onnx', {});
    expect(plain.stderr).toBe('');
    expect(plain.job.draw).toMatchObject({ layout: 'nchw', output: 'logits', classes: 10 });
    expectRight(plain.rows, 10);
    for (const [model, flags, layout, leastBatch] of linear) {
      const { stderr, jsonl, job } = await certify(model, flags);
      expect({ model, stderr, layout: job.draw.layout }).toEqual({ model, stderr: '', layout });
      expect(job.draw.batch).toBeGreaterThanOrEqual(leastBatch);
      expect(jsonl, model).toBe(plain.jsonl);
    }
  });

  it('convolutional, NCHW and NHWC, two outputs', async () => {
    const nchw = await certify('nchw-fixed.onnx', {});
    expectRight(nchw.rows, 10);
    expect(nchw.job.draw).toMatchObject({ layout: 'nchw', classes: 10 });
    const nhwc = await certify('nhwc-fixed.onnx', {});
    expect(nhwc.job.draw.layout).toBe('nhwc');
    expect(nhwc.jsonl).toBe(nchw.jsonl);
    const two = await certify('two-outputs.onnx', { output: 'logits' });
    expect(two.job.draw.output).toBe('logits');
    expect(two.jsonl).toBe(nchw.jsonl);
  });

  it('cross-talk between rows: falls back to batch 1 and says so', async () => {
    const { stderr, job, jsonl } = await certify('cross-talk.onnx', {});
    expect(stderr).toMatch(
      /^Note: The model runs at batch 1, which is slower: batch \d+ cannot be used because it changes (scores by up to .* %|votes)\.\n$/,
    );
    expect(job.draw.batch).toBe(1);
    expect(jsonl).toBe((await certify('free.onnx', {})).jsonl);
  });

  it('the other output of a model, if it is asked for', async () => {
    const { job } = await certify('two-outputs.onnx', { output: 'features', images: '0' });
    expect(job.draw).toMatchObject({ output: 'features', classes: 64 });
  });
});

describe('colour pictures in one order for a model of the other', () => {
  const classesOf = (rows: Certificate[]) => rows.map((row) => row.class);

  it('are transposed: the same results for the same model, byte for byte', async () => {
    const flags = { images: '0:12' };
    const results = [];
    for (const model of ['colour-nchw.onnx', 'colour-nhwc.onnx']) {
      const one = await certify(model, { ...flags, data: COLOUR_NCHW });
      const other = await certify(model, { ...flags, data: COLOUR_NHWC });
      expect(other.jsonl).toBe(one.jsonl);
      expect(other.job.draw.dataDigest).not.toBe(one.job.draw.dataDigest);
      expectRight(one.rows, 3);
      results.push(one);
    }
    const [nchw, nhwc] = results;
    // Noise is drawn in the order of the model's input: other samples of the same distribution.
    expect(nhwc!.jsonl).not.toBe(nchw!.jsonl);
    expect(classesOf(nhwc!.rows)).toEqual(classesOf(nchw!.rows));
  });

  it('take one mean and deviation a channel, wherever the channel axis is', async () => {
    const flags = { data: COLOUR_NCHW, images: '0:4', mean: '0.02,0.01,0', std: '1,1.1,0.9' };
    const nhwc = await certify('colour-nhwc.onnx', flags);
    expectRight(nhwc.rows, 3);
    const otherData = await certify('colour-nhwc.onnx', { ...flags, data: COLOUR_NHWC });
    expect(otherData.jsonl).toBe(nhwc.jsonl);
    const nchw = await certify('colour-nchw.onnx', flags);
    expect(classesOf(nchw.rows)).toEqual(classesOf(nhwc.rows));
    // A mean that favours one channel is another function.
    const otherMean = await certify('colour-nhwc.onnx', { ...flags, mean: '5,0,-5' });
    expect(otherMean.jsonl).not.toBe(nhwc.jsonl);
  });
});

describe('a thousand classes', () => {
  it('are counted sparsely, and the votes go to the right hundred', async () => {
    const { rows, job } = await certify('wide.onnx', {});
    expect(job.draw.classes).toBe(1000);
    for (const { image, looks } of rows) {
      const { n, classes, votes, invalid } = looks.at(-1)!;
      expect(classes.length).toBe(votes.length);
      expect(classes).toEqual([...classes].sort((a, b) => a - b));
      expect(votes.reduce((sum, count) => sum + count, invalid)).toBe(n);
      const right = votes.filter((_, at) => Math.floor(classes[at]! / 100) === image % 10);
      expect(right.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0.9 * n);
    }
  });
});

describe('outputs that are not finite', () => {
  it('are invalid votes: a model that gives nothing else certifies nothing', async () => {
    const { rows, stderr } = await certify('nan-always.onnx', {}, 3);
    expect(stderr).toBe('');
    for (const row of rows) {
      expect(row).toMatchObject({
        outcome: 'failed',
        stop: 'MODEL_OUTPUT_NOT_FINITE',
        class: null,
        correct: null,
        radius: 0,
        detail: '64 of 64 samples had a score that is NaN or +∞, or no finite score.',
        samples: 64,
        proved_by: null,
        counts: { classes: [], votes: [], invalid: 64 },
      });
    }
    expect(rows).toHaveLength(8);
  });

  it('fail the images that have more than 1 % of them, and count against the others', async () => {
    const flags = { images: '0:40', 'max-samples': 2048, 'min-gain': 0 };
    const { rows } = await certify('nan-sometimes.onnx', flags, 3);
    const failed = rows.filter(({ outcome }) => outcome === 'failed');
    // Of these pictures 5 % of the samples are NaN: 2,048 samples with at most 1 % have a chance of 1e-21.
    const kinds = [0, 1, 2, 3].map((kind) => failed.filter(({ image }) => image % 4 === kind).length);
    expect([kinds[1], kinds[2]]).toEqual([10, 0]);
    for (const row of rows.filter(({ outcome }) => outcome !== 'failed')) {
      expect(row.looks.every(({ n, invalid }) => invalid <= n / 100)).toBe(true);
    }
    for (const { stop, detail, samples, counts } of failed) {
      expect({ stop, detail }).toEqual({
        stop: 'MODEL_OUTPUT_NOT_FINITE',
        detail: `${counts.invalid} of ${samples} samples had a score that is NaN or +∞, or no finite score.`,
      });
      expect(counts.invalid).toBeGreaterThan(samples / 100);
    }
    const never = rows.filter(({ image }) => image % 4 === 2);
    expect(never.every(({ looks }) => looks.every(({ invalid }) => invalid === 0))).toBe(true);
    const some = rows.filter(({ image, counts }) => image % 4 !== 2 && image % 4 !== 1 && counts.invalid > 0);
    expect(some.length).toBeGreaterThan(0);
    await expectInvalidVotesToCount(rows, flags);
  });

  /** The same noise without NaN: where every other vote is the same, the radius with invalid votes is smaller. */
  async function expectInvalidVotesToCount(rows: Certificate[], flags: Flags): Promise<void> {
    const { rows: clean } = await certify('free.onnx', { ...flags, images: '0:40' });
    let compared = 0;
    for (const row of rows) {
      const twin = clean[row.image]!;
      const invalid = row.counts.invalid;
      if (row.outcome !== 'certified' || twin.outcome !== 'certified' || invalid === 0) continue;
      if (row.proved_by!.end !== twin.proved_by!.end) continue;
      expect(row.radius).toBeLessThan(twin.radius);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(0);
  }
});

describe('a model that throws for some pictures', () => {
  // Pixel [0, 0] of pictures with index mod 4 = 2 makes every run throw that holds one of their rows.
  const FLAGS: Flags = { sigma: 0.05, 'max-samples': 256 };
  const poisoned = (image: number) => image % 4 === 2;

  it('fails exactly those; the others are certified as if they were alone', async () => {
    const all = await certify('fails-sometimes.onnx', { ...FLAGS, images: '0:12' }, 3);
    for (const row of all.rows.filter(({ image }) => poisoned(image))) {
      expect(row).toMatchObject({ outcome: 'failed', stop: 'INFERENCE_FAILED', class: null, radius: 0 });
      expect(row.detail).toMatch(/^The model failed on an input of shape \[\d+, 1, 8, 8\]: .*\.$/);
      expect(row.samples).toBe(0);
    }
    const good = all.rows.filter(({ image }) => !poisoned(image));
    expectRight(good, 10);
    expect(good).toHaveLength(9);
    const alone = [];
    for (const images of ['0::4', '1::4', '3::4']) {
      const [start, , step] = images.split(':');
      const { rows } = await certify('fails-sometimes.onnx', { ...FLAGS, images: `${start!}:12:${step!}` });
      alone.push(...rows);
    }
    expect(alone.sort((a, b) => a.image - b.image)).toEqual(good);
    // Noise depends on (seed, image, sample) alone, so the model that never throws votes the same.
    const { rows } = await certify('free.onnx', { ...FLAGS, images: '0:12' });
    expect(rows.filter(({ image }) => !poisoned(image))).toEqual(good);
  });

  it('also where the first image of the job is one of them, and the files are all there', async () => {
    using folder = new TemporaryFolder();
    const model = `${MODELS}/fails-sometimes.onnx`;
    const args = certifyArgs({ ...CLEAR, ...FLAGS, model, images: '2:5', out: folder.path });
    const { code, stdout, stderr } = await runCommand(args);
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(stdout).toContain('  failed                    1 (INFERENCE_FAILED)\n');
    expect(Object.keys((await contentOf(folder.path))!)).toEqual([
      'images.jsonl',
      'job.json',
      'ledger',
      'results.csv',
      'results.jsonl',
      'results.tsv',
    ]);
    expect((await rowsOf(folder.path)).map(({ outcome }) => outcome)).toEqual([
      'failed',
      'certified',
      'certified',
    ]);
  });
});
