import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_DENOMINATOR, StepSearch } from './find-step.js';

/** The step of numbers, which come in two pieces. */
function stepOf(numbers: readonly number[], preferred: readonly number[] = []) {
  const search = new StepSearch(preferred);
  const all = Float64Array.from(numbers);
  search.add(all.subarray(0, 1));
  search.add(all.subarray(1));
  return search.found();
}

describe('the search for a lattice step', () => {
  it.each([
    ['float64', (x: number) => x],
    ['float32', Math.fround],
  ])('finds the smallest m of numbers k/m, as %s writes them', (_, written) => {
    const m = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(MAX_DENOMINATOR));
    const ks = fc.array(fc.integer({ min: -20_000, max: 20_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(m, ks, (denominator, numerators) => {
        const numbers = numerators.map((k) => written(k / denominator));
        // k/m itself but for rounding in float64, or what float32 makes of it.
        const isOn = (of: number) =>
          numbers.every((x) => {
            const nearest = Math.round(x * of) / of;
            return Math.abs(nearest - x) <= 2 ** -50 * Math.abs(x) || Math.fround(nearest) === x;
          });
        const found = stepOf(numbers)!;
        expect(found.numerator).toBe(1);
        expect(found.denominator).toBeLessThanOrEqual(denominator);
        expect(isOn(found.denominator)).toBe(true);
        for (let smaller = 1; smaller < found.denominator; smaller += 1) expect(isOn(smaller)).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  it('does not take any large float32 for some k/m', () => {
    const amounts = fc.array(fc.double({ min: 5_000, max: 1e6, noNaN: true }).map(Math.fround), {
      minLength: 30,
      maxLength: 60,
    });
    fc.assert(
      fc.property(amounts, (numbers) => {
        const found = stepOf(numbers);
        if (found === null) return;
        for (const x of numbers) {
          const k = Math.round(x * found.denominator);
          expect(Math.abs(k / found.denominator - x)).toBeLessThanOrEqual(2 ** -50 * x);
        }
      }),
      { numRuns: 40 },
    );
    expect(stepOf([5_000.12, 9_876.54])).toEqual({ numerator: 1, denominator: 50 });
  });

  it.each<[number[], number[], number | null]>([
    [[0, 1], [255], 255],
    [[0, 1], [], 1],
    [[0.5, 0.25], [255], 4],
    [[1 / 255, 7 / 255, 254 / 255], [], 255],
    [[1_700_000_065.5, 1_700_000_129], [], 2],
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
