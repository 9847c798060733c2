import type { PictureShape } from './picture-shape.js';

/** The pixels of pictures: rows of `width` pixels with one byte a channel, 0 to 255. */

/** Returns by how much the place of a value grows with its row, its column and its channel, in an image's own order. */
const stridesOf = ({ order, channels, height, width }: PictureShape) =>
  order === 'chw'
    ? { row: width, column: 1, channel: height * width }
    : { row: width * channels, column: channels, channel: 1 };

/** Returns a level of 0 to 255: values beyond are clipped, which is for showing alone. */
export const levelOf = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));

/**
 * Writes a picture of an image whose values are given in its own order, in levels of 0 to 255: each of its pixels is the mean of those that it
 * stands for, or with `single` one of them, so that noise keeps its strength.
 *
 * @param into rows of `stride` bytes; the picture begins at byte `at`. @param reversed blue stands first in the image
 */
export function drawPicture(
  levels: ArrayLike<number>,
  shape: PictureShape,
  { into, at, stride, single, reversed }: Target,
): void {
  const { channels, height, width, shownHeight, shownWidth } = shape;
  const strides = stridesOf(shape);
  const columns = Array.from({ length: shownWidth }, (_, x) => span(x, shownWidth, width, single));
  for (let y = 0; y < shownHeight; y++) {
    const [top, bottom] = span(y, shownHeight, height, single);
    for (let x = 0; x < shownWidth; x++) {
      const [left, right] = columns[x]!;
      for (let channel = 0; channel < channels; channel++) {
        const from = strides.channel * (reversed ? channels - 1 - channel : channel);
        let sum = 0;
        for (let row = top; row < bottom; row++)
          for (let column = left; column < right; column++)
            sum += levels[from + row * strides.row + column * strides.column]!;
        into[at + y * stride + x * channels + channel] = levelOf(sum / ((bottom - top) * (right - left)));
      }
    }
  }
}

export interface Target {
  readonly into: Uint8Array;
  readonly at: number;
  readonly stride: number;
  readonly single: boolean;
  readonly reversed: boolean;
}

/** Returns the pixels [begin, end) of an image's side that one pixel of its picture stands for; the middle one of them if `single`. */
function span(place: number, shown: number, size: number, single: boolean): [number, number] {
  const begin = Math.floor((place * size) / shown);
  const end = Math.max(begin + 1, Math.floor(((place + 1) * size) / shown));
  if (!single) return [begin, end];
  const middle = Math.floor((begin + end) / 2);
  return [middle, middle + 1];
}
