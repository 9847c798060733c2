import { describe, expect, it } from 'vitest';

import { lawError } from './law-error.js';

const lattice = { step: '1/510', ratio: '63.75', largest: 586, dimension: 3072 };

describe('the error of the law that is drawn', () => {
  it('is d · (2M + 1) · 2^-64', () => {
    // 3,072 · 1,173 / 18,446,744,073,709,551,616
    expect(lawError(lattice)).toBeCloseTo(1.9534e-13, 16);
    expect(lawError({ ...lattice, largest: 2 ** 20 - 1, dimension: 2 ** 31 })).toBe(
      2 ** -12 * (1 - 2 ** -21),
    );
  });

  it('is 0 in jobs that name no lattice', () => {
    expect(lawError(undefined)).toBe(0);
  });

  it('is never below the exact fraction by more than a rounding', () => {
    for (const [largest, dimension] of [
      [1, 1],
      [2 ** 31 - 1, 2 ** 32 - 1],
      [586, 150_528],
    ] as const) {
      const exact = BigInt(dimension) * BigInt(2 * largest + 1);
      const found = lawError({ ...lattice, largest, dimension });
      expect(Math.abs(Number(BigInt(found * 2 ** 64) - exact))).toBeLessThanOrEqual(Number(exact) * 2 ** -53);
    }
  });
});
