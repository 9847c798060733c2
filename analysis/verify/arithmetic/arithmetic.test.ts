import { describe, expect, it } from 'vitest';
import { PI, ROOT_TWO_PI, rootOf } from './constants.js';
import { MOST_KEPT, factorial } from './factorials.js';
import { ceilingOf, floorOf, fractionOf, fractionOfNumber, toDouble, unitsOf, ONE } from './fixed-point.js';
import { inUnits, scaled } from './scaled.js';
import { fractionOfDyadic, laplaceTail, normalQuantile, normalTail, uniformTail } from './tails.js';

/** Reference values: mpmath, 60 digits. */

/** Returns a decimal of at most 60 digits behind the point in units of 2^-256, rounded down. */
const units = (decimal: string): bigint => floorOf(fractionOf(decimal)!);

describe('constants', () => {
  it('are those of the reference to 59 digits', () => {
    const digits = (fine: bigint) => ((fine * 10n ** 58n) >> 384n).toString();
    expect(digits(PI)).toBe('31415926535897932384626433832795028841971693993751058209749');
    expect(digits(ROOT_TWO_PI)).toBe('25066282746310005024157652848110452530069867406099383166299');
  });

  it.each([1n, 2n, 3n, 4n, 99n, 10n ** 40n, 10n ** 40n - 1n])(
    'the root of %s is the largest whole one',
    (n) => {
      const root = rootOf(n);
      expect(root * root <= n && (root + 1n) * (root + 1n) > n).toBe(true);
    },
  );
});

describe('fractions', () => {
  it.each([
    ['0.25', 1n, 4n],
    ['1e-3', 1n, 1000n],
    ['12e2', 1200n, 1n],
    ['-0.5', -1n, 2n],
  ])('of %s are exact', (text, numerator, denominator) => {
    const found = fractionOf(text)!;
    expect(found.numerator * denominator).toBe(numerator * found.denominator);
  });

  it.each(['', 'x', '1e999', '0x1', '1.'])('of %j are none', (text) => {
    expect(fractionOf(text)).toBeNull();
  });

  it('are rounded to both sides', () => {
    const third = { numerator: 1n, denominator: 3n };
    expect(ceilingOf(third) - floorOf(third)).toBe(1n);
    expect(3n * floorOf(third) < ONE && 3n * ceilingOf(third) > ONE).toBe(true);
    expect(floorOf({ numerator: -1n, denominator: 3n })).toBe(-ceilingOf(third));
  });

  it.each([0, 1, 0.1, 1e-12, 1e-80])('units of the double %d are it again', (value) => {
    expect(toDouble(unitsOf(value))).toBeCloseTo(value, 60);
  });
});

describe('tails', () => {
  it.each([
    ['0', '0.5'],
    ['0.002', '0.499202115971119856025691335273'],
    ['1', '0.158655253931457051414767454368'],
    ['3.5', '0.000232629079035525036349925886728'],
    ['-1.25', '0.894350226333144742311227235974'],
    ['8', '0.000000000000000622096057427178412351599517'],
  ])('of the normal law behind %s hold the reference', (z, reference) => {
    const { lower, upper } = normalTail(fractionOf(z)!);
    const slack = units('1e-29');
    expect(lower <= units(reference) + slack && upper >= units(reference) - slack).toBe(true);
    expect(upper - lower).toBe(4n);
  });

  it('of Laplace noise hold the reference, those of uniform noise are exact', () => {
    const { lower, upper } = laplaceTail(fractionOf('3')!);
    const reference = units('0.024893534183931971489671207825');
    expect(lower <= reference + units('1e-29') && upper >= reference).toBe(true);
    expect(uniformTail(fractionOf('0.5')!)).toEqual({ lower: ONE / 4n, upper: ONE / 4n });
    expect(laplaceTail({ numerator: 150n, denominator: 1n }).upper).toBeGreaterThan(0n);
    expect(normalTail({ numerator: 15n, denominator: 1n }).lower).toBeGreaterThan(0n);
  });

  it('lead back to their radius', () => {
    expect(normalQuantile(0.001)).toBeCloseTo(3.090232306167813, 14);
    expect(toDouble(floorOf(fractionOfDyadic(2.75)))).toBe(2.75);
  });
});

describe('factorials', () => {
  it('are those of the reference', () => {
    expect(inUnits(factorial(20)) >> 256n).toBe(2432902008176640000n);
    // 300000! = 1.477391531738039429290747494e1512851
    const { mantissa, exponent } = factorial(300_000);
    const log = Math.log10(Number(mantissa >> 139n)) + (exponent + 139) * Math.log10(2);
    expect(log).toBeCloseTo(1_512_851 + Math.log10(1.477391531738039), 6);
  });

  it('of Stirling follow those that are multiplied up', () => {
    const [kept, next] = [factorial(MOST_KEPT), factorial(MOST_KEPT + 1)];
    const product = scaled(kept.mantissa * BigInt(MOST_KEPT + 1), kept.exponent);
    expect(product.exponent).toBe(next.exponent);
    const difference = product.mantissa - next.mantissa;
    expect(difference < 1n << 40n && -difference < 1n << 40n).toBe(true);
  });

  it('cut numbers of any size to 192 bits', () => {
    expect(scaled(1n << 300n)).toEqual({ mantissa: 1n << 191n, exponent: 109 });
    expect(inUnits(scaled(3n, -300))).toBe(0n);
    expect(inUnits(scaled(3n, -256))).toBe(3n);
    expect(fractionOfNumber(0.1)).toEqual({ numerator: 1n, denominator: 10n });
  });
});
