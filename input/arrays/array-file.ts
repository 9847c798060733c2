import { SmoothcertError } from '../../shared/errors.js';
import { ByteStream, type ByteSource } from '../bytes/byte-stream.js';
import { fileBytes } from '../bytes/input-files.js';
import { GZIP_MAGIC, gunzipped, mostInflated } from '../bytes/gzip.js';
import { isIdx, readIdxHeader } from '../records/idx.js';
import { NPY_MAGIC, readNpyHeader, type ArrayHeader } from './npy.js';
import { openArchive } from './npz.js';

const ZIP_MAGIC = 'PK';

/** Knows the files that hold arrays: which arrays they have, by key, and where the values of each begin. */

/** An array whose header has been read; its values follow in `stream`. */
export interface OpenArray {
  /** Name of the array in errors: `x in images.npz`, or the file alone. */
  readonly what: string;
  readonly header: ArrayHeader;
  readonly stream: ByteStream;
}

/** A file of arrays: .npz, or a single one (key ''): .npy, IDX, IDX in gzip. */
export interface ArrayFile {
  readonly path: string;
  readonly keys: readonly string[];
  /** Reads the header of an array. @throws DATA_FORMAT or DATA_TYPE for a bad header, or if header and values do not fill the file exactly */
  openArray(key: string): Promise<OpenArray>;
  close(): void;
}

export type ArrayFormat = 'npz' | 'npy' | 'idx' | 'gzip';

/** A file whose format is known: its path and its size in bytes. */
export interface FileOfFormat {
  readonly path: string;
  readonly size: number;
  readonly format: ArrayFormat;
}

/** Returns the format of a file by its first bytes (at least 6); null if it holds no arrays. The name does not matter. */
export function arrayFormatOf(start: Buffer): ArrayFormat | null {
  const text = start.toString('latin1');
  if (text.startsWith(ZIP_MAGIC)) return 'npz';
  if (text.startsWith(NPY_MAGIC)) return 'npy';
  if (text.startsWith(GZIP_MAGIC)) return 'gzip';
  return isIdx(start) ? 'idx' : null;
}

/** Opens a file of arrays. @throws DATA_UNREADABLE, DATA_FORMAT if it is damaged */
export async function openArrayFile({ path, size, format }: FileOfFormat): Promise<ArrayFile> {
  const single = (openArray: () => Promise<OpenArray>): ArrayFile => {
    return { path, keys: [''], openArray, close: () => undefined };
  };
  switch (format) {
    case 'npz':
      return openNpz(path);
    case 'npy':
      return single(() => begin(fileBytes(path), readNpyHeader, exactly(size), path));
    case 'idx':
      return single(() => begin(fileBytes(path), readOnlyIdx, exactly(size), path));
    case 'gzip':
      return single(() => begin(gunzipped(path), readZippedIdx, atMost(mostInflated(size)), path));
  }
}

async function openNpz(path: string): Promise<ArrayFile> {
  const archive = await openArchive(path);
  return {
    path,
    keys: [...archive.arrays.keys()],
    openArray: (key) => {
      const array = archive.arrays.get(key)!;
      const what = `${key} in ${path}`;
      return begin(array.read(what), readNpyHeader, exactly(array.bytes), what);
    },
    close: () => archive.close(),
  };
}

/** Returns why a file cannot have as many bytes as its header promises, as the end of a sentence; null if it can. */
type LengthCheck = (promised: number) => string | null;

const exactly =
  (bytes: number): LengthCheck =>
  (promised) =>
    promised === bytes ? null : `has ${bytes} bytes where its header promises ${promised}`;

const atMost =
  (bytes: number): LengthCheck =>
  (promised) =>
    promised <= bytes ? null : `is too small for the ${promised} bytes that its header promises`;

/** Reads an array's header and checks the length that it promises. */
async function begin(
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
