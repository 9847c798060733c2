/** Where the three channels of a colour image stand: [3, H, W] or [H, W, 3]. */
export type ColourAxis = 'first' | 'last';

const COLOURS = 3;

/** Returns which axis of an image has its three channels; null if none has, or either could. */
export function colourAxis(imageShape: readonly number[]): ColourAxis | null {
  if (imageShape.length !== 3) return null;
  const [first, last] = [imageShape[0] === COLOURS, imageShape[2] === COLOURS];
  if (first === last) return null;
  return first ? 'first' : 'last';
}

/**
 * Returns the place of the same pixel's value in the opposite channel: red for blue, blue for red.
 * @param place of a value in an image, in C order @param area pixels of the image
 */
export function oppositeChannel(place: number, axis: ColourAxis, area: number): number {
  const channel = axis === 'first' ? Math.floor(place / area) : place % COLOURS;
  return place + (COLOURS - 1 - 2 * channel) * (axis === 'first' ? area : 1);
}
