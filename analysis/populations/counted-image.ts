import { posteriors } from './mixing-law.js';
import type { CountedImage, Population, PopulationImage } from './population.js';

/** How many samples the failure probabilities of a population rest on, an image. */
export interface Resting {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

/**
 * How an image that never failed is continued where more samples are asked for than were counted. Its counts allow every small probability.
 * `likely`: the law that the counts of all images make likely. `once`: one failure in as many samples as were counted, what it has on average
 * if all small probabilities are equally frequent. `never`: 0, so that its radius grows with n for ever.
 */
export type Continued = 'likely' | 'once' | 'never';

/** Images with at least so many failures have a probability that their own counts tell well enough. */
const TELLING_FAILURES = 10;

/** Returns true if more than its own counts decides what an image does with so many samples. */
const isUntold = ({ failures, n }: CountedImage, mostAsked: number): boolean =>
  failures < TELLING_FAILURES && n < mostAsked;

/** Returns true if an image never failed, and more samples are asked for than were counted. */
const isUnanimous = ({ failures, n }: CountedImage, mostAsked: number): boolean =>
  failures === 0 && n < mostAsked;

/** Returns true if there is an image of which it matters how it is continued. @param mostAsked the largest number of samples that is asked about */
export const isExtrapolated = (images: readonly CountedImage[], mostAsked: number): boolean =>
  images.some((image) => isUnanimous(image, mostAsked));

/**
 * Returns the population that counts speak for. An image whose own counts tell enough has the probability failures/n. Where more samples are asked
 * for than were counted, one with few failures is spread over the law that they and the counts of all images make likely (`posteriors`): with
 * failures/n the mean radius would be that of other images, as radii grow the faster the closer to 0 the probability is.
 *
 * @param images at least one. @param mostAsked the largest number of samples that is asked about
 */
export function countedPopulation(
  name: string,
  noise: Population['noise'],
  images: readonly CountedImage[],
  mostAsked: number,
  continued: Continued = 'likely',
): Population {
  const laws = images.some((image) => isUntold(image, mostAsked)) ? posteriors(images) : [];
  const spread = images.flatMap((image, at): PopulationImage[] => {
    const { failures, n, right } = image;
    if (continued !== 'likely' && isUnanimous(image, mostAsked))
      return [{ delta: continued === 'once' ? 1 / n : 0, right }];
    if (!isUntold(image, mostAsked)) return [{ delta: failures / n, right }];
    return laws[at]!.map(({ delta, share }) => ({ delta, right, share }));
  });
  return { name, noise, images: spread };
}

/** Returns how many samples the images rest on. @param images at least one */
export function restingOf(images: readonly CountedImage[]): Resting {
  const numbers = images.map(({ n }) => n).sort((a, b) => a - b);
  return { least: numbers[0]!, median: numbers[(numbers.length - 1) >> 1]!, most: numbers.at(-1)! };
}
