import { endianness } from 'node:os';
import { shapeFault, type PixelType } from '../../shared/dataset/canonical.js';
import type { Selection } from '../../shared/dataset/selection.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { OpenArray } from './array-file.js';
import { readPieces, readValues } from './array-values.js';

/** Returns the pixel type of this array in the canonical data set. @throws DATA_TYPE, DATA_EMPTY or DATA_SHAPE if it holds no images */
export function pixelTypeOf(array: OpenArray): PixelType {
  const { what, header } = array;
  const shape = `[${header.shape.join(', ')}]`;
  if (header.shape[0] === 0) {
    throw new SmoothcertError(
      'DATA_EMPTY',
      `${what} has no images: its shape is ${shape}.`,
      'Save at least one image.',
    );
  }
  const fault = shapeFault(header.shape);
  if (fault !== null) {
    throw new SmoothcertError(
      'DATA_SHAPE',
      `${what} with shape ${shape} ${fault}.`,
      'Save images one behind the other: [N, C, H, W], [N, H, W, C], [N, H, W] or [N, D]; a single one as x[None].',
    );
  }
  switch (header.type) {
    case 'uint8':
      return 'uint8';
    case 'float16':
    case 'float32':
    case 'float64':
      return 'float32';
    case 'bool':
      throw wrongType(array, 'Save it as x.astype(np.float32), with pixels 0 and 1.');
    case 'int8':
    case 'int16':
    case 'int32':
    case 'int64':
    case 'uint16':
    case 'uint32':
    case 'uint64':
      throw wrongType(array, 'If the pixels are 0 to 255, save it as x.astype(np.uint8).');
  }
}

/**
 * Yields the bytes of the selected images, as the canonical data set holds them, in pieces: uint8 unchanged, floats rounded once to
 * float32. @throws DATA_RANGE naming the first float that is not in [0, 1]
 */
export async function* canonicalPixels(array: OpenArray, selection: Selection): AsyncGenerator<Uint8Array> {
  if (array.header.type === 'uint8') {
    for await (const { bytes } of readPieces(array, selection)) yield bytes;
    return;
  }
  for await (const { at, values } of readValues(array, selection)) {
    const pixels = Float32Array.from(values);
    const wrong = pixels.findIndex((pixel) => !(pixel >= 0 && pixel <= 1));
    if (wrong >= 0) throw outOfRange(array, at + wrong, values[wrong]!, pixels);
    yield littleEndian(pixels);
  }
}

function littleEndian(pixels: Float32Array): Uint8Array {
  const bytes = Buffer.from(pixels.buffer);
  return endianness() === 'LE' ? bytes : bytes.swap32();
}

function outOfRange(array: OpenArray, flat: number, value: number, around: Float32Array): SmoothcertError {
  const index = indexOf(flat, array.header.shape);
  const where = `at index [${index.join(', ')}] of ${array.what}`;
  if (!Number.isFinite(value)) {
    return new SmoothcertError(
      'DATA_RANGE',
      `The pixel ${where} is ${value}.`,
      'Find such images with ~np.isfinite(x) and repair them or leave them out.',
    );
  }
  const negative = around.some((pixel) => pixel < 0);
  return new SmoothcertError(
    'DATA_RANGE',
    `The pixel ${where} is ${value}, and pixels must be in [0, 1].`,
    negative
      ? 'It looks normalised: σ is in pixels of [0, 1], so give raw pixels and pass --mean and --std.'
      : 'It looks like 0 to 255: save it as x.astype(np.uint8), or divide by 255.',
  );
}

/** Returns the index along each axis of the value at position `flat` in C order. */
function indexOf(flat: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = flat;
  for (const size of shape.toReversed()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}

function wrongType({ what, header }: OpenArray, remedy: string): SmoothcertError {
  return new SmoothcertError(
    'DATA_TYPE',
    `${what} holds ${header.type} values; pixels are uint8 or float.`,
    remedy,
  );
}
