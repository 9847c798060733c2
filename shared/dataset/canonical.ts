import { SmoothcertError } from '../errors.js';
import { isFraction, type Fraction } from './fraction.js';
import { selectionFault, type Selection } from './selection.js';

/**
 * The canonical data set: one file whose bytes, and so whose digest, depend only on the images and labels and not
 * on the format that they came in. Header, then the tensor (C order, little endian), then one int32 per image
 * if it is labelled.
 *
 * It holds the images that a job certifies and no others, so the digest names exactly those. Each keeps the index
 * that it has in the data set it came from (start, start + step, …): results and noise go by that index.
 *
 * Every value is a whole number of steps of a lattice. Pixels in uint8 are steps of 1/255, and their file is of version 1:
 *
 *   0  magic "SMCERTDS"    8  version u16    10  value type u8          11  labelled u8 (0 or 1)
 *  12  rank u32 (2 to 4)  16  rank × u64 dimensions, number of images first             …48  zeros
 *  48  start u64          56  step u64                                                 …128  zeros
 *
 * All other values are int32, and their file, of version 2, has room for more dimensions and says what the step is:
 *
 *  12  rank u32 (2 to 8)  16  rank × u64 dimensions, number of images first             …80  zeros
 *  80  start u64          88  step u64
 *  96  numerator u64     104  denominator u64 of the lattice step
 * 112  largest f64       120  mean f64: by how much the values that came in were rounded to the lattice
 *
 * Version 1 could hold float32, too. Smoothcert 0.1.0 wrote such files; their labels are still read, and noise is added to none.
 */
export interface DataSetHeader extends Omit<Selection, 'count'> {
  readonly dtype: ValueType;
  /** [count, …]: number of images held, then the dimensions of an image. */
  readonly shape: readonly number[];
  readonly labelled: boolean;
  /** Where the values of int32 lie: there for them, and only there. */
  readonly lattice?: DataLattice;
}

/** The lattice that the values of a data set lie on. */
export interface DataLattice {
  /** Distance of neighbouring lattice points, in the units of the data. */
  readonly step: Fraction;
  /** Largest and mean distance, in the units of the data, by which values were moved to a lattice point; 0 where none was. */
  readonly rounding: Rounding;
}

export interface Rounding {
  readonly largest: number;
  readonly mean: number;
}

export type ValueType = 'uint8' | 'float32' | 'int32';

/** The lattice step of pixels in uint8. */
export const PIXEL_STEP: Fraction = { numerator: 1, denominator: 255 };
export const NO_ROUNDING: Rounding = { largest: 0, mean: 0 };
/** Where pixels in uint8 lie. */
export const PIXEL_LATTICE: DataLattice = { step: PIXEL_STEP, rounding: NO_ROUNDING };

export const HEADER_BYTES = 128;
export const MAX_IMAGES = 2 ** 24;
/** Values of one image: 2^26 floats are the 256 MiB that a batch may take. */
export const MAX_IMAGE_ELEMENTS = 2 ** 26;

const MAGIC = 'SMCERTDS';
const MIN_RANK = 2;
const SHAPE_OFFSET = 16;
const LABEL_BYTES = 4;

/** Where the fields behind the shape begin, and the most dimensions that the shape has room for. */
interface FieldOffsets {
  readonly maxRank: number;
  readonly start: number;
  readonly step: number;
  /** Numerator and denominator of the lattice step; null: the version has none. */
  readonly lattice: number | null;
  readonly end: number;
}

const VERSIONS: Readonly<Record<number, FieldOffsets>> = {
  1: { maxRank: 4, start: 48, step: 56, lattice: null, end: 64 },
  2: { maxRank: 8, start: 80, step: 88, lattice: 96, end: 128 },
};

/** The number of each value type, the bytes of a value, and the version of the files that hold it. */
const TYPES: Readonly<Record<ValueType, { code: number; bytes: number; version: number }>> = {
  uint8: { code: 1, bytes: 1, version: 1 },
  float32: { code: 2, bytes: 4, version: 1 },
  int32: { code: 3, bytes: 4, version: 2 },
};
const NAMES = Object.keys(TYPES) as ValueType[];

/** The most dimensions that images in uint8 have; with more, they are written as int32. */
export const MAX_UINT8_RANK = VERSIONS[TYPES.uint8.version]!.maxRank;
const MAX_RANK = VERSIONS[TYPES.int32.version]!.maxRank;

