import type { Claim } from '../../shared/job.js';
import { describeNoise, type ScaledNoise } from '../../statistics/noises/scale.js';

/** Returns under which noise, α, rule and bound a job's certificates hold, as the end of a sentence: "σ = 0.25, α = 0.001, gain with spending". */
export function claimWords(
  noise: ScaledNoise,
  { alpha, stop, bound }: Pick<Claim, 'alpha' | 'stop' | 'bound'>,
): string {
  return `${describeNoise(noise)}, α = ${alpha}, ${stop.kind} with ${bound}`;
}
