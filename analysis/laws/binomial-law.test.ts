import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialLaw } from './binomial-law.js';

/** Bin(n, numerator/denominator) by exact integers: C(n, j) a^j b^(n − j) / (a + b)^n. */
function exactLaw(n: number, numerator: number, denominator: number): number[] {
  const [a, b] = [BigInt(numerator), BigInt(denominator - numerator)];
  const whole = BigInt(denominator) ** BigInt(n);
  let ways = 1n;
  return Array.from({ length: n + 1 }, (_, j) => {
    if (j > 0) ways = (ways * BigInt(n - j + 1)) / BigInt(j);
    const share = ways * a ** BigInt(j) * b ** BigInt(n - j);
    return Number((share * 10n ** 30n) / whole) / 1e30;
  });
}

describe('the law of failures', () => {
  it('is the binomial one', () => {
    const cases = fc.record({
      n: fc.integer({ min: 1, max: 120 }),
      numerator: fc.integer({ min: 0, max: 64 }),
    });
    fc.assert(
      fc.property(cases, ({ n, numerator }) => {
        const { first, mass } = binomialLaw(n, numerator / 64);
        exactLaw(n, numerator, 64).forEach((exact, j) => {
          expect(mass[j - first] ?? 0).toBeCloseTo(exact, 9);
        });
        expect(mass.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('leaves out terms that are too small to matter, and no others', () => {
    const { first, mass } = binomialLaw(1_000_000, 0.5, 1e-6);
    expect(mass.length).toBeLessThan(6000);
    expect(Math.min(...mass) / Math.max(...mass)).toBeGreaterThan(0.9e-6);
    expect(first + (mass.length - 1) / 2).toBe(500_000);
  });
});
