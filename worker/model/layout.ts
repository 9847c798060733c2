import { elementsOf } from '../../shared/dataset/canonical.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { Layout } from '../../shared/job.js';
import { fits, plausibleOrder, toChw, type AxisOrder } from './axes.js';

/** How an image of the data becomes a row of the model's input. */
export interface InputPlan {
  /** Never `auto`: asking for this layout gives the same plan. */
  readonly layout: Layout;
  /** The model's input shape without its batch axis, all sizes known. */
  readonly modelShape: readonly number[];
  /** Of data [D], each value is a channel of its own. */
  readonly channels: number;
  /** Values of one row: the product of `modelShape`. */
  readonly dimension: number;
  /** Position in the image of each element of the model's row; null if their orders are the same. */
  readonly order: Int32Array | null;
  /** Returns the channel of an element of the model's row. */
  readonly channelOf: (element: number) => number;
}

type Sizes = readonly (number | null)[];

const AXIS_ORDERS: Readonly<Record<Exclude<Layout, 'flat'>, AxisOrder>> = { nchw: 'chw', nhwc: 'hwc' };
const LAYOUTS: Readonly<Record<AxisOrder, Layout>> = { chw: 'nchw', hwc: 'nhwc' };

/**
 * Matches the model's input (`rowShape`, without its batch axis; null for a free size) with the images. `asked` is the model's
 * layout, if the user gives it. None of the rules resizes or repeats anything:
 *
 * - A model of one axis, or of several of which at most one is above 1, is flat. It takes the image in the data's own order.
 * - A model of two axes takes pictures [H, W] of one channel, which count as flat.
 * - A model of four axes or more takes data of the same axes, which count as flat.
 * - A model of three axes is NCHW or NHWC: the order with 1 to 4 channels, else the one with square pictures, else `asked` must decide.
 * - Data [C, H, W] or [H, W, C] is recognised by what fits the model and is transposed if the orders differ. If both
 *   fit, the plausible one is taken, else the model's own. [H, W] has one channel. [D] fits models of one channel.
 *
 * @throws MODEL_DATA_MISMATCH naming both shapes; OPTION_INVALID if `asked` does not apply to the model
 */
export function resolveLayout(
  rowShape: Sizes,
  imageShape: readonly number[],
  asked: Layout | 'auto' = 'auto',
): InputPlan {
  if (rowShape.length !== 3) {
    if (asked !== 'auto' && asked !== 'flat') throw notThatLayout(rowShape, asked);
    if (isFlat(rowShape)) return flat(rowShape, imageShape);
    return rowShape.length === 2 ? greyPicture(rowShape, imageShape) : sameAxes(rowShape, imageShape);
  }
  if (asked === 'flat' || (asked === 'auto' && isFlat(rowShape))) return flat(rowShape, imageShape);
  if (asked !== 'auto') return picture(rowShape, imageShape, AXIS_ORDERS[asked]);
  const order = plausibleOrder(rowShape);
  if (order === null) {
    throw new SmoothcertError(
      'MODEL_DATA_MISMATCH',
      `The model's input ${show(rowShape)} does not tell which axis has the channels.`,
      'Say what the model takes: --layout nchw or --layout nhwc.',
    );
  }
  return picture(rowShape, imageShape, order);
}

function isFlat(rowShape: Sizes): boolean {
  return rowShape.filter((size) => size !== 1).length <= 1;
}

/** Plans a row in the data's own order. A free size takes the rest of the image's values. */
function flat(rowShape: Sizes, imageShape: readonly number[]): InputPlan {
  const dimension = elementsOf(imageShape);
  const known = elementsOf(rowShape.map((size) => size ?? 1));
  const free = rowShape.filter((size) => size === null).length;
  const missing = dimension / known;
  if (free > 1 || (free === 0 ? missing !== 1 : !Number.isInteger(missing)))
    throw mismatch(rowShape, imageShape);
  const modelShape = rowShape.map((size) => size ?? missing);
  if (imageShape.length === 1)
    return { layout: 'flat', modelShape, channels: dimension, dimension, order: null, channelOf: (at) => at };
  if (imageShape.length !== 3) return oneChannel(modelShape, dimension);
  const dataOrder = plausibleOrder(imageShape) ?? 'chw';
  const [channels, height, width] = toChw(imageShape, dataOrder);
  const channelOf = channelsAlong(dataOrder, channels, height * width);
  return { layout: 'flat', modelShape, channels, dimension, order: null, channelOf };
}

function oneChannel(modelShape: readonly number[], dimension: number): InputPlan {
  return { layout: 'flat', modelShape, channels: 1, dimension, order: null, channelOf: () => 0 };
}

