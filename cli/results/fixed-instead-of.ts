import { fixedInstead, type FixedInstead } from '../../analysis/results/fixed-instead.js';
import { votesForLeader } from '../../coordinator/core/class-votes.js';
import type { JobFold } from '../../coordinator/core/job-fold.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';

/**
 * Returns what --stop fixed would have given for the samples of a finished job, if that is nearly as good or better. Null, too, of a job that stops
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

/**
 * Returns the text of the line `fixed number`: flags that can be typed, what they are forecast to give, and what this job has. "As good" is said
 * of what is not less. @param written writes a radius @param meanRadius of the job
 */
export function fixedInsteadLine(
  { maxSamples, meanRadius: forecast }: FixedInstead,
  meanRadius: number,
  written: (radius: number) => string,
): string {
  const good = forecast >= meanRadius ? 'as good here' : 'nearly as good here';
  return `${good}: --stop fixed --max-samples ${maxSamples} is forecast to give a mean radius of ${written(forecast)}, where this job has ${written(meanRadius)}, for as many samples`;
}
