/**
 * Numbers without rounding: fractions of whole numbers, and probabilities as whole numbers of 2^-256. Nothing here is a comparison of
 * two doubles; where a value is irrational, it is enclosed from both sides.
 */

const BITS = 256n;
/** The probability 1. */
export const ONE = 1n << BITS;
const ONE_AS_DOUBLE = 2 ** 256;

/** A number, exactly; its denominator is above 0. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Both ends of an interval that holds a value, in units of 2^-256. */
export interface Enclosure {
  readonly lower: bigint;
  readonly upper: bigint;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/;
/** Far beyond every number of a job; 10 to it is computed in no time. */
const LARGEST_EXPONENT = 400;

/** Returns the number that a decimal text names ("0.25", "1e-12"), exactly; null if it names none. */
export function fractionOf(text: string): Fraction | null {
  const found = DECIMAL.exec(text);
  if (found === null) return null;
  const [, sign, whole, decimals = '', exponent = '0'] = found as unknown as [string, string, string];
  const shift = Number(exponent) - decimals.length;
  if (Math.abs(shift) > LARGEST_EXPONENT) return null;
  const digits = BigInt(`${sign}${whole}${decimals}`);
  return shift >= 0
    ? { numerator: digits * 10n ** BigInt(shift), denominator: 1n }
    : { numerator: digits, denominator: 10n ** BigInt(-shift) };
}

/** Returns a finite double as the fraction that its shortest decimal names: what a person wrote. */
export const fractionOfNumber = (value: number): Fraction => fractionOf(String(value))!;

export const quotient = (a: Fraction, b: Fraction): Fraction => ({
  numerator: a.numerator * b.denominator,
  denominator: a.denominator * b.numerator,
});

/** Returns the largest whole number of units 2^-256 that is at most the fraction. */
export function floorOf({ numerator, denominator }: Fraction): bigint {
  const scaled = numerator * ONE;
  const towardsZero = scaled / denominator;
  return scaled % denominator < 0n ? towardsZero - 1n : towardsZero;
}

/** Returns the least whole number of units 2^-256 that is at least the fraction. */
export const ceilingOf = ({ numerator, denominator }: Fraction): bigint =>
  -floorOf({ numerator: -numerator, denominator });

/** Returns units of 2^-256 as the nearest double, for estimates. */
export const toDouble = (units: bigint): number => Number(units) / ONE_AS_DOUBLE;

/** Returns a double of at least 0 in units of 2^-256, cut off below them. */
export function unitsOf(value: number): bigint {
  // A multiple of 2^-200 below 2^53 units of it, so that BigInt takes it exactly.
  const exponent = Math.max(-200, Math.floor(Math.log2(value)) - 52);
  const mantissa = value === 0 ? 0 : Math.floor(value / 2 ** exponent);
  return BigInt(mantissa) << (BITS + BigInt(exponent));
}
