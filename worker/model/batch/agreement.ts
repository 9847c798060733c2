import { largestScore } from './score-row.js';

/** Rounding of a score itself that is allowed in addition to the tolerance: 8 steps of float32, 4 of float16. */
const FLOAT32_STEPS = 2 ** -20;
const FLOAT16_STEPS = 2 ** -9;
const FLOAT16_TOLERANCE = 2 ** -8;

/** Difference between two runs of one row. */
export interface Disagreement {
  /** Difference in units of what rounding explains: 1 or less is agreement. Infinite if only one of the two votes, or masks a class. */
  readonly excess: number;
  /** Largest difference of a score, as a share of the model's scale. */
  readonly share: number;
}

/**
 * Compares the scores of one row in two runs. A score may differ by `tolerance` times the model's scale (`scaleOf`), and
 * by a few rounding steps of itself.
 */
export function disagreement(
  expected: Float32Array,
  found: Float32Array,
  scale: number,
  tolerance: number,
): Disagreement {
  const votes = largestScore(expected, 0, expected.length) !== null;
  if (votes !== (largestScore(found, 0, found.length) !== null)) return { excess: Infinity, share: Infinity };
  if (!votes) return AGREED;
  const steps = tolerance >= FLOAT16_TOLERANCE ? FLOAT16_STEPS : FLOAT32_STEPS;
  let excess = 0;
  let share = 0;
  expected.forEach((score, at) => {
    if (score === found[at]) return;
    const difference = Math.abs(score - found[at]!);
    const size = Number.isFinite(difference) ? Math.abs(score) : 0;
    excess = Math.max(excess, difference / (tolerance * scale + steps * size));
    share = Math.max(share, difference / Math.max(scale, tolerance * Math.abs(score)));
  });
  return { excess, share };
}

/**
 * Returns the scale of a model's scores [rows × classes], of which row r is a noisy copy of source r mod `sources`: of each
 * source the upper quartile, over its rows, of the distance from the largest score to the second; of these the smallest. These
 * distances decide votes. The largest score itself would not do: a masked class or an offset can make it so large that any
 * difference would pass. Neither would all rows together: a black image would set the scale for the others. 0 where no row votes.
 */
export function scaleOf(scores: Float32Array, classes: number, sources: number): number {
  const margins = Array.from({ length: sources }, (): number[] => []);
  for (let row = 0; (row + 1) * classes <= scores.length; row++) {
    const here = scores.subarray(row * classes, (row + 1) * classes);
    if (largestScore(here, 0, classes) === null) continue;
    const sorted = here.toSorted();
    const margin = sorted.at(-1)! - sorted.at(-2)!;
    if (margin < Infinity) margins[row % sources]!.push(margin);
  }
  const scales = margins.filter(({ length }) => length > 0).map(upperQuartile);
  return scales.length > 0 ? Math.min(...scales) : 0;
}

function upperQuartile(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(0.75 * values.length)]!;
}

/** Combines two differences into the larger one, in each of its two measures. */
export function worse(a: Disagreement, b: Disagreement): Disagreement {
  return { excess: Math.max(a.excess, b.excess), share: Math.max(a.share, b.share) };
}

export const AGREED: Disagreement = { excess: 0, share: 0 };