/** Plans for a model of four axes or more: the data must have the same ones, as nothing says which of them could be swapped. */
function sameAxes(rowShape: Sizes, imageShape: readonly number[]): InputPlan {
  const same =
    rowShape.length === imageShape.length && imageShape.every((size, axis) => fits(size, rowShape[axis]!));
  if (!same) throw mismatch(rowShape, imageShape);
  return oneChannel(imageShape, elementsOf(imageShape));
}

/** Plans for a model [H, W] without a channel axis. */
function greyPicture(rowShape: Sizes, imageShape: readonly number[]): InputPlan {
  const plan = picture([1, ...rowShape], imageShape, 'chw', rowShape);
  return { ...plan, layout: 'flat', modelShape: plan.modelShape.slice(1) };
}

/** Plans for a model [C, H, W] or [H, W, C]; `named` is its shape in errors. */
function picture(
  rowShape: Sizes,
  imageShape: readonly number[],
  modelOrder: AxisOrder,
  named = rowShape,
): InputPlan {
  const wanted = toChw(rowShape, modelOrder);
  const { sizes, order: dataOrder } = imageSizes(wanted, imageShape, modelOrder, named);
  const [channels, height, width] = sizes;
  const area = height * width;
  const dimension = channels * area;
  const modelShape = modelOrder === 'chw' ? [channels, height, width] : [height, width, channels];
  const transposed = modelOrder !== dataOrder && channels > 1 && area > 1;
  return {
    layout: LAYOUTS[modelOrder],
    modelShape,
    channels,
    dimension,
    order: transposed ? transposition(modelOrder, channels, area) : null,
    channelOf: channelsAlong(modelOrder, channels, area),
  };
}

function imageSizes(
  wanted: readonly [number | null, number | null, number | null],
  imageShape: readonly number[],
  modelOrder: AxisOrder,
  named: Sizes,
): { sizes: [number, number, number]; order: AxisOrder } {
  const matches = (sizes: readonly number[]) => sizes.every((size, axis) => fits(size, wanted[axis]!));
  if (imageShape.length === 3) {
    const orders = (['chw', 'hwc'] as const).filter((order) => matches(toChw(imageShape, order)));
    const order = orders.length === 2 ? (plausibleOrder(imageShape) ?? modelOrder) : orders[0];
    if (order !== undefined) return { sizes: toChw(imageShape, order), order };
  } else if (imageShape.length === 2) {
    const sizes: [number, number, number] = [1, imageShape[0]!, imageShape[1]!];
    if (matches(sizes)) return { sizes, order: modelOrder };
  } else {
    const [channels, height, width] = wanted;
    const known = channels === 1 && height !== null && width !== null;
    if (known && height * width === imageShape[0]) return { sizes: [1, height, width], order: modelOrder };
  }
  throw mismatch(named, imageShape, wanted[0]);
}

/** Returns, for each element in the model's order, its position in an image of the other order. */
function transposition(modelOrder: AxisOrder, channels: number, area: number): Int32Array {
  const [outer, inner] = modelOrder === 'chw' ? [channels, area] : [area, channels];
  return Int32Array.from({ length: outer * inner }, (_, at) => (at % inner) * outer + Math.floor(at / inner));
}

function channelsAlong(order: AxisOrder, channels: number, area: number): (element: number) => number {
  return order === 'chw' ? (element) => Math.floor(element / area) : (element) => element % channels;
}

function mismatch(
  rowShape: Sizes,
  imageShape: readonly number[],
  channels: number | null = null,
): SmoothcertError {
  const known = elementsOf(rowShape.map((size) => size ?? 1));
  const reshapes = imageShape.length === 1 && (imageShape[0] === known || rowShape.includes(null));
  const grey = imageShape.length === 2 && channels !== null && channels !== 1;
  return new SmoothcertError(
    'MODEL_DATA_MISMATCH',
    `The model takes images of shape ${show(rowShape)} and the data has images of shape ${show(imageShape)}.`,
    grey
      ? `Give images with ${channels} channels: nothing is repeated silently.`
      : reshapes
        ? `Save the images in the model's shape: x.reshape(len(x), ${rowShape.map((size) => size ?? '…').join(', ')}).`
        : 'Resize or transpose the images, or give the model that belongs to them: nothing is resized silently.',
  );
}

function notThatLayout(rowShape: Sizes, asked: Layout): SmoothcertError {
  return new SmoothcertError(
    'OPTION_INVALID',
    `The model takes images of shape ${show(rowShape)}, which have no channel axis, so --layout ${asked} does not apply.`,
    'Leave --layout out.',
  );
}

function show(shape: Sizes): string {
  return `[${shape.map((size) => size ?? '?').join(', ')}]`;
}
