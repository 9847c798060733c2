import { BOUNDS } from '../../statistics/bounds/bounds.js';
import { imageAlpha } from '../../statistics/simultaneous.js';
import { freshVotes } from './fresh-samples.js';
import type { ImageState } from './image-state.js';
import type { JobFold } from './job-fold.js';

export const UNANIMOUS = 'the CLT gives no bound on unanimous votes';

/**
 * Returns what a bound that proves nothing approximates for a decided image: no certificate, and never one by another
 * name. Null for a job with a bound that proves, and where no class or radius comes out.
 */
export function approximationOf({ job: { claim }, decision }: JobFold, { prefixes }: ImageState) {
  const bound = BOUNDS[claim.bound];
  if (bound.proves) return null;
  const { classIndex, failures, n, counts } = freshVotes(claim.looks, prefixes.length - 1, prefixes);
  if (classIndex === null) return null;
  const common = { approximate_class: classIndex, counts };
  const delta = bound.approximate(failures, n, imageAlpha(claim));
  if (delta === null) return { ...common, approximate_radius: null, detail: UNANIMOUS };
  const radius = decision.radiusOf(delta);
  return radius === null ? null : { ...common, approximate_radius: radius };
}
