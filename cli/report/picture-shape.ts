import { plausibleOrder, toChw, type AxisOrder } from '../../worker/model/axes.js';

/** Pixels of the longer side of a picture: of many images, and of few. */
const LONGEST_SIDE = { many: 48, few: 96 };
/** So many images are few. */
const FEW_IMAGES = 2_000;

/** How images of a data set are shown as pictures. */
export interface PictureShape {
  readonly order: AxisOrder;
  /** 1: grey; 3: colour. */
  readonly channels: 1 | 3;
  /** Size of an image, and of its picture, which is not larger. */
  readonly height: number;
  readonly width: number;
  readonly shownHeight: number;
  readonly shownWidth: number;
}

/**
 * Returns how images of this shape are shown: [H, W] in grey, three axes with one or three channels. Null of any other shape.
 *
 * @param images how many are shown: pictures of many are smaller
 */
export function pictureShape(imageShape: readonly number[], images: number): PictureShape | null {
  const found = sizesOf(imageShape);
  if (found === null) return null;
  const { order, sizes } = found;
  const [channels, height, width] = sizes;
  if (channels !== 1 && channels !== 3) return null;
  const longest = images <= FEW_IMAGES ? LONGEST_SIDE.few : LONGEST_SIDE.many;
  const scale = Math.min(1, longest / Math.max(height, width));
  const shown = (size: number) => Math.max(1, Math.round(size * scale));
  return { order, channels, height, width, shownHeight: shown(height), shownWidth: shown(width) };
}

function sizesOf(
  shape: readonly number[],
): { order: AxisOrder; sizes: readonly [number, number, number] } | null {
  if (shape.length === 2) return { order: 'chw', sizes: [1, shape[0]!, shape[1]!] };
  const order = shape.length === 3 ? plausibleOrder(shape) : null;
  return order === null ? null : { order, sizes: toChw(shape, order) };
}
