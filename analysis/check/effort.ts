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
 * Returns how much of the alternatives can be run in the time: all of them on all images if it suffices; else as many images as half of it
 * allows, but no fewer than 10 and then fewer alternatives, and in the other half the best of them on all images.
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
  const affordable = budgetMs / (msPerRow * rows);
  if (candidates * images <= affordable) return { candidates, images, finalists: 0 };
  const fewer = Math.max(Math.min(FEWEST, images), Math.floor(affordable / 2 / candidates));
  const fitting = Math.max(1, Math.min(candidates, Math.floor(affordable / 2 / fewer)));
  if (fewer >= images) return { candidates: fitting, images, finalists: 0 };
  return { candidates: fitting, images: fewer, finalists: Math.max(1, Math.floor(affordable / 2 / images)) };
}

/** Returns at most `most` images, spread evenly over all of them, ascending. */
export function spreadOver(all: readonly number[], most: number): number[] {
  const count = Math.min(most, all.length);
  return Array.from({ length: count }, (_, at) => all[Math.floor((at * all.length) / count)]!);
}
