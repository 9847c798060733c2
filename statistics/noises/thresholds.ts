import { SmoothcertError } from '../../shared/errors.js';
import type { NoiseKind } from '../../shared/job.js';
import { FRACTION_BITS } from './fixed-point.js';
import { ratioFrom } from './ratio.js';
import { TAILS } from './tails.js';

/**
 * The law of the noise on the lattice: of 2^64 equally likely numbers U, those with T_{k−1} ≤ U < T_k mean k steps, where
 * T_{−M−1} = 0 and T_M = 2^64.
 *
 * The noise ε is rounded to the nearest lattice point, so T_k = 2^64 · P(ε ≤ (k + ½) steps), rounded to a whole number. Each
 * of the 2M thresholds is off by at most ½, and what lies beyond M steps, less than 2^-66 on either side, belongs to ±M. So
 * the law is within (2M + 1) · 2^-65 of the exact one in total variation.
 */
export interface Thresholds {
  /** M: the noise moves an element by at most so many steps. */
  readonly largest: number;
  /** T_k at index k + M, for k = −M … M − 1, ascending; 0 and 2^64 may occur at the ends. T_k + T_{−k−1} = 2^64. */
  readonly values: readonly bigint[];
}

const ALL = 1n << 64n;
const LOWER_BITS = FRACTION_BITS - 64n;
const TIE = 1n << (LOWER_BITS - 1n);
/** Tails are right within 2^-132; a tail nearer than 2^-128 to a tie is not rounded. */
const DOUBT = 1n << (FRACTION_BITS - 128n);

let last: { readonly kind: NoiseKind; readonly ratio: string; readonly law: Thresholds } | null = null;

/**
 * Returns the thresholds of a noise whose scale is `ratio` steps of the lattice, identical on every platform. Takes 10 ms at
 * a ratio of 64, less than a second at the largest one; the last law is kept, as a process asks for that of its job several times.
 *
 * @param ratio a plain decimal from 0.5 to 16,384
 * @throws RangeError for any other ratio
 * @throws INTERNAL if a threshold is too near to a tie to be rounded for certain, which happens for less than one law in 2^40
 */
export function thresholdsOf(kind: NoiseKind, ratio: string): Thresholds {
  if (last?.kind !== kind || last.ratio !== ratio) last = { kind, ratio, law: lawOf(kind, ratio) };
  return last.law;
}

function lawOf(kind: NoiseKind, ratio: string): Thresholds {
  const upper = TAILS[kind](ratioFrom(ratio)).map(nearest);
  const values = upper.toReversed();
  for (const tail of upper) values.push(ALL - tail);
  return { largest: upper.length, values };
}

/** Returns the whole number that is nearest to 2^64 · tail. @throws INTERNAL if two of them are about as near */
function nearest(tail: bigint): bigint {
  const rest = (tail & ((TIE << 1n) - 1n)) - TIE;
  if (rest > -DOUBT && rest < DOUBT) {
    throw new SmoothcertError(
      'INTERNAL',
      'A probability of the noise lies too near to the middle between two numbers of 64 bits to be rounded for certain.',
      'Choose a scale of the noise that differs in its last digit.',
    );
  }
  return (tail >> LOWER_BITS) + (rest > 0n ? 1n : 0n);
}
