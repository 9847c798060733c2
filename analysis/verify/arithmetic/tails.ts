import { FINE_BITS, FINE_ONE, ROOT_TWO_PI, exponential } from './constants.js';
import type { Enclosure, Fraction } from './fixed-point.js';
import { ceilingOf, floorOf, toDouble } from './fixed-point.js';

/** Enclosures of the probability that a noise is above a number of its scales. */

/** So many standard deviations have a tail below 2^-169: nothing that samples can prove goes as far. */
export const FARTHEST = 15n;
/** From 2^-384 to 2^-256. */
const COARSE = FINE_BITS - 256n;
/** The largest error of the series and of cutting it off, in units of 2^-256: less than 2^-350 and 1. */
const MARGIN = 2n;

/**
 * Returns an enclosure of Φ(−z) for |z| ≤ 15. Φ(z) − ½ = S/(E·√(2π)) with S = Σ z^(2k+1)/(1·3·…·(2k+1)) and E = e^(z²/2): the terms have
 * one sign, so that nothing cancels. A unit that one term of S loses is lost by later ones in a proportion below that of the series
 * of E, so that S/E is wrong by less than 5m · 2^-384 after m terms.
 */
export function normalTail(z: Fraction): Enclosure {
  if (z.numerator < 0n) {
    const { lower, upper } = normalTail({ numerator: -z.numerator, denominator: z.denominator });
    return { lower: (1n << 256n) - upper, upper: (1n << 256n) - lower };
  }
  const fine = (z.numerator << FINE_BITS) / z.denominator;
  const square = (fine * fine) >> FINE_BITS;
  const { value } = exponential(square >> 1n);
  let sum = 0n;
  let term = fine;
  for (let k = 3n; term > 0n; k += 2n) {
    sum += term;
    term = ((term * square) >> FINE_BITS) / k;
  }
  const above = (((sum << FINE_BITS) / value) << FINE_BITS) / ROOT_TWO_PI;
  return around((FINE_ONE >> 1n) - above);
}

/** Returns an enclosure of ½e^(−x) for x from 0 to 150. */
export function laplaceTail(x: Fraction): Enclosure {
  const fine = (x.numerator << FINE_BITS) / x.denominator;
  const { value } = exponential(fine);
  return around((FINE_ONE << (FINE_BITS - 1n)) / value);
}

/** Returns an enclosure of (1 − x)/2 for x from 0 to 1. */
export function uniformTail({ numerator, denominator }: Fraction): Enclosure {
  const tail = { numerator: denominator - numerator, denominator: 2n * denominator };
  return { lower: floorOf(tail), upper: ceilingOf(tail) };
}

function around(fine: bigint): Enclosure {
  const units = fine >> COARSE;
  return { lower: units - MARGIN, upper: units + MARGIN };
}

/** Returns the z ≥ 0 at which Φ(−z) is `tail` < ½, as a double, for estimates: by halving, 60 times. */
export function normalQuantile(tail: number): number {
  let [low, high] = [0, Number(FARTHEST)];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (tailOfDouble(middle) > tail) low = middle;
    else high = middle;
  }
  return low;
}

const tailOfDouble = (z: number): number => toDouble(normalTail(fractionOfDyadic(z)).lower);

/** Returns a double of 0 … 2^20 as a fraction, cut off at 2^-80. */
export function fractionOfDyadic(value: number): Fraction {
  const whole = Math.floor(value);
  const rest = Math.floor((value - whole) * 2 ** 80);
  return { numerator: (BigInt(whole) << 80n) + BigInt(rest), denominator: 1n << 80n };
}
