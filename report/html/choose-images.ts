import type { ImageResult } from '../../analysis/results/result-set.js';
import { outcomeKind, type OutcomeKind } from '../../analysis/results/set-numbers.js';

/**
 * Chooses at most `most` images to show: the first half of them are the first of the set, the others are spread evenly over each outcome, as many of
 * every outcome as it has until all places are taken. Returns their places in `results`, ascending.
 */
export function chooseImages(
  results: readonly Pick<ImageResult, 'outcome' | 'correct'>[],
  most: number,
): number[] {
  if (results.length <= most) return results.map((_, place) => place);
  const first = Math.ceil(most / 2);
  const groups = new Map<OutcomeKind, number[]>();
  results.slice(first).forEach((result, at) => {
    const outcome = outcomeKind(result);
    const group = groups.get(outcome);
    if (group) group.push(first + at);
    else groups.set(outcome, [first + at]);
  });
  return [...results.slice(0, first).keys(), ...fairly([...groups.values()], most - first)].sort(
    (a, b) => a - b,
  );
}

/** Shares places out to groups, the smallest first, so that none gets fewer than another one while it has more. */
function fairly(groups: readonly (readonly number[])[], most: number): number[] {
  const ascending = [...groups].sort((a, b) => a.length - b.length);
  let left = most;
  return ascending.flatMap((group, at) => {
    const count = Math.min(group.length, Math.floor(left / (ascending.length - at)));
    left -= count;
    return evenly(group, count);
  });
}

/** Returns `count` of the values, evenly spread. */
const evenly = (values: readonly number[], count: number): number[] =>
  Array.from({ length: count }, (_, i) => values[Math.floor((i * values.length) / count)]!);
