/** Returns a share as a percentage with one digit, rounded to the nearest. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/**
 * Returns the largest whole number k with k / parts ≤ share. It is exact where the share is a count divided by a number of images, as divisions
 * are rounded in order: k / parts and count / images compare as doubles as they do as fractions, for counts up to 1e12.
 * @param share at least 0. @param parts 100 or 1,000
 */
export function partsDown(share: number, parts: number): number {
  const nearest = Math.round(share * parts);
  return nearest / parts <= share ? nearest : nearest - 1;
}

/** Returns the smallest whole number k with k / parts ≥ share, as `partsDown` does. */
function partsUp(share: number, parts: number): number {
  const nearest = Math.round(share * parts);
  return nearest / parts >= share ? nearest : nearest + 1;
}

const tenths = (parts: number): string => `${(parts / 10).toFixed(1)} %`;

/** Returns a share, at least 0, as a percentage with one digit, rounded down: nothing is said that was not reached. */
export const percentDown = (share: number): string => tenths(partsDown(share, 1000));

/** Returns a share, at least 0, as a percentage with one digit, rounded up. */
export const percentUp = (share: number): string => tenths(partsUp(share, 1000));

/** Returns a whole number with separators; others are rounded. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
