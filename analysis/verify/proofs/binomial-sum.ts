import { ONE, type Enclosure } from '../arithmetic/fixed-point.js';
import { factorial } from '../arithmetic/factorials.js';
import { dividedBy, inUnits, power, scaled, times } from '../arithmetic/scaled.js';

/** Sums of binomial probabilities, enclosed. */

/** Terms are whole numbers of the largest one times 2^-128. */
const TERM_BITS = 128n;
/** Terms below 2^44 such units are not added up; there are at most as many of them as failures. */
const NEGLIGIBLE = 1n << 44n;
/** The largest term is right to 2^-140, relatively, up to n = 2^31: some n operations of 2^-190 each, and a factor of 2^50. */
const LEAD_ERROR_BITS = 140n;

/** Bin(n, δ): `rate` is δ in units of 2^-256, above 0 and below 1. */
export interface Binomial {
  readonly n: number;
  readonly rate: bigint;
}

/** Returns P(Bin = f), cut off, in units of 2^-256; its relative error is below 2^-139 where it is above 2^-100. */
export function binomialTerm({ n, rate }: Binomial, f: number): bigint {
  const chosen = dividedBy(dividedBy(factorial(n), factorial(f)), factorial(n - f));
  const failed = power(scaled(rate, -256), f);
  return inUnits(times(times(chosen, failed), power(scaled(ONE - rate, -256), n - f)));
}

/**
 * Returns an enclosure of P(Bin ≤ f); null if f ≥ nδ, where it is above ¼ (Greenberg and Mohri 2014) or close to it, and nothing is
 * rejected. Its width is below 2^-50 of its value up to n = 2^31.
 *
 * From f downward the terms fall: each is the one before times j(1 − δ)/((n − j + 1)δ) < 1. Cutting off loses less than 2 units a term and
 * passes the loss on to the later ones, so that m terms lose at most m(m + 1) units; what is not added up is at most f terms of
 * the last one.
 */
export function binomialSum({ n, rate }: Binomial, f: number): Enclosure | null {
  if (BigInt(f) * ONE >= BigInt(n) * rate) return null;
  const odds = ((ONE - rate) << TERM_BITS) / rate;
  let term = 1n << TERM_BITS;
  let sum = 0n;
  let j = f;
  let added = 0n;
  for (; term > NEGLIGIBLE; j--) {
    sum += term;
    added += 1n;
    if (j === 0) break;
    term = ((term * odds * BigInt(j)) >> TERM_BITS) / BigInt(n - j + 1);
  }
  const missing = added * (added + 1n) + BigInt(f) * NEGLIGIBLE;
  const lead = binomialTerm({ n, rate }, f);
  const leadAbove = lead + (lead >> LEAD_ERROR_BITS) + 1n;
  const leadBelow = lead - (lead >> LEAD_ERROR_BITS);
  return {
    lower: (leadBelow * sum) >> TERM_BITS,
    upper: ((leadAbove * (sum + missing)) >> TERM_BITS) + 1n,
  };
}
