import { describe, expect, it } from 'vitest';
import { MOST_RATIO_DIGITS, ratioFrom } from './ratio.js';

describe('ratioFrom', () => {
  it.each([
    ['63.75', 6375n, 100n],
    ['32', 32n, 1n],
    ['0.5', 5n, 10n],
    ['16384', 16384n, 1n],
    ['100.005', 100005n, 1000n],
  ])('reads %s', (text, numerator, denominator) => {
    expect(ratioFrom(text)).toEqual({ numerator, denominator });
  });

  it.each(['', '.5', '1.', '1.50', '01', '-1', '+1', '1e3', ' 1', '1/2', '1_0', 'NaN', 'Infinity', '٣'])(
    'refuses %j, which is no plain decimal',
    (text) => {
      expect(() => ratioFrom(text)).toThrow(new RangeError(`the ratio "${text}" is not a plain decimal`));
    },
  );

  it.each(['0', '0.49999999999999999999', '16384.00000000000000001', '99999999999999999999'])(
    'refuses %s, which is out of range',
    (text) => {
      expect(() => ratioFrom(text)).toThrow(/ is not within 0\.5 … 16384$/);
    },
  );

  it('refuses more digits than any quotient has, without repeating them', () => {
    const digits = '1'.repeat(MOST_RATIO_DIGITS - 2);
    expect(ratioFrom(`1.${digits}`).numerator).toBe(BigInt(`1${digits}`));
    expect(() => ratioFrom(`1.${digits}1`)).toThrow(`the ratio "1.${'1'.repeat(38)}" is not a plain decimal`);
  });
});
