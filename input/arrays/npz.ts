import { crc32 } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { SmoothcertError } from '../../shared/errors.js';
import { torchError } from '../bytes/python-files.js';
import { mostInflated } from '../bytes/gzip.js';

const MAX_ENTRIES = 4096;
const LONGEST_NAME = 1024;
const LOCAL_HEADER_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

/** One array of an archive, not read yet. */
export interface ZippedArray {
  /** Bytes after decompression, as the archive's directory states them; reading fails if they are others. */
  readonly bytes: number;
  /** Yields its bytes in pieces. @throws DATA_FORMAT at a wrong length or, once all are read, a wrong checksum */
  read(what: string): AsyncIterable<Uint8Array>;
}

/** The arrays of a .npz archive by key (`x` for `x.npy`). `close` closes the file. */
export interface Archive {
  readonly arrays: ReadonlyMap<string, ZippedArray>;
  close(): void;
}

/** Reads the directory of an archive, stored or deflated, with or without zip64. @throws DATA_FORMAT if it is damaged */
export async function openArchive(path: string): Promise<Archive> {
  const zip = await openPromise(path, { autoClose: false }).catch((cause: unknown) => {
    throw damaged(path, cause);
  });
  try {
    return { arrays: await arraysOf(zip, path), close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw error instanceof SmoothcertError ? error : damaged(path, error);
  }
}

async function arraysOf(zip: ZipFile, path: string): Promise<Map<string, ZippedArray>> {
  if (zip.entryCount > MAX_ENTRIES) {
    throw new SmoothcertError(
      'DATA_FORMAT',
      `${path} has ${zip.entryCount} entries, and at most ${MAX_ENTRIES} are read.`,
      'Save the images as one array and the labels as another.',
    );
  }
  const arrays = new Map<string, ZippedArray>();
  const ranges: ByteRange[] = [];
  for await (const entry of zip.eachEntry()) {
    ranges.push(rangeOf(entry));
    if (entry.fileName.length > LONGEST_NAME || !isPlausible(entry)) throw damaged(path);
    if (entry.fileName.endsWith('/data.pkl')) throw torchError(path);
    if (!entry.fileName.endsWith('.npy')) continue;
    const key = entry.fileName.slice(0, -'.npy'.length);
    if (arrays.has(key)) throw damaged(path);
    arrays.set(key, { bytes: entry.uncompressedSize, read: (what) => readEntry(zip, entry, what) });
  }
  if (overlap(ranges, zip.fileSize)) throw damaged(path);
  return arrays;
}

/** Range of bytes of the file that an entry takes at least. */
interface ByteRange {
  readonly begin: number;
  readonly end: number;
}

function rangeOf({ relativeOffsetOfLocalHeader: begin, compressedSize }: Entry): ByteRange {
  return { begin, end: begin + LOCAL_HEADER_BYTES + compressedSize };
}

/** Returns true if entries overlap, as in archives made to expand without end, or reach beyond the file. */
function overlap(ranges: readonly ByteRange[], fileSize: number): boolean {
  const sorted = ranges.toSorted((a, b) => a.begin - b.begin);
  return sorted.some(({ end }, at) => end > (sorted[at + 1]?.begin ?? fileSize));
}

/** Returns true if the compressed bytes can expand to as many as the directory states. */
function isPlausible({ uncompressedSize, compressedSize }: Entry): boolean {
  return uncompressedSize <= mostInflated(compressedSize);
}

async function* readEntry(zip: ZipFile, entry: Entry, what: string): AsyncGenerator<Uint8Array> {
  if (entry.isEncrypted() || (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED)) {
    throw new SmoothcertError(
      'DATA_FORMAT',
      `${what} is encrypted or compressed in a way that NumPy does not use.`,
      'Save it with np.savez or np.savez_compressed.',
    );
  }
  let checksum = 0;
  try {
    for await (const piece of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Uint8Array>) {
      checksum = crc32(piece, checksum);
      yield piece;
    }
  } catch (cause) {
    throw damaged(what, cause);
  }
  if (checksum !== entry.crc32) throw damaged(what);
}

function damaged(what: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError(
    'DATA_FORMAT',
    `${what} is damaged or cut short.`,
    'Save it again with np.savez, or copy it again if it was cut while being copied.',
    { cause },
  );
}
