import betainc from '@stdlib/math-base-special-betainc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { binomialMass, binomialTail, deviance, largestCountWithin, stirlingError } from './binomial.js';

const probability = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });

describe('the binomial distribution', () => {
  it('sums to 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), probability, (n, delta) => {
        let sum = 0;
        for (let count = 0; count <= n; count++) sum += binomialMass(count, n, delta);
        expect(Math.abs(sum - 1)).toBeLessThan(1e-12);
      }),
      { numRuns: 50 },
    );
  });

  it('agrees with the incomplete beta function, on both sides of the mean', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        probability,
        fc.double({ min: -8, max: 8, noNaN: true }),
        (n, delta, sds) => {
          const at = Math.floor(n * delta + sds * Math.sqrt(n * delta * (1 - delta)));
          const count = Math.min(n - 1, Math.max(0, at));
          const expected = betainc(delta, count + 1, n - count, true, true);
          expect(Math.abs(binomialTail(count, n, delta) - expected)).toBeLessThan(1e-9 * expected + 1e-300);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('has a tail of 0 below no count and 1 at all, also far above the mean', () => {
    expect(binomialTail(-1, 10, 0.3)).toBe(0);
    expect(binomialTail(10, 10, 0.3)).toBe(1);
    expect(binomialTail(99_000, 100_000, 1e-3)).toBe(1);
    expect(binomialMass(10, 10, 0.5)).toBeCloseTo(2 ** -10, 18);
  });

  it('keeps 13 digits where the incomplete beta function of the library keeps 11', () => {
    // 40-digit arithmetic
    expect(binomialTail(7, 192_798, 0.00005432980862857309)).toBeCloseTo(0.18045815495860695, 14);
  });

  it('finds the largest count within a budget, as a search from −1 does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.double({ min: 1e-4, max: 0.999, noNaN: true }),
        fc.double({ min: 1, max: 14, noNaN: true }),
        (n, delta, decades) => {
          const budget = 0.49 * 10 ** (1 - decades);
          let count = -1;
          while (binomialTail(count + 1, n, delta) <= budget) count++;
          const found = largestCountWithin(budget, n, delta);
          expect(found.count).toBe(count);
          expect(Math.abs(found.probability - binomialTail(count, n, delta))).toBeLessThanOrEqual(
            1e-12 * budget,
          );
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('counts a probability as within the budget only up to the budget', () => {
    for (const [count, n, delta] of [
      [0, 64, 0.1],
      [5, 100, 0.2],
      [930, 2048, 0.5],
      [49_500, 100_000, 0.5],
    ] as const) {
      const probability = binomialTail(count, n, delta);
      expect(largestCountWithin(probability * (1 + 1e-11), n, delta).count).toBe(count);
      expect(largestCountWithin(probability * (1 - 1e-11), n, delta).count).toBe(count - 1);
    }
  });
});

describe('the parts of the saddle-point form', () => {
  it('has a deviance that is 0 at the mean, and continuous where its form changes', () => {
    expect(deviance(0, 3)).toBe(3);
    expect(deviance(7, 7)).toBe(0);
    const mean = 1000;
    const edge = (mean * 1.1) / 0.9;
    expect(
      Math.abs(deviance(edge * (1 - 1e-12), mean) / deviance(edge * (1 + 1e-12), mean) - 1),
    ).toBeLessThan(1e-10);
  });

  it('has a Stirling error that is continuous where its form changes', () => {
    expect(Math.abs(stirlingError(16 - 1e-9) - stirlingError(16))).toBeLessThan(1e-12);
    // ln 10! = ln Γ(10) + ln 10
    expect(stirlingError(10)).toBeCloseTo(0.008330563433362871, 14);
  });
});
