import type { NoiseKind } from '../../shared/job.js';
import { decay, FRACTION_BITS, fraction, normalPeak, ONE, times } from './fixed-point.js';
import type { Ratio } from './ratio.js';

/** A tail below 2^-66 is left out: what lies beyond belongs to the outermost step. */
const LEAST_TAIL = 1n << (FRACTION_BITS - 66n);
const HALF = ONE >> 1n;

/**
 * Lists the upper tails P(ε > (k + ½) steps) of k = 0, 1, … M − 1, in multiples of 2^-192; each is within 2^-132 of the exact
 * one. Tails from k = M on are 0 for uniform noise, and below 2^-66 for the others.
 */
export const TAILS: Readonly<Record<NoiseKind, (ratio: Ratio) => bigint[]>> = {
  gaussian: gaussianTails,
  laplace: laplaceTails,
  uniform: uniformTails,
};

/**
 * One tail less the probability of the next step is the next tail. That of step k is the integral of the density φ over one
 * step around c = k/ρ, by φ's Taylor series: with h = 1/ρ it is h · φ(c) · Σ He_2n(c) (h/2)^2n / (2n + 1)!. φ follows from
 * one step to the next by φ(c + h) = φ(c) · e^(−ch − h²/2). The errors of at most 2^18 steps add up to less than 2^60
 * multiples: φ's grows with the square of k, to 2^40 multiples at ρ = 16,384; the series, which multiplies it, is below 2^15
 * at ρ = ½, where there are five steps, and smaller above.
 */
function gaussianTails({ numerator, denominator }: Ratio): bigint[] {
  const step = fraction(denominator, numerator);
  const square = fraction(denominator ** 2n, numerator ** 2n);
  const slowdown = decay(square);
  let density = normalPeak();
  let fall = decay(square >> 1n);
  const probabilityOf = (k: bigint): bigint => {
    const centre = fraction(k * denominator ** 2n, 2n * numerator ** 2n);
    return times(times(density, step), hermiteSum(centre, square >> 2n));
  };
  const tails: bigint[] = [];
  let tail = HALF - (probabilityOf(0n) >> 1n);
  for (let k = 1n; tail >= LEAST_TAIL; k += 1n) {
    tails.push(tail);
    density = times(density, fall);
    fall = times(fall, slowdown);
    tail -= probabilityOf(k);
  }
  return tails;
}

/**
 * Returns Σ a_2n / (2n + 1), where a_n = He_n(c) (h/2)^n / n!: a_0 = 1, a_1 = ch/2, and a_n+1 = (ch/2 · a_n − h²/4 · a_n−1) / (n + 1).
 * @param centre ch/2
 * @param square h²/4
 */
function hermiteSum(centre: bigint, square: bigint): bigint {
  let even = ONE;
  let odd = centre;
  let sum = ONE;
  for (let n = 2n; even !== 0n || odd !== 0n; n += 2n) {
    even = (times(centre, odd) - times(square, even)) / n;
    sum += even / (n + 1n);
    odd = (times(centre, even) - times(square, odd)) / (n + 1n);
  }
  return sum;
}

/** The tail at x scales is ½ e^-x, so each is the one before it times e^(−1/ρ). */
function laplaceTails({ numerator, denominator }: Ratio): bigint[] {
  const factor = decay(fraction(denominator, numerator));
  const tails: bigint[] = [];
  let tail = decay(fraction(denominator, 2n * numerator)) >> 1n;
  while (tail >= LEAST_TAIL) {
    tails.push(tail);
    tail = times(tail, factor);
  }
  return tails;
}

/** The tail at x scales is (1 − x)/2 up to x = 1, so that of step k is (2ρ − 2k − 1) / 4ρ; there are ⌈ρ − ½⌉. */
function uniformTails({ numerator, denominator }: Ratio): bigint[] {
  const tails: bigint[] = [];
  let above = 2n * numerator - denominator;
  while (above > 0n) {
    tails.push(fraction(above, 4n * numerator));
    above -= 2n * denominator;
  }
  return tails;
}
