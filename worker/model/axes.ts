/** Order of the three axes of a picture with channels. */
export type AxisOrder = 'chw' | 'hwc';

/** Numbers of channels that pictures usually have: grey, grey + alpha, colour, colour + alpha. */
const USUAL_CHANNELS = 4;

/** [C, H, W] of a shape in the given order; null stands for any size. */
export function toChw<T extends number | null>(shape: readonly T[], order: AxisOrder): [T, T, T] {
  const [a, b, c] = shape as [T, T, T];
  return order === 'chw' ? [a, b, c] : [c, a, b];
}

/**
 * Which order a shape of three axes most plausibly has: the one with 1 to 4 channels; if that does not tell, the one
 * whose pictures are square; null if neither does.
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

/** Whether a size fits one that may be free. */
export function fits(size: number, wanted: number | null): boolean {
  return wanted === null || wanted === size;
}
