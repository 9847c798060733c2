import { describe, expect, it } from 'vitest';

import type { Instruments } from './drawer.js';
import { PROBE_SAMPLES, probe, type ProbeSource } from './probe.js';

const CLASSES = 3;
const sources = (...images: number[]): ProbeSource[] =>
  images.map((image) => ({ image, base: Int32Array.of(image) }));
const tried = (rig: Instruments, ...images: number[]) => probe(rig, [sources(...images)], 1e-4);

/** Scores of image and sample; by `leak` also of the place in the batch, by `mix` of the batch's mean, one class masked. */
function instruments(
  batch: number,
  options: { seed?: number; leak?: number; mix?: number; mask?: number } = {},
) {
  const { seed = 0, leak = 0, mix = 0, mask = 0 } = options;
  const input = new Float64Array(batch);
  const scores = new Float32Array(batch * CLASSES);
  const drawn: number[] = [];
  let filled = 0;
  const rig: Instruments = {
    batch,
    classes: CLASSES,
    baseOf: (image) => Promise.resolve(Int32Array.of(image)),
    draw(base, row, image, firstSample, count) {
      expect(base[0]).toBe(image);
      const sample = firstSample - PROBE_SAMPLES;
      for (let r = 0; r < count; r++) input[row + r] = image + Math.sin(seed + 1000 * image + sample + r);
      for (let r = 0; r < count; r++) drawn.push(sample + r);
      filled += count;
    },
    run() {
      expect(filled).toBe(batch);
      filled = 0;
      const mean = input.reduce((a, b) => a + b) / batch;
      input.forEach((value, r) => {
        for (let c = 0; c < CLASSES; c++) scores[r * CLASSES + c] = (value - mix * mean) * (c + 1) + leak * r;
        if (mask) scores[r * CLASSES] = -mask;
      });
      return Promise.resolve(scores);
    },
  };
  return { rig, drawn };
}

describe('the probe', () => {
  it('runs two batches three times: the images in turns, sorted, and every second row first', async () => {
    const { rig, drawn } = instruments(4);
    const { steady, fingerprint, batchMs, apart } = await tried(rig, 5, 6);
    expect(steady).toBe(true);
    expect(apart).toEqual({ excess: 0, share: 0 });
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(batchMs).toBeGreaterThanOrEqual(0);
    expect(drawn.slice(0, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(drawn.slice(8, 16)).toEqual([7, 5, 3, 1, 6, 4, 2, 0]);
    expect(drawn.slice(16)).toEqual([7, 5, 3, 1, 6, 4, 2, 0]);
  });

  it('finds where a row stands in the batch in its bits', async () => {
    const { rig } = instruments(4, { leak: 1e-6 });
    expect((await tried(rig, 5)).steady).toBe(false);
  });

  it('finds rows that influence each other, also where a masked class dwarfs all other scores', async () => {
    for (const mask of [0, 1e6, 1e9]) {
      const { rig } = instruments(32, { mix: 0.5, mask });
      expect((await tried(rig, 0, 1, 2, 7)).apart.excess).toBeGreaterThan(1);
      const { rig: sound } = instruments(32, { mask });
      expect((await tried(sound, 0, 1, 2, 7)).apart.excess).toBe(0);
    }
  });

  it('finds it at any batch above 1, with any number of images', async () => {
    for (const batch of [2, 3, 4, 8, 64]) {
      for (const images of [[5], [1, 2], [0, 1, 7], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]) {
        const { rig } = instruments(batch, { mix: 0.5 });
        expect((await tried(rig, ...images)).apart.excess, `${batch} ${images.length}`).toBeGreaterThan(1);
      }
    }
  });

  it('has the same fingerprint for the same bits, and another one for others', async () => {
    const of = async (...args: Parameters<typeof instruments>) =>
      (await tried(instruments(...args).rig, 5)).fingerprint;
    expect(await of(4)).toBe(await of(4));
    expect(
      new Set([await of(4), await of(8), await of(4, { seed: 1 }), await of(4, { leak: 1e-6 })]).size,
    ).toBe(4);
  });

  it('takes a batch of one row, too', async () => {
    const { rig, drawn } = instruments(1);
    expect((await tried(rig, 0)).steady).toBe(true);
    expect(drawn).toEqual([0, 1, 1, 0, 1, 0]);
  });
});
