import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NoiseLattice } from '../../statistics/noises/lattice.js';
import { resolveLayout } from './layout.js';
import { Preprocessing } from './preprocess.js';

const plan = resolveLayout([2, 1, 2], [2, 1, 2], 'nchw');
const values = Int32Array.of(0, 64, 128, 255);

/** The lattice of uint8 pixels, each step divided into `refinement`. */
const noiseOf = (dimension: number, { ratio = '63.75', refinement = 1 } = {}): NoiseLattice => ({
  lattice: { step: `1/${255 * refinement}`, ratio, largest: 588, dimension },
  refinement,
  stepSize: 1 / (255 * refinement),
});
const PLAIN = { inputScale: 1, mean: [0], std: [1] };

/** The model's input for these values without noise, in float64. */
function inputOf(preprocessing: Preprocessing, image: Int32Array): number[] {
  return [...preprocessing.pointsOf(image)].map(
    (point, element) => point * preprocessing.gain[element]! + preprocessing.shift[element]!,
  );
}

describe('Preprocessing', () => {
  it('computes (value · inputScale − mean) / std per channel', () => {
    const normalisation = { inputScale: 255, mean: [10, 20], std: [3, 7] };
    const preprocessing = new Preprocessing(plan, normalisation, noiseOf(4));
    const exact = [-10 / 3, 54 / 3, 108 / 7, 235 / 7];
    inputOf(preprocessing, values).forEach((input, element) => {
      expect(input).toBeCloseTo(exact[element]!, 5);
    });
    expect([...preprocessing.gain]).toEqual([1 / 3, 1 / 3, 1 / 7, 1 / 7].map(Math.fround));
    expect([...preprocessing.shift]).toEqual([-10 / 3, -10 / 3, -20 / 7, -20 / 7].map(Math.fround));
  });

  it('gives the same input on a finer lattice, whose points are further apart in number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), fc.double({ min: 0.1, max: 9, noNaN: true }), (k, std) => {
        const normalisation = { inputScale: 1, mean: [0.5], std: [std] };
        const coarse = new Preprocessing(plan, normalisation, noiseOf(4));
        const fine = new Preprocessing(plan, normalisation, noiseOf(4, { refinement: 2 ** k }));
        expect([...fine.pointsOf(values)]).toEqual([...values].map((value) => value * 2 ** k));
        expect([...fine.gain]).toEqual([...coarse.gain].map((gain) => gain / 2 ** k));
        expect(inputOf(fine, values)).toEqual(inputOf(coarse, values));
      }),
    );
  });

  it('refuses noise that float32 would swallow', () => {
    const swallowed = new Preprocessing(plan, { inputScale: 1, mean: [1e6], std: [1] }, noiseOf(4));
    expect(() => swallowed.pointsOf(values)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: '--sigma is too small for float32 beside values as --mean and --std move them.',
      }),
    );
  });

  it('refuses it also where a mean cancels the value', () => {
    const noise = { ...noiseOf(4), stepSize: 1, lattice: { ...noiseOf(4).lattice, step: '1' } };
    const cancelled = new Preprocessing(plan, { inputScale: 1, mean: [1.7e9], std: [100] }, noise);
    const far = Int32Array.of(1.7e9, 1.7e9, 1.7e9, 1.7e9);
    expect(() => cancelled.pointsOf(far)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });

  it('refuses a value whose point with the largest noise is not in int32', () => {
    const preprocessing = new Preprocessing(plan, PLAIN, noiseOf(4, { ratio: '1e9', refinement: 8 }));
    const farthest = Math.floor((2 ** 31 - 1 - 588) / 8);
    expect(preprocessing.pointsOf(Int32Array.of(0, farthest, -farthest, 1))[1]).toBe(8 * farthest);
    for (const value of [farthest + 1, -farthest - 1]) {
      expect(() => preprocessing.pointsOf(Int32Array.of(0, value, 0, 0))).toThrow(
        expect.objectContaining({
          code: 'OPTION_INVALID',
          message: '--sigma is too small beside the largest values of the data.',
        }),
      );
    }
  });

  it('follows the order of the model', () => {
    const nhwc = resolveLayout([2, 2, 3], [3, 2, 2], 'nhwc');
    const image = Int32Array.from({ length: 12 }, (_, at) => at);
    const preprocessing = new Preprocessing(
      nhwc,
      { inputScale: 255, mean: [0, 1, 2], std: [1, 2, 4] },
      noiseOf(12),
    );
    expect([...preprocessing.pointsOf(image)]).toEqual([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
    expect([...preprocessing.shift.subarray(0, 4)]).toEqual([0, -0.5, -0.5, 0]);
    expect([...preprocessing.gain.subarray(0, 4)]).toEqual([1, 0.5, 0.25, 1]);
  });

  it.each([
    [{ inputScale: 1, mean: [0, 0, 0], std: [1] }, '--mean needs 1 or 2 values, one a channel, not 3.'],
    [{ inputScale: 1, mean: [0], std: [] }, '--std needs 1 or 2 values, one a channel, not 0.'],
    [{ inputScale: 1, mean: [0], std: [1, 0] }, '--std must be numbers above 0.'],
    [{ inputScale: 1, mean: [NaN], std: [1] }, '--mean must be finite numbers.'],
    [{ inputScale: -1, mean: [0], std: [1] }, '--input-scale must be above 0.'],
    [{ inputScale: 1, mean: [0], std: [1e60] }, '--std makes the noise too small or too large for float32.'],
    [{ inputScale: 1, mean: [1e30], std: [1e-20] }, '--mean is too large beside --std for float32.'],
  ])('refuses %j', (normalisation, message) => {
    expect(() => new Preprocessing(plan, normalisation, noiseOf(4))).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message }),
    );
  });

  it('says of images of one channel that one value is wanted', () => {
    const grey = resolveLayout([1, 2, 2], [1, 2, 2], 'nchw');
    const colours = { inputScale: 1, mean: [0, 0, 0], std: [1] };
    expect(() => new Preprocessing(grey, colours, noiseOf(4))).toThrow(
      expect.objectContaining({ message: '--mean needs 1 value, as there is one channel, not 3.' }),
    );
  });
});
