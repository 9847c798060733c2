import type { Claim } from '../../shared/job.js';
import { publishedDelta } from '../../statistics/radius.js';
import type { Decision, Held } from './decision.js';

/** Digits behind the point of a probability that is published. */
export const PROBABILITY_DIGITS = 12;

/** The radius and the failure probability of a certificate. */
export interface Published {
  readonly radius: number;
  readonly delta: number;
  /** Only of `target`: the radius as the job has it, digit by digit. */
  readonly target?: string;
}

/**
 * Returns the radius and the failure probability that may be published of a held certificate; null if nothing is left of it after rounding against
 * the user. A radius that was asked for is reported as it was written: it was rounded before it was tested.
 */
export function publicationOf(
  { stop }: Claim,
  decision: Decision,
  { deltaUpper, runnerUpUpper, target }: Held,
): Published | null {
  if (stop.kind === 'target') {
    const written = stop.radii[target!]!;
    return { radius: Number(written), delta: deltaUpper + decision.lawError, target: written };
  }
  const radius = decision.radiusOf(deltaUpper, runnerUpUpper);
  return radius === null ? null : { radius, delta: publishedDelta(deltaUpper, decision.lawError) };
}
