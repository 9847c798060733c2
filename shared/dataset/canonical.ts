import { SmoothcertError } from '../errors.js';
import { selectionFault, type Selection } from './selection.js';

/**
 * The canonical data set: one file whose bytes, and so whose digest, depend only on the images and labels and not
 * on the format that they came in. Header, then the tensor (C order, little endian), then one int32 per image
 * if it is labelled.
 *
 * It holds the images that a job certifies and no others, so the digest names exactly those. Each keeps the index
 * that it has in the data set it came from (start, start + step, …): results and noise go by that index.
 *
 *   0  magic "SMCERTDS"    8  version u16    10  pixel type u8 (1 uint8, 2 float32)    11  labelled u8 (0 or 1)
 *  12  rank u32           16  rank × u64 dimensions, number of images first          …48  zeros
 *  48  start u64          56  step u64                                              …128  zeros
 */
export interface DataSetHeader extends Omit<Selection, 'count'> {
  /** uint8 pixels mean x / 255; float32 pixels are in [0, 1] already. */
  readonly dtype: PixelType;
  /** [count, …]: number of images held, then one, two or three dimensions of an image. */
  readonly shape: readonly number[];
  readonly labelled: boolean;
}

export type PixelType = 'uint8' | 'float32';

export const HEADER_BYTES = 128;
export const MAX_IMAGES = 2 ** 24;
/** Values of one image: 2^26 floats are the 256 MiB that a batch may take. */
export const MAX_IMAGE_ELEMENTS = 2 ** 26;

const MAGIC = 'SMCERTDS';
const VERSION = 1;
const MIN_RANK = 2;
const MAX_RANK = 4;
const SHAPE_OFFSET = 16;
const START_OFFSET = 48;
const STEP_OFFSET = 56;
const END_OF_FIELDS = 64;
const LABEL_BYTES = 4;
const TYPES: readonly (PixelType | undefined)[] = [undefined, 'uint8', 'float32'];

/** Encodes the header, 128 bytes. @throws INTERNAL for an impossible shape or selection (`shapeFault`, `selectionFault`) */
export function encodeHeader(header: DataSetHeader): Uint8Array {
  const fault = headerFault(header);
  if (fault !== null) throw new SmoothcertError('INTERNAL', `A data set ${fault}.`, 'Report this as a bug.');
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint16(8, VERSION, true);
  view.setUint8(10, TYPES.indexOf(header.dtype));
  view.setUint8(11, header.labelled ? 1 : 0);
  view.setUint32(12, header.shape.length, true);
  header.shape.forEach((size, axis) => view.setBigUint64(SHAPE_OFFSET + 8 * axis, BigInt(size), true));
  view.setBigUint64(START_OFFSET, BigInt(header.start), true);
  view.setBigUint64(STEP_OFFSET, BigInt(header.step), true);
  return bytes;
}

/**
 * Decodes a header of `encodeHeader`. Every field is checked and every unused byte must be zero, so that one data set has
 * exactly one encoding. @throws DATA_FORMAT for any other bytes
 */
export function decodeHeader(bytes: Uint8Array): DataSetHeader {
  if (bytes.length < HEADER_BYTES) throw damaged('ends within its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  if (new TextDecoder('latin1').decode(bytes.subarray(0, 8)) !== MAGIC)
    throw damaged('does not start with the mark of one');
  const version = view.getUint16(8, true);
  if (version !== VERSION)
    throw damaged(`has version ${version}, and this smoothcert reads version ${VERSION}`);
  const dtype = TYPES[view.getUint8(10)];
  const labelled = view.getUint8(11);
  const rank = view.getUint32(12, true);
  if (dtype === undefined || labelled > 1) throw damaged('has an unknown pixel type or label mark');
  if (rank < MIN_RANK || rank > MAX_RANK) throw damaged(`has ${rank} dimensions`);
  const number = (at: number) => Number(view.getBigUint64(at, true));
  const shape = Array.from({ length: rank }, (_, axis) => number(SHAPE_OFFSET + 8 * axis));
  const header = {
    dtype,
    shape,
    labelled: labelled === 1,
    start: number(START_OFFSET),
    step: number(STEP_OFFSET),
  };
  const fault = headerFault(header);
  if (fault !== null) throw damaged(fault);
  const unused = [
    bytes.subarray(SHAPE_OFFSET + 8 * rank, START_OFFSET),
    bytes.subarray(END_OF_FIELDS, HEADER_BYTES),
  ];
  if (unused.some((part) => part.some((byte) => byte !== 0)))
    throw damaged('has bytes where its header must be zero');
  return header;
}

function headerFault({ shape, start, step }: DataSetHeader): string | null {
  return shapeFault(shape) ?? selectionFault({ start, step, count: shape[0]! }, MAX_IMAGES);
}

/** Returns why [N, …] cannot be the shape of a data set, as the end of a sentence; null if it can. */
export function shapeFault(shape: readonly number[]): string | null {
  if (shape.length < MIN_RANK || shape.length > MAX_RANK) return 'does not have 2, 3 or 4 dimensions';
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 1)) return 'has a dimension below 1';
  if (shape[0]! > MAX_IMAGES) return `has more than ${MAX_IMAGES} images`;
  if (elementsOf(shape.slice(1)) > MAX_IMAGE_ELEMENTS)
    return `has more than ${MAX_IMAGE_ELEMENTS} values in an image`;
  return null;
}

/** Returns the number of values of a tensor of this shape; 1 for a scalar. */
export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Sizes and positions in the file, in bytes from its start. */
export interface DataSetGeometry {
  /** Number of images held. */
  readonly count: number;
  readonly imageShape: readonly number[];
  readonly imageElements: number;
  readonly imageBytes: number;
  /** Returns true if the file holds the image of this index in the data set. */
  readonly holds: (index: number) => boolean;
  /** Returns the first byte of the image of this index, which the file must hold; the images follow one another. */
  readonly imageOffset: (index: number) => number;
  /** First byte of the labels, int32 each; the end of the file if there are none. */
  readonly labelsOffset: number;
  readonly totalBytes: number;
}

/** Computes sizes and positions from a header. */
export function geometryOf(header: DataSetHeader): DataSetGeometry {
  const { start, step } = header;
  const count = header.shape[0]!;
  const positionOf = (index: number) => (index - start) / step;
  const imageShape = header.shape.slice(1);
  const imageElements = elementsOf(imageShape);
  const imageBytes = imageElements * bytesOfPixel(header.dtype);
  const labelsOffset = HEADER_BYTES + count * imageBytes;
  return {
    count,
    imageShape,
    imageElements,
    imageBytes,
    holds: (index) => {
      const position = positionOf(index);
      return Number.isInteger(position) && position >= 0 && position < count;
    },
    imageOffset: (index) => HEADER_BYTES + positionOf(index) * imageBytes,
    labelsOffset,
    totalBytes: labelsOffset + (header.labelled ? count * LABEL_BYTES : 0),
  };
}

function bytesOfPixel(dtype: PixelType): number {
  switch (dtype) {
    case 'uint8':
      return 1;
    case 'float32':
      return 4;
  }
}

function damaged(why: string): SmoothcertError {
  return new SmoothcertError(
    'DATA_FORMAT',
    `The canonical data set ${why}.`,
    'Delete it and convert the images again.',
  );
}
