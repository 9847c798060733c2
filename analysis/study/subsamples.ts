import { fixedRadii } from '../plan/fixed-radii.js';
import type { Drawing } from './drawing.js';

/** Means over all images of what was certified; radii in the units of the noise's scale. */
export interface Measured {
  readonly meanRadius: number;
  /** The same, with 0 for an image of a wrong class (average certified radius). */
  readonly acr: number;
  /** Share of the images with a certificate. */
  readonly certified: number;
  /** By wanted radius: the share that is certified to at least that radius, and not of a wrong class. */
  readonly accuracy: readonly number[];
}

/**
 * Returns the radii that the first samples behind the selection prove of each image, 0 for none: of size number `at`, by Clopper and Pearson at
 * the drawing's α. Each size is what `fixed` with that many samples would have given with the same seed.
 */
export function radiiAt({ sizes, alpha, noise, images }: Drawing, at: number): number[] {
  const certified = fixedRadii(sizes[at]!, alpha, noise);
  return images.map(({ failures }) => certified[failures[at]!] ?? 0);
}

/** Returns the means of what images got. @param radii wanted radii, in the units of the noise's scale */
export function measuredOf(
  images: readonly { readonly right: boolean | null }[],
  got: readonly number[],
  radii: readonly number[],
): Measured {
  const mean = (value: (radius: number, right: boolean) => number) =>
    got.reduce((sum, radius, i) => sum + value(radius, images[i]!.right !== false), 0) / images.length;
  return {
    meanRadius: mean((radius) => radius),
    acr: mean((radius, right) => (right ? radius : 0)),
    certified: mean((radius) => (radius > 0 ? 1 : 0)),
    accuracy: radii.map((wanted) => mean((radius, right) => (right && radius >= wanted ? 1 : 0))),
  };
}
