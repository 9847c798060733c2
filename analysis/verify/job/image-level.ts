import type { Claim } from '../../../shared/job.js';
import { fractionOfNumber, toDouble } from '../arithmetic/fixed-point.js';
import { ONE, floorOf } from '../arithmetic/fixed-point.js';
import { inUnits, power, scaled } from '../arithmetic/scaled.js';
import { imageCount } from './check-job.js';

/** The doubles of two implementations may differ by so many parts of 2^52. */
const LAST_BITS = 64;

/**
 * Returns true if `level` is the α of one image: that of the claim or, of `simultaneous`, 1 − (1 − α)^(1/N) for N images (Šidák 1967), to
 * the last bits of a double.
 */
export function isImageLevel(
  claim: Pick<Claim, 'alpha' | 'simultaneous' | 'images'>,
  level: number,
): boolean {
  const count = claim.simultaneous ? imageCount(claim.images) : 1;
  if (count === 1) return level === claim.alpha;
  if (!(level > 0 && level < 1)) return false;
  const remaining = toDouble(inUnits(power(scaled(ONE - floorOf(fractionOfNumber(level)), -256), count)));
  const wanted = 1 - claim.alpha;
  // Each part in 2^53 of the level is count · level of them of what remains.
  return Math.abs(remaining - wanted) <= LAST_BITS * 2 ** -52 * (1 + count * level);
}
