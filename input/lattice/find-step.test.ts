import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_DENOMINATOR, StepSearch } from './find-step.js';

/** The step of float32 numbers, which come in two pieces. */
function stepOf(numbers: readonly number[], preferred: readonly number[] = []) {
  const search = new StepSearch(preferred);
  const rounded = Float32Array.from(numbers);
  search.add(rounded.subarray(0, 1));
  search.add(rounded.subarray(1));
  return search.found();
}

describe('the search for a lattice step', () => {
  it('finds the smallest m of numbers k/m, however float32 rounds them', () => {
    const m = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(MAX_DENOMINATOR));
    const ks = fc.array(fc.integer({ min: -20_000, max: 20_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(m, ks, (denominator, numerators) => {
        const numbers = numerators.map((k) => k / denominator);
        const found = stepOf(numbers);
        expect(found?.numerator).toBe(1);
        expect(found!.denominator).toBeLessThanOrEqual(denominator);
        for (const number of numbers) {
          const k = Math.round(number * found!.denominator);
          expect(Math.fround(k / found!.denominator)).toBe(Math.fround(number));
        }
        for (let smaller = 1; smaller < found!.denominator; smaller += 1) {
          const fits = numbers.every(
            (x) => Math.fround(Math.round(Math.fround(x) * smaller) / smaller) === Math.fround(x),
          );
          expect(fits).toBe(false);
        }
      }),
    );
  });

  it.each<[number[], number[], number | null]>([
    [[0, 1], [255], 255],
    [[0, 1], [], 1],
    [[0.5, 0.25], [255], 4],
    [[1 / 255, 7 / 255, 254 / 255], [], 255],
    [[1 / 510, 7 / 255], [255], 510],
    [[-3, 17, 250_000], [], 1],
    [[0.1, 0.7, 12.3], [], 10],
    [[1 / 4096], [], 4096],
    [[1 / 4097], [], null],
    [[Math.PI, Math.E], [], null],
  ])('of %j, with %j preferred, finds %s', (numbers, preferred, denominator) => {
    expect(stepOf(numbers, preferred)).toEqual(denominator === null ? null : { numerator: 1, denominator });
  });
});
