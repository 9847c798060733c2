import { percentDown, whole } from '../../shared/written-numbers.js';
import { printDown } from '../../statistics/radius.js';

export { percentDown };

/** Words and numbers as a report writes them. */

export const NOISE_WORDS = { gaussian: 'Gaussian', laplace: 'Laplace', uniform: 'uniform' } as const;

/** Significant digits of a radius. */
const RADIUS_DIGITS = 4;

/** Returns a radius, at least 0, with four significant digits, rounded down. */
export function radiusDown(radius: number): string {
  const power = radius > 0 ? Math.floor(Math.log10(radius)) : 0;
  return printDown(radius, Math.max(0, RADIUS_DIGITS - 1 - power));
}

/** Returns a number of images with its share: "290 (96.6 %)". */
export const ofImages = (count: number, images: number): string =>
  `${whole(count)} (${percentDown(count / images)})`;

/** Returns a count with its noun: "1 image", "2,000 images". */
export const counted = (count: number, noun: string): string =>
  `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;

/** Returns the last part of a path. */
export const baseOf = (path: string): string => path.split(/[/\\]/).findLast((part) => part !== '') ?? path;
