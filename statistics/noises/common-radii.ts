/** From 0 on; finer where most certificates are, and coarser beyond. */
const RADII = [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8] as const;
/** From here on radii are those below times ten. */
const DECADE = 10;
const LEAST_DECADE = 0.25;

/**
 * Returns radii to give shares at, where nobody has asked for any: 0 and those of 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3 … that are at most `most`.
 * They do not depend on the noise, so that tables of several σ line up. Where `most` is below 0.25 or from 10 on, all are smaller or larger by
 * powers of ten.
 *
 * @param most the largest radius that can be certified, above 0
 */
export function commonRadii(most: number): number[] {
  let power = 0;
  while (most >= DECADE * 10 ** power) power += 1;
  while (most < LEAST_DECADE * 10 ** power) power -= 1;
  return RADII.map((radius) => Number((radius * 10 ** power).toPrecision(6))).filter(
    (radius) => radius <= most,
  );
}
