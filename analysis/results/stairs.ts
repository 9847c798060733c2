/** A stair of a curve that falls: so many images count up to this radius, from the radius of the stair before on. */
export interface Stair {
  readonly radius: number;
  readonly count: number;
}

/**
 * Returns the numbers of images against the radius, exactly: at radius 0, then at each radius of an image. An image counts up to its own radius, that one
 * included.
 *
 * @param radii of the images that count, ascending
 */
export function stairsOf(radii: Float64Array): Stair[] {
  const stairs: Stair[] = [{ radius: 0, count: radii.length }];
  radii.forEach((radius, at) => {
    if (radius > stairs.at(-1)!.radius) stairs.push({ radius, count: radii.length - at });
  });
  return stairs;
}

/**
 * Returns fewer stairs that look the same. A stair that is left out falls at the one that is kept before it: earlier than it is true, by at most `width`.
 * So no radius is shown with more images than it has, and the last stair stays where it is.
 *
 * @param width in the units of the radii; 0 leaves none out
 */
export function thinned<S extends Stair>(stairs: readonly S[], width: number): S[] {
  const kept: S[] = [];
  stairs.forEach((stair, at) => {
    const isEnd = at === 0 || at === stairs.length - 1;
    if (isEnd || stair.radius - kept.at(-1)!.radius > width) kept.push(stair);
  });
  return kept;
}
