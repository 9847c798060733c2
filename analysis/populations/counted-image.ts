import type { Population, PopulationImage } from './population.js';

/** An image as votes have shown it. */
export interface CountedImage {
  /** Samples of `n` that did not vote for the class; a whole number but where it is the middle of several that are possible. */
  readonly failures: number;
  /** Samples that the class did not depend on, where there are such ones; more than 0. */
  readonly n: number;
  /** True if the class is the label; null without a label. */
  readonly right: boolean | null;
}

/** How many samples the failure probabilities of a population rest on, an image. */
export interface Resting {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

/**
 * Returns the failure probability that counts speak for: failures/n. Of an image that never failed that would be 0, and its radius would grow
 * without end: where more samples are asked for than were counted, it gets the probability at which n samples are unanimous with
 * probability ½ (the bound of Clopper and Pearson at the level ½).
 *
 * @param mostAsked the largest number of samples that is asked about
 */
export function deltaOfCounts(
  { failures, n }: Pick<CountedImage, 'failures' | 'n'>,
  mostAsked: number,
): number {
  if (failures > 0 || n >= mostAsked) return failures / n;
  return -Math.expm1(-Math.LN2 / n);
}

/** Returns the images of a population that was counted, in the order in which they are given. @param mostAsked as `deltaOfCounts` */
export function countedPopulation(
  name: string,
  noise: Population['noise'],
  images: readonly CountedImage[],
  mostAsked: number,
): Population {
  const of = (image: CountedImage): PopulationImage => ({
    delta: deltaOfCounts(image, mostAsked),
    right: image.right,
  });
  return { name, noise, images: images.map(of) };
}

/** Returns how many samples the images rest on. @param images at least one */
export function restingOf(images: readonly CountedImage[]): Resting {
  const numbers = images.map(({ n }) => n).sort((a, b) => a - b);
  return { least: numbers[0]!, median: numbers[(numbers.length - 1) >> 1]!, most: numbers.at(-1)! };
}