/** Encodes the header, 128 bytes. @throws INTERNAL for an impossible shape, selection or lattice step */
export function encodeHeader(header: DataSetHeader): Uint8Array {
  const fault = headerFault(header);
  if (fault !== null) throw new SmoothcertError('INTERNAL', `A data set ${fault}.`, 'Report this as a bug.');
  const { code, version } = TYPES[header.dtype];
  const at = VERSIONS[version]!;
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  const write = (offset: number, value: number) => view.setBigUint64(offset, BigInt(value), true);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint16(8, version, true);
  view.setUint8(10, code);
  view.setUint8(11, header.labelled ? 1 : 0);
  view.setUint32(12, header.shape.length, true);
  header.shape.forEach((size, axis) => write(SHAPE_OFFSET + 8 * axis, size));
  write(at.start, header.start);
  write(at.step, header.step);
  if (at.lattice !== null) {
    const { step, rounding } = header.lattice!;
    write(at.lattice, step.numerator);
    write(at.lattice + 8, step.denominator);
    view.setFloat64(at.lattice + 16, rounding.largest, true);
    view.setFloat64(at.lattice + 24, rounding.mean, true);
  }
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
  const at = VERSIONS[version];
  if (at === undefined) throw damaged(`has version ${version}, and this smoothcert reads versions 1 and 2`);
  const dtype = NAMES.find((name) => TYPES[name].code === view.getUint8(10));
  const labelled = view.getUint8(11);
  if (dtype === undefined || TYPES[dtype].version !== version || labelled > 1)
    throw damaged('has an unknown value type or label mark');
  const rank = view.getUint32(12, true);
  if (rank < MIN_RANK || rank > at.maxRank) throw damaged(`has ${rank} dimensions`);
  const number = (offset: number) => Number(view.getBigUint64(offset, true));
  const plain: DataSetHeader = {
    dtype,
    shape: Array.from({ length: rank }, (_, axis) => number(SHAPE_OFFSET + 8 * axis)),
    labelled: labelled === 1,
    start: number(at.start),
    step: number(at.step),
  };
  const header = at.lattice === null ? plain : { ...plain, lattice: latticeAt(view, at.lattice) };
  const fault = headerFault(header);
  if (fault !== null) throw damaged(fault);
  const unused = [bytes.subarray(SHAPE_OFFSET + 8 * rank, at.start), bytes.subarray(at.end, HEADER_BYTES)];
  if (unused.some((part) => part.some((byte) => byte !== 0)))
    throw damaged('has bytes where its header must be zero');
  return header;
}

function latticeAt(view: DataView, at: number): DataLattice {
  const whole = (offset: number) => Number(view.getBigUint64(offset, true));
  return {
    step: { numerator: whole(at), denominator: whole(at + 8) },
    rounding: { largest: view.getFloat64(at + 16, true), mean: view.getFloat64(at + 24, true) },
  };
}

/** −0 is refused, as it would be a second encoding of 0. */
const isRounding = ({ largest, mean }: Rounding): boolean =>
  [largest, mean].every((value) => value >= 0 && value < Infinity && !Object.is(value, -0)) &&
  mean <= largest;

function headerFault({ dtype, shape, start, step, lattice }: DataSetHeader): string | null {
  if ((dtype === 'int32') !== (lattice !== undefined)) return 'has values of another type than its lattice';
  if (lattice !== undefined && !isFraction(lattice.step))
    return 'has a lattice step that is no fraction in lowest terms';
  if (lattice !== undefined && !Number.isInteger(Math.log2(lattice.step.numerator)))
    return 'has a lattice step whose numerator is no power of two';
  if (lattice !== undefined && !isRounding(lattice.rounding)) return 'has an impossible rounding';
  if (dtype !== 'int32' && shape.length > MAX_UINT8_RANK) return `has ${shape.length} dimensions`;
  return shapeFault(shape) ?? selectionFault({ start, step, count: shape[0]! }, MAX_IMAGES);
}

/** Returns why [N, …] cannot be the shape of a data set, as the end of a sentence; null if it can. */
export function shapeFault(shape: readonly number[]): string | null {
  if (shape.length < MIN_RANK || shape.length > MAX_RANK)
    return `does not have ${MIN_RANK} to ${MAX_RANK} dimensions`;
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
  const imageBytes = imageElements * TYPES[header.dtype].bytes;
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

function damaged(why: string): SmoothcertError {
  return new SmoothcertError(
    'DATA_FORMAT',
    `The canonical data set ${why}.`,
    'Delete it and convert the images again.',
  );
}
