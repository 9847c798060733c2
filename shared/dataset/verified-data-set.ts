import { createHash } from 'node:crypto';
import { SmoothcertError } from '../errors.js';
import { encodeHeader, HEADER_BYTES } from './canonical.js';
import { CHUNK_BYTES, digestOfChunks } from './data-digest.js';
import { DataSetFile } from './data-set-file.js';

/** Chunks kept in memory. Images are read nearly in order, so that only the newest chunk and the one before it are read again. */
const CHUNKS_KEPT = 2;

/** The members of a canonical data set that a reader of images uses. */
export type DataSetSource = Pick<DataSetFile, 'header' | 'geometry' | 'readAt' | 'close'>;

/**
 * A canonical data set that returns only bytes which were compared with the data digest. It reads chunks into memory, checks them there,
 * and returns bytes from there: if the file is overwritten at any moment, a read returns the old bytes or fails.
 * Memory: two chunks, 32 MiB. Opening reads the file once.
 */
export class VerifiedDataSet implements DataSetSource {
  readonly #kept = new Map<number, Uint8Array>();

  private constructor(
    private readonly file: DataSetFile,
    private readonly chunks: readonly string[],
  ) {}

  /**
   * Opens the data set that has this digest (hex). If the digests of its chunks are known, only these and the header are checked now, and
   * every other chunk when it is read, so that the file need not contain chunks that are never read.
   * @throws SmoothcertError DATA_DIGEST_MISMATCH if it has another one or is no whole data set, DATA_UNREADABLE if it cannot be opened
   */
  static async open(
    path: string,
    expected: string,
    known: readonly string[] | null = null,
  ): Promise<VerifiedDataSet> {
    const file = await DataSetFile.open(path).catch((error: unknown) => {
      throw asMismatch(error, path);
    });
    try {
      const { digest, chunks } =
        known === null ? await file.digest() : { digest: digestOfChunks(known), chunks: known };
      if (digest !== expected) throw mismatch(path);
      const data = new VerifiedDataSet(file, chunks);
      await data.#checkHeader();
      return data;
    } catch (error) {
      await file.close();
      throw asMismatch(error, path);
    }
  }

  get header() {
    return this.file.header;
  }

  get geometry() {
    return this.file.geometry;
  }

  /** Fills `into` with the bytes at `position`, which lie in the file. @throws DATA_DIGEST_MISMATCH if they changed */
  async readAt(position: number, into: Uint8Array): Promise<void> {
    for (let at = 0; at < into.length;) {
      const place = position + at;
      const bytes = await this.#chunk(Math.floor(place / CHUNK_BYTES));
      const from = place % CHUNK_BYTES;
      const piece = bytes.subarray(from, from + into.length - at);
      into.set(piece, at);
      at += piece.length;
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  /** Checks the header, which was read before anything was checked and says where every image and label is. */
  async #checkHeader(): Promise<void> {
    const header = new Uint8Array(HEADER_BYTES);
    await this.readAt(0, header);
    if (Buffer.compare(header, encodeHeader(this.header)) !== 0) throw mismatch(this.file.path);
  }

  async #chunk(index: number): Promise<Uint8Array> {
    const known = this.#kept.get(index);
    if (known) return known;
    const begin = index * CHUNK_BYTES;
    const bytes = new Uint8Array(Math.min(CHUNK_BYTES, this.geometry.totalBytes - begin));
    await this.file.readAt(begin, bytes).catch((error: unknown) => {
      throw asMismatch(error, this.file.path);
    });
    if (createHash('sha256').update(bytes).digest('hex') !== this.chunks[index])
      throw mismatch(this.file.path);
    if (this.#kept.size >= CHUNKS_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(index, bytes);
    return bytes;
  }
}

/** Words the error for a file that was a data set when its digest was computed and is malformed now: it was changed. */
function asMismatch(error: unknown, path: string): unknown {
  const malformed = error instanceof SmoothcertError && error.code === 'DATA_FORMAT';
  return malformed ? mismatch(path, error) : error;
}

function mismatch(path: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError(
    'DATA_DIGEST_MISMATCH',
    `${path} does not hold the images of the job: it was changed after they were converted into it.`,
    'Run the same command again: it converts the images afresh and resumes.',
    { cause },
  );
}
