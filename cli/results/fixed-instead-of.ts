import { fixedInstead, type FixedInstead } from '../../analysis/results/fixed-instead.js';
import { votesForLeader } from '../../coordinator/core/class-votes.js';
import type { JobFold } from '../../coordinator/core/job-fold.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';

/**
 * Returns what --stop fixed would have given for the samples of a finished job, if that is as good. Null, too, of a job that stops
 * for no lack of gain, that bounds the runner-up as well, or of which some images got no sample.
 */
export function fixedInsteadOf(fold: JobFold, meanRadius: number): FixedInstead | null {
  const { stop, bound, runnerUp } = fold.job.claim;
  const stopsForGain = stop.kind === 'gain' || stop.kind === 'two-stage' || stop.kind === 'budget';
  if (!stopsForGain || !BOUNDS[bound].proves || runnerUp === true || !fold.isDone()) return null;
  const states = [...fold.images.values()];
  const voted = states.flatMap(({ ending, prefixes }) => {
    const counts = prefixes.at(-1);
    return ending?.outcome === 'failed' || counts === undefined ? [] : [votesForLeader(counts)];
  });
  const failed = states.filter(({ ending }) => ending?.outcome === 'failed').length;
  if (voted.length === 0 || voted.length + failed < states.length) return null;
  return fixedInstead(fold.job, voted, failed, meanRadius);
}

/** Returns the text of the line `fixed instead`: a flag that can be typed, and what it is forecast to give. */
export function fixedInsteadLine({ maxSamples }: FixedInstead, forecast: string): string {
  return `as good here: --stop fixed --max-samples ${maxSamples} is forecast to give a mean radius of ${forecast} for as many samples`;
}
