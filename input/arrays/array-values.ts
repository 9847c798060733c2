import { SmoothcertError } from '../../shared/errors.js';
import type { OpenArray } from './array-file.js';
import { elementsOf } from '../../shared/dataset/canonical.js';
import { indicesOf, type Selection } from '../../shared/dataset/selection.js';
import { EndedEarly } from '../bytes/byte-stream.js';
import { itemBytes, type NumpyType } from './npy.js';

/** Values of one piece: small enough that memory stays flat, large enough that no time is lost. */
const PIECE_ELEMENTS = 2 ** 16;

/**
 * Yields the bytes of the selected images, or of the whole array, in pieces of at most 65,536 values that do not depend on the pieces
 * of the source; `at` is the index of a piece's first value in the array. Bytes between are not read where the file allows it. At the
 * end the source has made its own checks (checksum, nothing behind the last value).
 */
export async function* readPieces(
  array: OpenArray,
  selection?: Selection,
): AsyncGenerator<{ at: number; bytes: Uint8Array }> {
  const { type, bodyBytes } = array.header;
  const size = itemBytes(type);
  const count = bodyBytes / size;
  let at = 0;
  try {
    for (const run of runsOf(array.header.shape, selection)) {
      await array.stream.skip(size * (run.begin - at));
      for (at = run.begin; at < run.end; at += PIECE_ELEMENTS) {
        yield { at, bytes: await array.stream.take(size * Math.min(PIECE_ELEMENTS, run.end - at)) };
      }
      at = run.end;
    }
    await array.stream.skip(size * (count - at));
    if (!(await array.stream.atEnd())) throw new EndedEarly('bytes follow the last value');
  } catch (error) {
    if (!(error instanceof EndedEarly)) throw error;
    throw new SmoothcertError(
      'DATA_FORMAT',
      `${array.what} does not have the ${bodyBytes} bytes of values that its header promises.`,
      'Save it again, and try again when nothing writes to it.',
      { cause: error },
    );
  }
}

/** Yields the ranges of values to read, ascending. */
function* runsOf(
  shape: readonly number[],
  selection: Selection | undefined,
): Generator<{ begin: number; end: number }> {
  const { start, step, count } = selection ?? { start: 0, step: 1, count: shape[0] ?? 1 };
  const elements = elementsOf(shape.slice(1));
  if (step === 1) yield { begin: start * elements, end: (start + count) * elements };
  else
    for (const image of indicesOf({ start, step, count }))
      yield { begin: image * elements, end: (image + 1) * elements };
}

/** Yields the same pieces as float64 values; only int64 and uint64 beyond 2^53 are rounded. */
export async function* readValues(
  array: OpenArray,
  selection?: Selection,
): AsyncGenerator<{ at: number; values: Float64Array }> {
  for await (const { at, bytes } of readPieces(array, selection))
    yield { at, values: decode(array.header.type, bytes) };
}

function decode(type: NumpyType, bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = itemBytes(type);
  const read = readerOf(type, view);
  const values = new Float64Array(bytes.length / size);
  for (let index = 0; index < values.length; index += 1) values[index] = read(index * size);
  return values;
}

function readerOf(type: NumpyType, view: DataView): (at: number) => number {
  switch (type) {
    case 'bool':
    case 'uint8':
      return (at) => view.getUint8(at);
    case 'int8':
      return (at) => view.getInt8(at);
    case 'uint16':
      return (at) => view.getUint16(at, true);
    case 'int16':
      return (at) => view.getInt16(at, true);
    case 'uint32':
      return (at) => view.getUint32(at, true);
    case 'int32':
      return (at) => view.getInt32(at, true);
    case 'uint64':
      return (at) => Number(view.getBigUint64(at, true));
    case 'int64':
      return (at) => Number(view.getBigInt64(at, true));
    case 'float16':
      return (at) => halfToNumber(view.getUint16(at, true));
    case 'float32':
      return (at) => view.getFloat32(at, true);
    case 'float64':
      return (at) => view.getFloat64(at, true);
  }
}

/** IEEE 754 binary16, exactly: sign, 5 bits of exponent, 10 of fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
