import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { makeDrawing } from '../../test/support/drawings.js';
import { cltErrorAt, cltRows, cltTable } from './clt-errors.js';

/** −Φ⁻¹(0.001), of a table. */
const Z = 3.0902323061678132;

/** P(Bin(n, δ) = k), the factors one after the other. */
function mass(k: number, n: number, delta: number): number {
  let value = (1 - delta) ** (n - k);
  for (let i = 0; i < k; i++) value *= (delta * (n - i)) / (i + 1);
  return value;
}

/** The error by going through every number of failures. */
function enumerated(n: number, delta: number): number {
  let wrong = 0;
  for (let f = 1; f <= n; f++) {
    const upper = f / n + Z * Math.sqrt((f * (n - f)) / n ** 3);
    if (upper < 0.5 && upper < delta) wrong += mass(f, n, delta);
  }
  return wrong;
}

describe('the error of the normal approximation', () => {
  it('is that of going through all numbers of failures', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 999 }), (n, thousandths) => {
        const delta = thousandths / 1000;
        const { wrong, unanimous } = cltErrorAt(n, delta, 0.001);
        expect(wrong).toBeCloseTo(enumerated(n, delta), 10);
        expect(unanimous).toBeCloseTo((1 - delta) ** n, 10);
      }),
    );
  });

  it('is none where votes are sure to be unanimous, for the class or against it', () => {
    expect(cltErrorAt(50, 0, 0.001)).toEqual({ wrong: 0, unanimous: 1 });
    expect(cltErrorAt(50, 1, 0.001)).toEqual({ wrong: 0, unanimous: 0 });
  });

  it('is many times α near p = 1, and near α in the middle at many samples', () => {
    const error = (n: number, delta: number) =>
      cltTable(0.001).find((one) => one.n === n && one.delta === delta)!.error.wrong;
    // scipy.stats.binom: the failures 1 to 2 of 1,000 at 0.01, and 1 of 100 at 0.05.
    expect(error(1_000, 0.01)).toBeCloseTo(enumerated(1_000, 0.01), 10);
    expect(error(1_000, 0.01)).toBeGreaterThan(0.005);
    expect(error(100_000, 0.4)).toBeGreaterThan(0.0009);
    expect(error(100_000, 0.4)).toBeLessThan(0.0012);
  });

  it('of a drawing is the share of its images, and the mean of what each can expect', () => {
    // Of 40 samples 1 failure, of 400 in all 60: δ = 0.15, and the approximation says 0.025 + Z √(0.025 · 0.975/40) = 0.101.
    const drawing = makeDrawing(
      [40, 400],
      [{ failures: [1, 60] }, { failures: [0, 60] }, { failures: [9, 60] }],
    );
    const [few] = cltRows(drawing);
    expect(few).toMatchObject({ n: 40, measured: { wrong: 1 / 3, unanimous: 1 / 3 } });
    expect(few!.exact.wrong).toBeCloseTo(enumerated(40, 0.15), 10);
    expect(few!.exact.unanimous).toBeCloseTo(0.85 ** 40, 10);
  });
});
