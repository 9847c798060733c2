import { describe, expect, it } from 'vitest';
import { VERIFY_ROWS, verifyBatch, type RunRows } from './verify-batch.js';

const CLASSES = 3;
const rows = Float32Array.from({ length: VERIFY_ROWS * 2 }, (_, at) => Math.sin(7 * at));

/** A model [rows, 2] → [rows, 3] whose scores `change` may alter, by row and class. */
const model =
  (change: (score: number, row: number, classIndex: number) => number = (score) => score): RunRows =>
  (input, count) => {
    expect(input.length).toBe(2 * count);
    const score = (row: number, k: number) => change(10 * k + input[2 * row]! + input[2 * row + 1]!, row, k);
    const scores = Array.from({ length: count * CLASSES }, (_, at) =>
      score(Math.floor(at / CLASSES), at % CLASSES),
    );
    return Promise.resolve(Float32Array.from(scores));
  };

const verdict = (candidate: RunRows, batch: number, trusted: RunRows = model(), trustedBatch = 1) =>
  verifyBatch(
    { batch: trustedBatch, run: trusted },
    { batch, run: candidate },
    { rows, sources: 4 },
    2,
    1e-4,
  );

describe('verifyBatch', () => {
  it.each([1, 2, 5, 32, 33, 100, 256])('accepts batch %i of the same function', async (batch) => {
    const usable = { usable: true, votesChange: false, reason: null, difference: 0 };
    expect(await verdict(model(), batch)).toEqual(usable);
    expect(await verdict(model(), batch, model(), 4)).toEqual(usable);
  });

  it('accepts differences of up to 1e-4 of what decides the vote, and no more', async () => {
    const moved = (by: number) =>
      verdict(
        model((score, _, k) => (k === 0 ? score + by : score)),
        8,
      );
    expect(await moved(10 * 0.9e-4)).toMatchObject({ usable: true });
    expect(await moved(10 * 4e-4)).toMatchObject({
      usable: false,
      reason: expect.stringMatching(/^it changes scores by up to 0\.0\d+ %$/) as string,
    });
  });

  it('is not blinded by a masked class or a large offset', async () => {
    for (const huge of [1e6, 1e9]) {
      const masked = (by: number) => model((score, _, k) => (k === 0 ? -huge : k === 1 ? score + by : score));
      expect(await verdict(masked(0.1), 8, masked(0))).toMatchObject({ usable: false });
      expect(await verdict(masked(0), 8, masked(0))).toMatchObject({ usable: true });
    }
    const offset = (by: number) => model((score, _, k) => score + 1000 + (k === 1 ? by : 0));
    expect(await verdict(offset(0.1), 8, offset(0))).toMatchObject({ usable: false });
  });

  it('looks at every row of the batch', async () => {
    const last = model((score, row) => (row === 63 ? score + 1 : score));
    expect(await verdict(last, 64)).toMatchObject({ usable: false });
    expect(await verdict(last, 63)).toMatchObject({ usable: true });
  });

  it('refuses another vote, unless the margin is within the tolerance', async () => {
    const swap = model((score, _, k) => (k === 2 ? score - 15 : score));
    expect(await verdict(swap, 8)).toMatchObject({ usable: false, reason: 'it changes votes' });
    const near = (shift: number) =>
      model((score, row, k) => (k === 1 && row % 8 === 0 ? score + 10 + shift : score));
    expect(await verdict(near(1e-4), 8, near(-1e-4), 8)).toMatchObject({ usable: true });
  });

  it('compares what is finite', async () => {
    const nan = model((score, row, k) => (row % 4 === 1 && k === 0 ? NaN : score));
    const everyFourth = model((score, _, k) => (k === 0 ? NaN : score));
    expect(await verdict(nan, 8, model())).toMatchObject({
      usable: false,
      reason: 'it changes which outputs are finite',
    });
    expect(await verdict(everyFourth, 8, everyFourth)).toMatchObject({ usable: true });
  });

  it('refuses a candidate that throws or has another number of classes, and passes on what the trusted one throws', async () => {
    const fails: RunRows = () => Promise.reject(new Error('no such shape.'));
    expect(await verdict(fails, 8)).toEqual({
      usable: false,
      votesChange: false,
      reason: 'it does not run (no such shape)',
      difference: null,
    });
    const wider: RunRows = (_, count) => Promise.resolve(new Float32Array(4 * count));
    expect(await verdict(wider, 8)).toMatchObject({
      usable: false,
      reason: 'it changes the number of classes',
    });
    await expect(verdict(model(), 8, fails)).rejects.toThrow('no such shape.');
  });
});
