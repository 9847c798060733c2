/** Order of the three axes of a picture with channels. */
export type AxisOrder = 'chw' | 'hwc';

/** Channels that a picture usually has at most: grey, grey + alpha, colour, colour + alpha. */
const USUAL_CHANNELS = 4;

/** Returns [C, H, W] of a shape in the given order; null stands for any size. */
export function toChw<T extends number | null>(shape: readonly T[], order: AxisOrder): [T, T, T] {
  const [a, b, c] = shape as [T, T, T];
  switch (order) {
    case 'chw':
      return [a, b, c];
    case 'hwc':
      return [c, a, b];
  }
}

/**
 * Returns the more plausible order of a shape of three axes: the one with 1 to 4 channels; if that does not decide, the one
 * whose pictures are square; null if neither decides.
 */
export function plausibleOrder(shape: readonly (number | null)[]): AxisOrder | null {
  const [first, middle, last] = shape as [number | null, number | null, number | null];
  const front = first !== null && first <= USUAL_CHANNELS;
  const back = last !== null && last <= USUAL_CHANNELS;
  if (front !== back) return front ? 'chw' : 'hwc';
  const squareBehind = middle !== null && middle === last;
  const squareBefore = middle !== null && first === middle;
  if (squareBehind !== squareBefore) return squareBehind ? 'chw' : 'hwc';
  return null;
}

/** Returns true if a size is the wanted one, or if any size will do. */
export function fits(size: number, wanted: number | null): boolean {
  return wanted === null || wanted === size;
}
