import { elementsOf } from '../../shared/dataset/canonical.js';
import { SmoothcertError } from '../../shared/errors.js';
import { EndedEarly, type ByteStream } from '../bytes/byte-stream.js';
import { parsePythonLiteral, type PythonValue } from './python-literal.js';

/** Type of an array's values, by NumPy's name. Types that neither images nor labels can have are refused with the header. */
export type NumpyType = keyof typeof ITEM_BYTES;

const ITEM_BYTES = {
  bool: 1,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  uint64: 8,
  int64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
} as const;

/** Content of an array's header, in any format. */
export interface ArrayHeader {
  readonly type: NumpyType;
  readonly shape: readonly number[];
  /** Length of the header, and so the position of the first value. */
  readonly headerBytes: number;
  /** Length of the values that follow. */
  readonly bodyBytes: number;
}

export const NPY_MAGIC = '\x93NUMPY';

const PREFIX_BYTES = 8;
const MAX_HEADER_BYTES = 65_535;
const MAX_RANK = 32;

export function itemBytes(type: NumpyType): number {
  return ITEM_BYTES[type];
}

/**
 * Reads the header of a .npy file (format versions 1 to 3) and leaves `stream` at the first value. `what` names the array in
 * errors. Object arrays are refused here: nothing is ever unpickled.
 */
export async function readNpyHeader(stream: ByteStream, what: string): Promise<ArrayHeader> {
  const { text, headerBytes } = await readText(stream, what);
  let literal: PythonValue;
  try {
    literal = parsePythonLiteral(text);
  } catch (cause) {
    throw unreadable(what, cause);
  }
  if (!(literal instanceof Map) || literal.size !== 3) throw unreadable(what);
  const [descr, order, shape] = ['descr', 'fortran_order', 'shape'].map((key) => literal.get(key));
  if (!isShape(shape) || typeof order !== 'boolean' || descr === undefined) throw unreadable(what);
  const type = typeOf(descr, what);
  const bodyBytes = elementsOf(shape) * ITEM_BYTES[type];
  if (!Number.isSafeInteger(bodyBytes)) throw unreadable(what);
  if (order) {
    throw new SmoothcertError(
      'DATA_FORMAT',
      `${what} is stored in Fortran (column-major) order.`,
      'Save it as np.ascontiguousarray(x).',
    );
  }
  return { type, shape, headerBytes, bodyBytes };
}

async function readText(stream: ByteStream, what: string): Promise<{ text: string; headerBytes: number }> {
  try {
    const prefix = Buffer.from(await stream.take(PREFIX_BYTES));
    const major = prefix[6]!;
    if (prefix.toString('latin1', 0, 6) !== NPY_MAGIC || major < 1 || major > 3) throw unreadable(what);
    const lengthBytes = major === 1 ? 2 : 4;
    const length = Buffer.from(await stream.take(lengthBytes)).readUIntLE(0, lengthBytes);
    if (length > MAX_HEADER_BYTES) throw unreadable(what);
    const text = Buffer.from(await stream.take(length)).toString(major === 3 ? 'utf8' : 'latin1');
    return { text, headerBytes: PREFIX_BYTES + lengthBytes + length };
  } catch (error) {
    throw error instanceof EndedEarly ? unreadable(what, error) : error;
  }
}

function isShape(value: PythonValue | undefined): value is number[] {
  return (
    Array.isArray(value) && value.length <= MAX_RANK && value.every((size) => Number.isSafeInteger(size))
  );
}

const KINDS: Readonly<Record<string, string>> = { b: 'bool', u: 'uint', i: 'int', f: 'float' };

function typeOf(descr: PythonValue, what: string): NumpyType {
  if (typeof descr !== 'string')
    throw wrongType(what, 'records with named fields', 'Save the field with the images alone.');
  const match = /^([<>|=])([a-zA-Z])(\d*)/.exec(descr);
  if (match === null) throw unreadable(what);
  const [, byteOrder, kind, size] = match;
  if (kind === 'O') {
    throw wrongType(
      what,
      'Python objects, which are never unpickled',
      'Make one array of equally sized images first: np.stack(list(x)).',
    );
  }
  const prefix = KINDS[kind!];
  if (kind === 'U' || kind === 'S') {
    throw wrongType(
      what,
      'texts',
      'Save the number of each class name instead of the name: np.unique(y, return_inverse=True)[1], if the model numbers its classes in the order of their names.',
    );
  }
  if (prefix === undefined) {
    throw wrongType(what, `values of type ${descr}`, 'Save plain numbers, for example x.astype(np.float32).');
  }
  const name = prefix === 'bool' ? prefix : `${prefix}${8 * Number(size)}`;
  if (!Object.hasOwn(ITEM_BYTES, name)) {
    throw wrongType(what, `values of type ${descr}`, 'Save plain numbers, for example x.astype(np.float32).');
  }
  const type = name as NumpyType;
  if (ITEM_BYTES[type] > 1 && byteOrder !== '<') {
    throw wrongType(what, `big-endian values (${descr})`, "Save it as x.astype(x.dtype.newbyteorder('<')).");
  }
  return type;
}

function wrongType(what: string, holds: string, remedy: string): SmoothcertError {
  return new SmoothcertError('DATA_TYPE', `${what} holds ${holds}.`, remedy);
}

function unreadable(what: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError(
    'DATA_FORMAT',
    `${what} is not an array as NumPy saves it.`,
    'Save it with np.save or np.savez.',
    { cause },
  );
}
