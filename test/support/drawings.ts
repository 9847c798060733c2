import { drawingOf, type Drawing } from '../../analysis/study/drawing.js';
import type { Counts } from '../../shared/counts.js';

/** The votes of one image of a made-up drawing. */
export interface Votes {
  /** By size the failures among the samples behind the selection. */
  readonly failures: readonly number[];
  /** Its label; the class that gets all other votes is 3. Default: 3. */
  readonly label?: number | null;
}

/** Returns the counts of n samples, of which so many failed: those are votes for class 5. */
export function countsOf(n: number, failures: number): Counts {
  const all: [number, number][] = [
    [3, n - failures],
    [5, failures],
  ];
  const some = all.filter(([, votes]) => votes > 0);
  return { classes: some.map(([name]) => name), votes: some.map(([, votes]) => votes), invalid: 0 };
}

/** Returns a drawing whose selection of ten samples was unanimous for class 3. */
export function makeDrawing(
  sizes: readonly number[],
  images: readonly Votes[],
  options: { readonly alpha?: number } & Partial<Drawing['noise']> = {},
): Drawing {
  const { alpha = 0.001, scale = 1, kind = 'gaussian' } = options;
  const rows = images.map(({ failures, label = 3 }, image) => ({
    image,
    label,
    looks: [countsOf(10, 0), ...sizes.map((n, at) => countsOf(10 + n, failures[at]!))],
  }));
  const looks = [10, ...sizes.map((n) => 10 + n)];
  return drawingOf(`σ = ${scale}`, { kind, scale }, { alpha, looks }, rows);
}
