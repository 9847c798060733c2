import type { Lattice, NoiseKind, NoiseSpec } from '../../../shared/job.js';
import { ONE, fractionOfNumber, quotient, type Enclosure, type Fraction } from '../arithmetic/fixed-point.js';
import { FARTHEST, laplaceTail, normalTail, uniformTail } from '../arithmetic/tails.js';

/** A tail far below everything that samples can prove. */
const NOTHING: Enclosure = { lower: 0n, upper: 1n };
/** e^−150 is below 2^-216. */
const FARTHEST_LAPLACE = 150n;

/**
 * Returns an enclosure of the failure probability δ below which a radius of z noise scales is certified: Φ(−z), ½e^(−z), (1 − z)/2 (docs/statistics.md).
 * Beyond what samples can prove it holds 0 alone. @param z at least 0; for Gaussian noise at least −15
 */
export function deltaOfRadius(kind: NoiseKind, z: Fraction): Enclosure {
  const beyond = (most: bigint) => z.numerator > most * z.denominator;
  switch (kind) {
    case 'gaussian':
      return beyond(FARTHEST) ? NOTHING : normalTail(z);
    case 'laplace':
      return beyond(FARTHEST_LAPLACE) ? NOTHING : laplaceTail(z);
    case 'uniform':
      return beyond(1n) ? NOTHING : uniformTail(z);
  }
}

/** Returns a radius in noise scales, exactly: both numbers are what their shortest decimals say. */
export const inScales = (radius: Fraction, { scale }: Pick<NoiseSpec, 'scale'>): Fraction =>
  quotient(radius, fractionOfNumber(scale));

/**
 * Returns t = d(2M + 1)2^-64 in units of 2^-256: the noise that is drawn is within t of the exact law in total variation, so that what
 * bounds a probability of the one bounds that of the other by t more. 0 where there is no lattice.
 */
export function drawnError(lattice: Lattice | undefined): bigint {
  if (lattice === undefined) return 0n;
  return BigInt(lattice.dimension) * (2n * BigInt(lattice.largest) + 1n) * (ONE >> 64n);
}
