import type { Claim } from '../../shared/job.js';
import { imageCount, type JobImages, type JobSpec } from '../../shared/job-spec.js';
import { budgetGain } from '../../statistics/budget-gain.js';
import { looksFor } from '../../statistics/schedule.js';

/** The parts of what was asked that say what is claimed. */
export type ClaimSpec = Pick<
  JobSpec,
  'alpha' | 'bound' | 'stop' | 'maxSamples' | 'runnerUp' | 'simultaneous'
>;

/**
 * Returns the claim that is asked for these images, with everything that must be fixed before the first vote.
 *
 * @throws INTERNAL, SCHEDULE_TOO_LONG, BUDGET_TOO_SMALL as `looksFor`
 */
export function claimOf(spec: ClaimSpec, images: JobImages): Claim {
  const { alpha, bound, stop, maxSamples, runnerUp, simultaneous } = spec;
  const matchedGain = bound === 'spending' ? matchedGainOf(spec, images) : null;
  return {
    alpha,
    bound,
    stop,
    looks: looksFor(stop, bound, maxSamples),
    images,
    ...(matchedGain === null ? {} : { matchedGain }),
    ...(runnerUp ? { runnerUp } : {}),
    ...(simultaneous ? { simultaneous } : {}),
  };
}

/** Returns the gain that the table of `spending` is matched to; null for a rule that it does not go with. */
function matchedGainOf({ stop }: ClaimSpec, images: JobImages): number | null {
  if (stop.kind === 'gain') return stop.minGain;
  return stop.kind === 'budget' ? budgetGain(imageCount(images), stop.totalSamples) : null;
}
