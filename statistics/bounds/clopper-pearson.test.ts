import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { binomialTail } from '../binomial.js';
import { clopperPearsonDelta } from './clopper-pearson.js';

describe('Clopper and Pearson', () => {
  it('solves P(Bin(n, δ) ≤ failures) = α', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 1_000_000 }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.double({ min: 0.7, max: 12, noNaN: true }),
        (n, rate, decades) => {
          const failures = Math.floor(rate * n);
          const alpha = 10 ** -decades;
          const delta = clopperPearsonDelta(failures, n, alpha);
          if (delta > 0.9) return;
          expect(Math.abs(binomialTail(failures, n, delta) / alpha - 1)).toBeLessThan(1e-7);
          // What is published errs to the safe side.
          expect(binomialTail(failures, n, delta * (1 + 2e-8))).toBeLessThan(alpha);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is 1 − α^(1/n) for unanimous votes and 1 where none was for the class', () => {
    expect(clopperPearsonDelta(0, 100, 0.001)).toBeCloseTo(1 - 0.001 ** 0.01, 14);
    expect(clopperPearsonDelta(5, 5, 0.001)).toBe(1);
  });
});
