import { ONE, type Fraction } from '../arithmetic/fixed-point.js';

/** Terms are whole numbers of 2^-160. */
const TERM_BITS = 160n;
const UNIT = 1n << TERM_BITS;

/**
 * Returns true if it is proved that M ≥ `least` for k successes and f failures and the null δ (`rate`, in units of 2^-256, below 1), where
 * M = ∫ ½u^(−½) ((1 − δu)/(1 − δ))^k u^f du from 0 to 1, the wealth of the beta mixture.
 *
 * Integrated by parts, k times, M = ½ Σ_j x^j · k(k − 1)…(k − j + 1)/((f + ½)(f + 3/2)…(f + j + ½)) with x = δ/(1 − δ) and j from 0 to k.
 * All terms are positive: so many of them as are added up here, each cut off, are less than M.
 *
 * @param least in units of 2^-160, rounded up by whoever asks
 */
export function mixtureReaches(k: number, f: number, rate: bigint, least: bigint): boolean {
  const odds = (rate << TERM_BITS) / (ONE - rate);
  let term = UNIT / BigInt(2 * f + 1);
  let sum = 0n;
  for (let j = 0; term > 0n; j++) {
    sum += term;
    if (sum >= least) return true;
    term = ((term * odds * BigInt(2 * (k - j))) >> TERM_BITS) / BigInt(2 * (f + j) + 3);
  }
  return false;
}

/** Returns 1/(level · share) in the units of `mixtureReaches`, rounded up; both in units of 2^-256, above 0. */
export const wealthOf = (level: bigint, share: bigint): bigint => (UNIT * ONE * ONE) / (level * share) + 1n;

/** Returns 1/level in the units of `mixtureReaches`, rounded up, for a level above 0. */
export const wealthOfLevel = ({ numerator, denominator }: Fraction): bigint =>
  (UNIT * denominator) / numerator + 1n;
