/** Rounding of a score itself that is allowed in addition to the tolerance: 8 steps of float32, 4 of float16. */
const FLOAT32_STEPS = 2 ** -20;
const FLOAT16_STEPS = 2 ** -9;
const FLOAT16_TOLERANCE = 2 ** -8;

/** Difference between two runs of one row. */
export interface Disagreement {
  /** Difference in units of what rounding explains: 1 or less is agreement. Infinite if only one of the two is finite. */
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
  const finite = expected.every(Number.isFinite);
  if (finite !== found.every(Number.isFinite)) return { excess: Infinity, share: Infinity };
  if (!finite) return { excess: 0, share: 0 };
  const steps = tolerance >= FLOAT16_TOLERANCE ? FLOAT16_STEPS : FLOAT32_STEPS;
  let excess = 0;
  let share = 0;
  expected.forEach((score, at) => {
    const difference = Math.abs(score - found[at]!);
    if (difference === 0) return;
    excess = Math.max(excess, difference / (tolerance * scale + steps * Math.abs(score)));
    share = Math.max(share, difference / scale);
  });
  return { excess, share };
}

/**
 * Returns the scale of a model's scores [rows × classes]: the upper quartile, over the rows, of the distance from the largest
 * score to the second. These distances decide votes. The largest score itself would not do: a masked class or an offset can
 * make it so large that any difference would pass.
 */
export function scaleOf(scores: Float32Array, classes: number): number {
  const margins: number[] = [];
  for (let at = 0; at < scores.length; at += classes) {
    const row = scores.subarray(at, at + classes);
    if (!row.every(Number.isFinite)) continue;
    const sorted = row.toSorted();
    margins.push(sorted.at(-1)! - sorted.at(-2)!);
  }
  return margins.sort((a, b) => a - b)[Math.floor(0.75 * margins.length)] ?? 0;
}

/** Combines two differences into the larger one, in each of its two measures. */
export function worse(a: Disagreement, b: Disagreement): Disagreement {
  return { excess: Math.max(a.excess, b.excess), share: Math.max(a.share, b.share) };
}

export const AGREED: Disagreement = { excess: 0, share: 0 };
