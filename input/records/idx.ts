import { elementsOf } from '../../shared/dataset/canonical.js';
import { SmoothcertError } from '../../shared/errors.js';
import { EndedEarly, type ByteStream } from '../bytes/byte-stream.js';
import type { ArrayHeader } from '../arrays/npy.js';

/** Knows IDX, the format of MNIST: two zero bytes, a type, the number of dimensions; each dimension as u32, big endian; the values. */
const MAGIC_BYTES = 4;
const MAX_RANK = 4;
const UBYTE = 0x08;
const OTHER_TYPES: Readonly<Record<number, string>> = {
  0x09: 'int8',
  0x0b: 'int16',
  0x0c: 'int32',
  0x0d: 'float32',
  0x0e: 'float64',
};

/** Bytes of the longest header of an IDX file. */
export const IDX_START_BYTES = MAGIC_BYTES + 4 * MAX_RANK;

/** Returns true if a file that begins with these bytes is an IDX file. */
export function isIdx(start: Buffer): boolean {
  if (start.length < MAGIC_BYTES || start.readUInt16BE(0) !== 0) return false;
  const [, , type, rank] = start;
  return (type === UBYTE || Object.hasOwn(OTHER_TYPES, type!)) && rank! >= 1 && rank! <= MAX_RANK;
}

/** Reads the header and leaves `stream` at the first value; null if it is not IDX. @throws DATA_TYPE unless its values are bytes */
export async function readIdxHeader(stream: ByteStream, what: string): Promise<ArrayHeader | null> {
  try {
    const magic = Buffer.from(await stream.take(MAGIC_BYTES));
    if (!isIdx(magic)) return null;
    const [, , type, rank] = magic;
    if (type !== UBYTE) {
      throw new SmoothcertError(
        'DATA_TYPE',
        `${what} holds ${OTHER_TYPES[type!]!} values; of IDX files those of unsigned bytes are read.`,
        'Save the images with NumPy: np.savez("images.npz", x=images, y=labels).',
      );
    }
    const sizes = Buffer.from(await stream.take(4 * rank!));
    const shape = Array.from({ length: rank! }, (_, axis) => sizes.readUInt32BE(4 * axis));
    return { type: 'uint8', shape, headerBytes: MAGIC_BYTES + sizes.length, bodyBytes: elementsOf(shape) };
  } catch (error) {
    if (error instanceof EndedEarly) return null;
    throw error;
  }
}

/** Returns the size that an IDX file which begins with these bytes must have. */
export function promisedIdxBytes(start: Buffer): number {
  const rank = start[3]!;
  const end = MAGIC_BYTES + 4 * rank;
  if (start.length < end) return end;
  return (
    end + elementsOf(Array.from({ length: rank }, (_, axis) => start.readUInt32BE(MAGIC_BYTES + 4 * axis)))
  );
}
