import { imageCount } from '../shared/job-spec.js';
import type { Claim } from '../shared/job.js';

/** The parts of a claim that say how often it may be wrong. */
export type ClaimedLevel = Pick<Claim, 'alpha' | 'simultaneous' | 'images'>;

/** The α of several images together. */
export interface Together {
  readonly alpha: number;
  readonly images: number;
}

/**
 * Returns the probability of a wrong certificate that each image of a claim may have. Of a `simultaneous` claim of N images it is
 * 1 − (1 − α)^(1/N) (Šidák 1967): the noises of images are independent, so that with probability at least 1 − α none of N
 * certificates is wrong. N is that of the claim, whatever becomes of the images.
 */
export function imageAlpha({ alpha, simultaneous, images }: ClaimedLevel): number {
  const count = simultaneous ? imageCount(images) : 1;
  // One image has all of it, to the last bit.
  return count === 1 ? alpha : -Math.expm1(Math.log1p(-alpha) / count);
}

/** Returns the α of all images together, and how many they are; null of a claim about each image by itself. */
export function togetherOf({ alpha, simultaneous, images }: ClaimedLevel): Together | null {
  return simultaneous ? { alpha, images: imageCount(images) } : null;
}
