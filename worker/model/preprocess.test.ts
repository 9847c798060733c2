import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveLayout } from './layout.js';
import { Preprocessing } from './preprocess.js';

const plan = resolveLayout([2, 1, 2], [2, 1, 2], 'nchw');
const pixels = Float32Array.of(0, 0.25, 0.5, 1);

describe('Preprocessing', () => {
  it('computes (pixel · inputScale − mean) / std per channel, rounded once', () => {
    const normalisation = { inputScale: 255, mean: [10, 20], std: [3, 7] };
    const preprocessing = new Preprocessing(plan, normalisation, 0.5);
    const exact = [127.5 / 3, 127.5 / 3, 127.5 / 7, 127.5 / 7];
    expect([...preprocessing.gain].map((value, element) => value / exact[element]!)).toEqual([
      1,
      1,
      expect.closeTo(1, 6),
      expect.closeTo(1, 6),
    ]);
    expect([...preprocessing.baseOf(pixels)]).toEqual(
      [-10 / 3, 53.75 / 3, 107.5 / 7, 235 / 7].map(Math.fround),
    );
  });

  it('never draws less noise than σ: the gain is rounded up', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-4, max: 10, noNaN: true }),
        fc.double({ min: 0.01, max: 9, noNaN: true }),
        (scale, std) => {
          const { gain } = new Preprocessing(plan, { inputScale: 1, mean: [0], std: [std] }, scale);
          expect(gain[0]).toBeGreaterThanOrEqual(scale / std);
          expect(gain[0]! / (scale / std)).toBeLessThan(1 + 2 ** -23);
        },
      ),
    );
  });

  it('refuses noise that float32 would swallow', () => {
    const swallowed = new Preprocessing(plan, { inputScale: 1, mean: [1e6], std: [1] }, 0.25);
    expect(() => swallowed.baseOf(pixels)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });

  it('follows the order of the model', () => {
    const nhwc = resolveLayout([2, 2, 3], [3, 2, 2], 'nhwc');
    const image = Float32Array.from({ length: 12 }, (_, at) => at / 16);
    const base = new Preprocessing(nhwc, { inputScale: 1, mean: [0, 1, 2], std: [1, 2, 4] }, 1).baseOf(image);
    expect([...base.subarray(0, 6)]).toEqual([
      0,
      (4 / 16 - 1) / 2,
      (8 / 16 - 2) / 4,
      1 / 16,
      (5 / 16 - 1) / 2,
      (9 / 16 - 2) / 4,
    ]);
  });

  it.each([
    [{ inputScale: 1, mean: [0, 0, 0], std: [1] }, '--mean needs 1 or 2 values, one a channel, not 3.'],
    [{ inputScale: 1, mean: [0], std: [] }, '--std needs 1 or 2 values, one a channel, not 0.'],
    [{ inputScale: 1, mean: [0], std: [1, 0] }, '--std must be numbers above 0.'],
    [{ inputScale: 1, mean: [NaN], std: [1] }, '--mean must be finite numbers.'],
    [{ inputScale: -1, mean: [0], std: [1] }, '--input-scale must be above 0.'],
    [{ inputScale: 1, mean: [0], std: [1e60] }, '--std makes the noise too small or too large for float32.'],
  ])('refuses %j', (normalisation, message) => {
    expect(() => new Preprocessing(plan, normalisation, 0.25)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message }),
    );
  });
});
