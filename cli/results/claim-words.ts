import { imageCount, type JobImages } from '../../shared/job-spec.js';
import type { Claim } from '../../shared/job.js';
import { describeNoise, type ScaledNoise } from '../../statistics/noises/scale.js';
import { number } from './summary-lines.js';

/** The parts of a claim that are put into words. The images of a job that no worker has looked at may not be known. */
export interface WordedClaim extends Pick<Claim, 'alpha' | 'stop' | 'bound'> {
  readonly images: JobImages | null;
  readonly simultaneous?: boolean;
  readonly runnerUp?: boolean;
}

/**
 * Returns under which noise, α, rule and bound a job's certificates hold, as the end of a sentence: "σ = 0.25, α = 0.001, gain with
 * spending".
 */
export function claimWords(noise: ScaledNoise, claim: WordedClaim): string {
  const { stop, bound, runnerUp } = claim;
  const total = stop.kind === 'budget' ? ` of ${number(stop.totalSamples)} samples` : '';
  const second = runnerUp ? ' and the runner-up' : '';
  return `${describeNoise(noise)}, ${alphaWords(claim)}, ${stop.kind}${total} with ${bound}${second}`;
}

function alphaWords({ alpha, simultaneous, images }: WordedClaim): string {
  if (!simultaneous) return `α = ${alpha}`;
  if (images === null) return `α = ${alpha} for all images together`;
  const count = imageCount(images);
  return count === 1
    ? `α = ${alpha} for the job's one image`
    : `α = ${alpha} for all ${number(count)} images together`;
}
