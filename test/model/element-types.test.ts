import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { finish, lasting, localJob, poolFor, project } from '../harness/local-job.js';
import { INPUTS, prepareShape } from './support.js';

/** Weights of float16.onnx, by element and class: small whole numbers. */
const weight = (element: number, k: number) => ((3 * element + k) % 5) - 2;

/** Values and the float16 nearest to them, ties to even. */
const ROUNDED: readonly (readonly [value: number, half: number])[] = [
  [0.5, 0.5],
  [2049, 2048],
  [2051, 2052],
  [-2050.5, -2050],
  [1 / 3, 0.333251953125],
  [1 + 2 ** -11, 1],
  [1 + 2 ** -11 + 2 ** -20, 1 + 2 ** -10],
  [2 ** -25, 0],
  [-1.5 * 2 ** -24, -(2 ** -23)],
  [12345, 12344],
];

describe('a float16 model', () => {
  it('gets each value rounded once, to nearest, and its scores come back exactly', async () => {
    const prepared = await prepareShape(path.join(INPUTS, 'float16.onnx'), [12]);
    const { batch, tolerance } = prepared.description;
    expect({ batch, tolerance }).toEqual({ batch: 64, tolerance: 2 ** -8 });
    const one = (row: number) => ROUNDED[row % ROUNDED.length]!;
    // Another place each time: what an earlier run left behind would be seen.
    for (const shift of [0, 5]) {
      const input = new Float32Array(batch * 12);
      for (let row = 0; row < batch; row += 1) input[row * 12 + ((row + shift) % 12)] = one(row)[0];
      const scores = await prepared.run(input);
      expect(scores).toBeInstanceOf(Float32Array);
      for (let row = 0; row < batch; row += 1) {
        const due = [0, 1, 2].map((k) => one(row)[1] * weight((row + shift) % 12, k));
        expect([...scores.subarray(row * 3, row * 3 + 3)]).toEqual(due.map((score) => score + 0));
      }
    }
    await prepared.release();
  });

  it('gives infinite scores, not large ones, for values beyond its range', async () => {
    const prepared = await prepareShape(path.join(INPUTS, 'float16.onnx'), [12]);
    const input = new Float32Array(64 * 12);
    input[1] = 70_000;
    const scores = await prepared.run(input);
    expect(Math.abs(scores[0]!)).toBe(Infinity);
    await prepared.release();
  });

  it('is certified: inputs of float16, scores of float32', async () => {
    const data = project('test/fixtures/models/images.npz');
    const model = project('test/fixtures/models/float16-input.onnx');
    using local = await localJob({ model, data, images: '0:8', maxSamples: '256', minGain: 'quick' });
    const pool = poolFor(local);
    const lines = await finish(local, path.join(local.folder, 'ledger'), lasting(pool));
    await pool.close();
    const results = lines.map((line) => JSON.parse(line) as { outcome: string; class: number });
    expect(results.map(({ outcome }) => outcome)).toEqual(results.map(() => 'certified'));
    expect(results.map((result) => result.class)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('a float64 model', () => {
  it('gets the same values, and its scores are rounded to float32', async () => {
    const double = await prepareShape(path.join(INPUTS, 'float64.onnx'), [12]);
    const single = await prepareShape(path.join(INPUTS, 'batch-4.onnx'), [12]);
    expect(double.description).toMatchObject({ batch: 64, fixedBatch: 1, batchFreed: true, tolerance: 1e-4 });
    for (const phase of [0, 1]) {
      const input = Float32Array.from({ length: 64 * 12 }, (_, at) => Math.cos(at + phase));
      const [found, due] = [await double.run(input), await single.run(input)];
      expect(found).toBeInstanceOf(Float32Array);
      expect(found.length).toBe(due.length);
      found.forEach((score, at) => expect(Math.abs(score - due[at]!)).toBeLessThan(1e-5));
    }
    await double.release();
    await single.release();
  });
});
