import { SmoothcertError } from '../../shared/errors.js';
import { ByteStream, type ByteSource } from '../bytes/byte-stream.js';
import { fileBytes, firstBytes, sizeOf } from '../bytes/input-files.js';
import { GZIP_MAGIC, gunzipped, mostInflated } from '../bytes/gzip.js';
import { isIdx, readIdxHeader } from '../records/idx.js';
import { NPY_MAGIC, readNpyHeader, type ArrayHeader } from './npy.js';
import { openArchive } from './npz.js';

const ZIP_MAGIC = 'PK';

/** An array whose header has been read; its values follow in `stream`. */
export interface OpenArray {
  /** How messages name it: `x in images.npz`, or the file alone. */
  readonly what: string;
  readonly header: ArrayHeader;
  readonly stream: ByteStream;
}

/** A file of arrays: .npz, or a single one (key ''): .npy, IDX, IDX in gzip. */
export interface ArrayFile {
  readonly path: string;
  readonly keys: readonly string[];
  /** Reads a header. DATA_FORMAT or DATA_TYPE if it is not one; also if header and values do not fill the file exactly. */
  openArray(key: string): Promise<OpenArray>;
  close(): void;
}

type ArrayFormat = 'npz' | 'npy' | 'idx' | 'gzip';

/** What the file is by its first bytes, not by its name; null if it holds no arrays. */
export function arrayFormatOf(start: Buffer): ArrayFormat | null {
  const text = start.toString('latin1');
  if (text.startsWith(ZIP_MAGIC)) return 'npz';
  if (text.startsWith(NPY_MAGIC)) return 'npy';
  if (text.startsWith(GZIP_MAGIC)) return 'gzip';
  return isIdx(start) ? 'idx' : null;
}

/** Opens a regular file by what it holds. DATA_UNREADABLE; DATA_FORMAT if it holds no arrays. */
export async function openArrayFile(path: string): Promise<ArrayFile> {
  const size = await sizeOf(path);
  const format = arrayFormatOf(await firstBytes(path, NPY_MAGIC.length));
  if (format === null) {
    throw new SmoothcertError(
      'DATA_FORMAT',
      `${path} is in no format that is read.`,
      'Save the images with NumPy: np.savez("images.npz", x=images, y=labels).',
    );
  }
  if (format === 'npz') return openNpz(path);
  const open = () => {
    if (format === 'npy') return openArray(fileBytes(path), readNpyHeader, exactly(size), path);
    if (format === 'idx') return openArray(fileBytes(path), readOnlyIdx, exactly(size), path);
    return openArray(gunzipped(path), readZippedIdx, atMost(mostInflated(size)), path);
  };
  return { path, keys: [''], openArray: open, close: () => undefined };
}

async function openNpz(path: string): Promise<ArrayFile> {
  const archive = await openArchive(path);
  return {
    path,
    keys: [...archive.arrays.keys()],
    openArray: (key) => {
      const array = archive.arrays.get(key)!;
      const what = `${key} in ${path}`;
      return openArray(array.read(what), readNpyHeader, exactly(array.bytes), what);
    },
    close: () => archive.close(),
  };
}

/** Why a file cannot have as many bytes as its header promises, as the end of a sentence; null if it can. */
type LengthCheck = (promised: number) => string | null;

const exactly =
  (bytes: number): LengthCheck =>
  (promised) =>
    promised === bytes ? null : `has ${bytes} bytes where its header promises ${promised}`;

const atMost =
  (bytes: number): LengthCheck =>
  (promised) =>
    promised <= bytes ? null : `is too small for the ${promised} bytes that its header promises`;

async function openArray(
  source: ByteSource,
  readHeader: (stream: ByteStream, what: string) => Promise<ArrayHeader>,
  check: LengthCheck,
  what: string,
): Promise<OpenArray> {
  const stream = new ByteStream(source);
  try {
    const header = await readHeader(stream, what);
    const fault = check(header.headerBytes + header.bodyBytes);
    if (fault === null) return { what, header, stream };
    throw new SmoothcertError(
      'DATA_FORMAT',
      `${what} ${fault}.`,
      'Save it again, or copy it again if it was cut while being copied.',
    );
  } catch (error) {
    await stream.close();
    throw error;
  }
}

async function readOnlyIdx(stream: ByteStream, what: string): Promise<ArrayHeader> {
  const header = await readIdxHeader(stream, what);
  if (header !== null) return header;
  throw new SmoothcertError(
    'DATA_FORMAT',
    `${what} ends within the header of an IDX file.`,
    'Copy it again; it was cut while being copied.',
  );
}

async function readZippedIdx(stream: ByteStream, what: string): Promise<ArrayHeader> {
  const header = await readIdxHeader(stream, what);
  if (header !== null) return header;
  throw new SmoothcertError(
    'DATA_FORMAT',
    `${what} is compressed with gzip and holds no IDX file.`,
    'Unpack it first, with gunzip or tar, and give what comes out.',
  );
}
