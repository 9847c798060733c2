import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fraction, isFraction, powerOfTwo, showFraction } from './fraction.js';

describe('a fraction', () => {
  it('is in lowest terms, and of the same value', () => {
    const part = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(part, part, (above, below) => {
        const { numerator, denominator } = fraction(above, below);
        expect(isFraction({ numerator, denominator })).toBe(true);
        expect(numerator * below).toBe(denominator * above);
      }),
    );
  });

  it.each([
    [0, 1],
    [1, 0],
    [2, 4],
    [-1, 2],
    [1.5, 2],
    [1, 2 ** 53],
  ])('is not %d/%d', (numerator, denominator) => {
    expect(isFraction({ numerator, denominator })).toBe(false);
  });

  it.each([
    [-3, '1/8'],
    [0, '1'],
    [5, '32'],
    [-40, `1/${2 ** 40}`],
  ])('that is 2^%d is written %s', (exponent, text) => {
    expect(showFraction(powerOfTwo(exponent))).toBe(text);
  });
});
