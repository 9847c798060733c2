import { MAX_SAMPLES } from '../shared/job-limits.js';
import type { BoundName, StoppingRule } from '../shared/job.js';
import { BOUNDS } from './bounds/bounds.js';
import { keptSizes } from './kept-sizes.js';
import { requireCovered } from './precondition.js';
import { predictLooks } from './predict.js';
import { targetLooks } from './target.js';
import { twoStageLooks } from './two-stage.js';

/**
 * Returns the numbers of samples at which an image may be decided: integers, ascending, the last one the whole budget.
 * Fixed when the job is created; validity rests on that (the bounds hold at these looks and at no others).
 *
 * `gain` and `budget`: the looks of the bound. `target`, `two-stage` and `predict`: their own, see there; of `predict` with `two-sided`
 * maxSamples alone. `fixed`: [selection, selection + maxSamples], as `maxSamples` samples bound the class that others chose; with counts kept,
 * `keptSizes` more between them, at which nothing is decided.
 *
 * @throws INTERNAL unless the numbers are whole, from 1 to 1e9, and for `gain` with a bound that looks once;
 * SCHEDULE_TOO_LONG where `spending` would have more than 12 looks; BUDGET_TOO_SMALL where nothing is left behind
 * the pilot
 */
export function looksFor(stop: StoppingRule, bound: BoundName, maxSamples: number): number[] {
  requireSamples(maxSamples);
  switch (stop.kind) {
    case 'gain':
    case 'budget': {
      const { looks } = BOUNDS[bound];
      requireCovered(looks !== null, `${stop.kind} is not offered with ${bound}`);
      return looks(maxSamples);
    }
    case 'target':
      return targetLooks(maxSamples);
    case 'two-stage':
      return twoStageLooks(maxSamples);
    case 'fixed':
      requireSamples(stop.selection);
      return fixedLooks(stop.selection, maxSamples, stop.keepCounts === true);
    case 'predict':
      return bound === 'two-sided' ? [maxSamples] : predictLooks(maxSamples);
  }
}

function requireSamples(samples: number): void {
  const covered = Number.isInteger(samples) && samples >= 1 && samples <= MAX_SAMPLES;
  requireCovered(covered, `${samples} samples`);
}

function fixedLooks(selection: number, maxSamples: number, keepCounts: boolean): number[] {
  const sizes = keepCounts ? keptSizes(maxSamples) : [maxSamples];
  return [selection, ...sizes.map((n) => selection + n)];
}
