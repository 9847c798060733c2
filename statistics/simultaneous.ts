import { imageCount } from '../shared/job-spec.js';
import type { Claim } from '../shared/job.js';

/**
 * Returns the probability of a wrong certificate that each image of a claim may have. Of a `simultaneous` claim of N images it is
 * 1 − (1 − α)^(1/N) (Šidák 1967): the noises of images are independent, so that with probability at least 1 − α none of N
 * certificates is wrong. N is that of the claim, whatever becomes of the images.
 */
export function imageAlpha({
  alpha,
  simultaneous,
  images,
}: Pick<Claim, 'alpha' | 'simultaneous' | 'images'>): number {
  return simultaneous ? -Math.expm1(Math.log1p(-alpha) / imageCount(images)) : alpha;
}
