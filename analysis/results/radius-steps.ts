/** A table of radii has at most so many rows behind the one of radius 0. */
const MOST_STEPS = 40;
/** A step that would give more rows is made coarser by the first of these factors that does not. */
const COARSER = [1, 2, 4, 10, 20, 40];

/** The radii of a table, and the step that it really has. */
export interface RadiusSteps {
  readonly step: number;
  readonly radii: readonly number[];
}

/**
 * Returns radii from 0 on at equal steps, up to the first that is at least `most`; at most 41. A step that would give more is multiplied by 2, 4,
 * 10, 20, 40, 100 and so on.
 *
 * @param step more than 0. @param most the largest radius that is of interest, at least 0
 */
export function radiusSteps(step: number, most: number): RadiusSteps {
  for (let power = 1; ; power *= 100) {
    for (const factor of COARSER) {
      const wide = rounded(step * factor * power);
      const count = Math.ceil(most / wide - 1e-9);
      if (count > MOST_STEPS) continue;
      return { step: wide, radii: Array.from({ length: count + 1 }, (_, i) => rounded(i * wide)) };
    }
  }
}

/** Returns 0.3 for 3 · 0.1. */
const rounded = (value: number): number => Number(value.toPrecision(12));
