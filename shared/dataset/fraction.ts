/** A positive rational number in lowest terms; both parts are whole numbers of at least 1, exact in float64. */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

/** Returns numerator/denominator in lowest terms. */
export function fraction(numerator: number, denominator: number): Fraction {
  const common = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / common, denominator: denominator / common };
}

/** Returns 2^exponent, |exponent| ≤ 52. */
export function powerOfTwo(exponent: number): Fraction {
  return { numerator: 2 ** Math.max(0, exponent), denominator: 2 ** Math.max(0, -exponent) };
}

/** Returns true if both parts are positive whole numbers without a common divisor. */
export function isFraction({ numerator, denominator }: Fraction): boolean {
  const whole = [numerator, denominator].every((part) => Number.isSafeInteger(part) && part >= 1);
  return whole && greatestCommonDivisor(numerator, denominator) === 1;
}

/** Writes a fraction as "1/255", or as "2" where the denominator is 1. */
export function showFraction({ numerator, denominator }: Fraction): string {
  return denominator === 1 ? String(numerator) : `${numerator}/${denominator}`;
}

/** Returns a fraction as the nearest double. */
export function numberOf({ numerator, denominator }: Fraction): number {
  return numerator / denominator;
}

/** Returns the whole number of steps that is next to a value. */
export function nearestPoint(value: number, { numerator, denominator }: Fraction): number {
  return Math.round((value * denominator) / numerator);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
