import type { Job } from '../../shared/job.js';
import { cltDelta } from '../../statistics/clt.js';
import { certifiedRadius } from '../../statistics/radius.js';
import { freshVotes } from './fresh-samples.js';
import type { ImageState } from './image-state.js';

export const UNANIMOUS = 'the CLT gives no bound on unanimous votes';

/**
 * What the normal approximation says of a decided image of a job with the bound `clt`: no certificate, and never one
 * by another name. Null for another job, and where it says nothing either.
 */
export function approximationOf({ claim, draw }: Job, { prefixes }: ImageState) {
  if (claim.bound !== 'clt') return null;
  const { classIndex, failures, n, counts } = freshVotes(claim.looks, 1, prefixes);
  if (classIndex === null) return null;
  const common = { approximate_class: classIndex, counts };
  const delta = cltDelta(failures, n, claim.alpha);
  if (delta === null) return { ...common, approximate_radius: null, detail: UNANIMOUS };
  const radius = certifiedRadius(delta, draw.noise.scale);
  return radius === null ? null : { ...common, approximate_radius: radius };
}
