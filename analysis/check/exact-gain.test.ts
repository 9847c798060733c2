import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceOfGain } from './exact-gain.js';

/** The share of all assignments of signs whose sum is at least the observed one. */
function counted(differences: readonly number[]): number {
  const sizes = differences.map(Math.abs);
  const observed = differences.reduce((sum, one) => sum + one, 0);
  const sums = sizes.reduce((all, size) => all.flatMap((sum) => [sum + size, sum - size]), [0]);
  return sums.filter((sum) => sum >= observed).length / sums.length;
}

describe('the chance of a gain', () => {
  it('is the share of all assignments of signs that give as much', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 10 }), (differences) => {
        expect(chanceOfGain(differences)).toBeCloseTo(counted(differences), 12);
      }),
    );
  });

  it.each([
    [10, 0, 2 ** -10],
    [8, 2, 56 / 1024],
    [5, 5, 0.623046875],
    [0, 3, 1],
  ])("is McNemar's for %i gains and %i losses", (gains, losses, chance) => {
    const differences = [...Array<number>(gains).fill(1), 0, 0, ...Array<number>(losses).fill(-1)];
    expect(chanceOfGain(differences)).toBeCloseTo(chance, 14);
  });

  it('is 1 where nothing differs', () => {
    expect(chanceOfGain([0, 0])).toBe(1);
    expect(chanceOfGain([])).toBe(1);
  });
});
