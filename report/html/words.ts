import { percentDown, whole } from '../../shared/written-numbers.js';

export { percentDown };

/** Words and numbers as a report writes them. */

export const NOISE_WORDS = { gaussian: 'Gaussian', laplace: 'Laplace', uniform: 'uniform' } as const;

/** Returns a number of images with its share: "290 (96.6 %)". */
export const ofImages = (count: number, images: number): string =>
  `${whole(count)} (${percentDown(count / images)})`;

/** Returns a count with its noun: "1 image", "2,000 images". */
export const counted = (count: number, noun: string): string =>
  `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;

/** Returns the last part of a path. */
export const baseOf = (path: string): string => path.split(/[/\\]/).findLast((part) => part !== '') ?? path;
