import { votesForLeader } from '../core/class-votes.js';
import { certify } from '../core/decision.js';
import type { Certificate } from './certificates.js';
import type { JobFold } from '../core/job-fold.js';

/** A class and the radius that is proved of it. */
export interface Proven {
  readonly class: number;
  /** In pixels of [0, 1] and the norm of the job's noise, rounded down; the ball is open. */
  readonly radius: number;
}

/** Returns what a row certifies; null if nothing. */
export function certifiedBy({
  outcome,
  class: classIndex,
  radius,
}: Pick<Certificate, 'outcome' | 'class' | 'radius'>): Proven | null {
  return outcome === 'certified' && classIndex !== null ? { class: classIndex, radius } : null;
}

/**
 * Returns the largest radius that a job's votes prove for an image: the image is certified at r if and only if that is at
 * least r, for as many r as one likes. It is the radius of the certificate, of a claim with the runner-up that of both bounds; for `target`, which asked for a few radii only,
 * the largest that the bound gives at any of its looks. No α is spent on it: Theorem C holds for all radii, looks and classes at once. Another α, bound
 * or rule on the same votes would be a choice after the fact, and is not offered. Null if nothing is proved.
 */
export function provenRadius(fold: JobFold, certificate: Certificate): Proven | null {
  const { claim } = fold.job;
  const { decision } = fold;
  let best = certifiedBy(certificate);
  if (claim.stop.kind !== 'target' || certificate.outcome === 'failed') return best;
  fold.images.get(certificate.image)!.prefixes.forEach((prefix, look) => {
    const held = certify(decision.bound, look, votesForLeader(prefix));
    const radius = held && decision.radiusOf(held.deltaUpper, held.runnerUpUpper);
    if (held === null || radius === null || radius <= (best?.radius ?? -1)) return;
    best = { class: held.classIndex, radius };
  });
  return best;
}
