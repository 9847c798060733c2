/** The fewest images on which alternatives are told apart. */
const FEWEST = 10;

/** How much of the alternatives is run. */
export interface Effort {
  /** Alternatives that are run, the first of the list. */
  readonly candidates: number;
  /** Images of each. */
  readonly images: number;
  /** Those that did best on them are run on all images; 0 where `images` are all. */
  readonly finalists: number;
}

/**
 * Returns how much of the alternatives can be run in the time: all of them on all images if it suffices; else as many images, without noise,
 * as half of it allows, but no fewer than 10 and then fewer alternatives, and in the other half the best of them on all images.
 * @param msPerRow time of one row @param rows rows an image
 */
export function effortWithin(
  budgetMs: number,
  {
    candidates,
    images,
    rows,
    msPerRow,
  }: { candidates: number; images: number; rows: number; msPerRow: number },
): Effort {
  const affordable = budgetMs / msPerRow;
  if (candidates * images * rows <= affordable) return { candidates, images, finalists: 0 };
  const half = affordable / 2;
  const fewer = Math.min(images, Math.max(FEWEST, Math.floor(half / candidates)));
  const fitting = Math.max(1, Math.min(candidates, Math.floor(half / fewer)));
  return { candidates: fitting, images: fewer, finalists: Math.max(1, Math.floor(half / images / rows)) };
}

/** Returns at most `most` images, spread evenly over all of them, ascending. */
export function spreadOver(all: readonly number[], most: number): number[] {
  const count = Math.min(most, all.length);
  return Array.from({ length: count }, (_, at) => all[Math.floor((at * all.length) / count)]!);
}
