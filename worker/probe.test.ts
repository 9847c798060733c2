import { describe, expect, it } from 'vitest';

import type { Instruments } from './drawer.js';
import { probe } from './probe.js';

const CLASSES = 3;

/** Scores that depend on image and sample, and by `leak` also on the place in the batch. */
function instruments(batch: number, options: { seed?: number; leak?: number } = {}) {
  const { seed = 0, leak = 0 } = options;
  const input = new Float64Array(batch);
  const scores = new Float32Array(batch * CLASSES);
  const drawn: number[] = [];
  let filled = 0;
  const rig: Instruments = {
    ...{ batch, classes: CLASSES },
    baseOf: (image) => Promise.resolve(Float32Array.of(image)),
    draw(base, row, image, firstSample, count) {
      expect(base[0]).toBe(image);
      for (let r = 0; r < count; r++) input[row + r] = Math.sin(seed + 1000 * image + firstSample + r);
      for (let r = 0; r < count; r++) drawn.push(firstSample + r);
      filled += count;
    },
    run() {
      expect(filled).toBe(batch);
      filled = 0;
      input.forEach((value, r) => {
        for (let c = 0; c < CLASSES; c++) scores[r * CLASSES + c] = value * (c + 1) + leak * r;
      });
      return Promise.resolve(scores);
    },
  };
  return { rig, drawn };
}

describe('the probe', () => {
  it('runs the first two batches of noise twice: in order, and every row elsewhere', async () => {
    const { rig, drawn } = instruments(4);
    const { steady, fingerprint, batchMs } = await probe(rig, 5);
    expect(steady).toBe(true);
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(batchMs).toBeGreaterThanOrEqual(0);
    expect(drawn.slice(0, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(drawn.slice(8)).toEqual([6, 4, 2, 0, 7, 5, 3, 1]);
  });

  it('finds where a row stands in the batch in its bits', async () => {
    const { rig } = instruments(4, { leak: 1e-6 });
    expect((await probe(rig, 5)).steady).toBe(false);
  });

  it('has the same fingerprint for the same bits, and another one for others', async () => {
    const of = async (...args: Parameters<typeof instruments>) =>
      (await probe(instruments(...args).rig, 5)).fingerprint;
    expect(await of(4)).toBe(await of(4));
    expect(
      new Set([await of(4), await of(8), await of(4, { seed: 1 }), await of(4, { leak: 1e-6 })]).size,
    ).toBe(4);
  });

  it('takes a batch of one row, too', async () => {
    const { rig, drawn } = instruments(1);
    expect((await probe(rig, 0)).steady).toBe(true);
    expect(drawn).toEqual([0, 1, 0, 1]);
  });
});
