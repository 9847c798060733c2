import { countFrom, countedRadii, isComplete, provesRadii } from '../../analysis/results/counted.js';
import type { ResultSet } from '../../analysis/results/result-set.js';
import { roundRadii } from '../../statistics/noises/round-radii.js';
import { targetRadii } from '../results/asked-radii.js';

/** The radii at which the opening of a report tells shares. */

/**
 * Returns the smallest and the largest of the radii that are usually shown of these jobs, as far as an image of one of them reaches them: at most two.
 * Jobs that prove no radius or go on do not count.
 */
export function toldRadii(sets: readonly ResultSet[]): number[] {
  return endsOf(toldSets(sets), (asked) => [...new Set(asked.flat())]);
}

/** Returns such radii that every job can be told at: those of `target` know no others than they were asked for. Null if there is none. */
export function commonRadii(sets: readonly ResultSet[]): number[] | null {
  const told = toldSets(sets);
  const asked = told.flatMap((set) => {
    const radii = targetRadii(set);
    return radii === null ? [] : [radii];
  });
  const radii = endsOf(told, (shown) =>
    [...new Set((asked.length > 0 ? asked : shown).flat())].filter((radius) =>
      asked.every((those) => those.includes(radius)),
    ),
  );
  return radii.length === 0 ? null : radii;
}

const toldSets = (sets: readonly ResultSet[]): ResultSet[] =>
  sets.filter((set) => provesRadii(set) && isComplete(set));

/** @param choose which of the radii that are shown of each set are taken */
function endsOf(
  sets: readonly ResultSet[],
  choose: (shown: readonly (readonly number[])[]) => readonly number[],
): number[] {
  const reached = sets.map(countedRadii);
  const radii = choose(sets.map((set) => targetRadii(set) ?? roundRadii(set.job.draw.noise)))
    .filter((radius) => radius > 0 && reached.some((those) => countFrom(those, radius) > 0))
    .sort((a, b) => a - b);
  return radii.length < 2 ? radii : [radii[0]!, radii.at(-1)!];
}
