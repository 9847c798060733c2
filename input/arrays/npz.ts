import { crc32 } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { SmoothcertError } from '../../shared/errors.js';
import { mostInflated } from '../bytes/gzip.js';

const MAX_ENTRIES = 4096;
const LONGEST_NAME = 1024;
const LOCAL_HEADER_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

/** One array of an archive, not read yet. */
export interface ZippedArray {
  /** Bytes after decompression, as the archive's directory says; reading fails if it is not so. */
  readonly bytes: number;
  /** Its bytes, in pieces. Throws DATA_FORMAT at a wrong length or, once all are read, a wrong checksum. */
  read(what: string): AsyncIterable<Uint8Array>;
}

/** The arrays of a .npz archive by key (`x` for `x.npy`). `close` gives the file back. */
export interface Archive {
  readonly arrays: ReadonlyMap<string, ZippedArray>;
  close(): void;
}

/** Reads the directory of the archive, stored or deflated, with or without zip64; DATA_FORMAT if it is damaged. */
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
  const places: Place[] = [];
  for await (const entry of zip.eachEntry()) {
    places.push(placeOf(entry));
    if (entry.fileName.length > LONGEST_NAME || !isPlausible(entry)) throw damaged(path);
    if (!entry.fileName.endsWith('.npy')) continue;
    const key = entry.fileName.slice(0, -'.npy'.length);
    if (arrays.has(key)) throw damaged(path);
    arrays.set(key, { bytes: entry.uncompressedSize, read: (what) => readEntry(zip, entry, what) });
  }
  if (overlap(places, zip.fileSize)) throw damaged(path);
  return arrays;
}

/** Bytes that an entry takes at least. */
interface Place {
  readonly begin: number;
  readonly end: number;
}

function placeOf({ relativeOffsetOfLocalHeader: begin, compressedSize }: Entry): Place {
  return { begin, end: begin + LOCAL_HEADER_BYTES + compressedSize };
}

/** Whether entries share bytes, as only archives do that are made to expand without end, or leave the file. */
function overlap(places: readonly Place[], fileSize: number): boolean {
  const sorted = places.toSorted((a, b) => a.begin - b.begin);
  return sorted.some(({ end }, at) => end > (sorted[at + 1]?.begin ?? fileSize));
}

/** Whether so few bytes can hold as many as the directory says. */
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
