import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import {
  decodeHeader,
  geometryOf,
  HEADER_BYTES,
  type DataSetGeometry,
} from '../../../shared/dataset/canonical.js';
import { CHUNK_BYTES } from '../../../shared/dataset/data-digest.js';
import { mismatch, verifiedChunks, type ArtifactSource } from './source.js';

/** Creates the file if need be, and refuses a link in its place, which may lead anywhere (Windows cannot refuse it). */
const OPENING = constants.O_RDWR | constants.O_CREAT | ((constants.O_NOFOLLOW as number | undefined) ?? 0);

/**
 * A canonical data set of which only the wanted chunks are in the file, which has the whole length. A chunk is present once its
 * bytes, read back from the disk or fetched, have the digest that the data digest confirms.
 */
export class SparseDataSet {
  private readonly present = new Set<number>();
  private readonly loading = new Map<number, Promise<void>>();
  private geometry!: DataSetGeometry;

  private constructor(
    readonly file: string,
    readonly chunks: readonly string[],
    readonly bytes: number,
    private readonly handle: FileHandle,
    private readonly digest: string,
    private readonly source: ArtifactSource,
    private readonly onFetched: (bytes: number) => void,
  ) {}

  /**
   * Opens the file of a data set and reads its header.
   * @param onFetched called with the bytes that now take space
   * @throws DATA_DIGEST_MISMATCH, DATA_FORMAT, and what the source throws
   */
  static async open(
    file: string,
    digest: string,
    source: ArtifactSource,
    onFetched: (bytes: number) => void,
  ): Promise<SparseDataSet> {
    const { bytes, chunks } = await verifiedChunks(source, digest);
    const handle = await open(file, OPENING);
    const data = new SparseDataSet(file, chunks, bytes, handle, digest, source, onFetched);
    try {
      await handle.truncate(bytes);
      await data.ensureChunks(0, 1);
      const header = new Uint8Array(HEADER_BYTES);
      const { bytesRead } = await handle.read(header, 0, HEADER_BYTES, 0);
      data.geometry = geometryOf(decodeHeader(header.subarray(0, bytesRead)));
      if (data.geometry.totalBytes !== bytes)
        throw mismatch(`The data set ${digest} is not as long as it says.`);
      return data;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Resolves once the images' bytes are in the file, verified. Images that the data set does not hold are skipped. */
  async ensure(images: Iterable<number>): Promise<void> {
    const { holds, imageOffset, imageBytes } = this.geometry;
    for (const image of images) {
      if (holds(image)) await this.ensureChunks(imageOffset(image), imageOffset(image) + imageBytes);
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.loading.values());
    await this.handle.close();
  }

  private async ensureChunks(begin: number, end: number): Promise<void> {
    for (let chunk = Math.floor(begin / CHUNK_BYTES); chunk * CHUNK_BYTES < end; chunk++) {
      if (this.present.has(chunk)) continue;
      const loading = this.loading.get(chunk) ?? this.load(chunk).finally(() => this.loading.delete(chunk));
      this.loading.set(chunk, loading);
      await loading;
    }
  }

  private async load(chunk: number): Promise<void> {
    const begin = chunk * CHUNK_BYTES;
    const length = Math.min(CHUNK_BYTES, this.bytes - begin);
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await this.handle.read(bytes, 0, length, begin);
    if (bytesRead !== length || !this.isChunk(chunk, bytes)) {
      await this.fetch(chunk, begin, bytes);
      await this.handle.write(bytes, 0, length, begin);
    }
    this.onFetched(length);
    this.present.add(chunk);
  }

  /** Fills `bytes` from the source. */
  private async fetch(chunk: number, begin: number, bytes: Buffer): Promise<void> {
    let at = 0;
    for await (const part of this.source.read(this.digest, begin, begin + bytes.length)) {
      bytes.set(part.subarray(0, bytes.length - at), at);
      at = Math.min(bytes.length, at + part.length);
    }
    if (at === bytes.length && this.isChunk(chunk, bytes)) return;
    throw mismatch(
      `Chunk ${chunk} of the data set ${this.digest} came with other bytes than its digest names.`,
    );
  }

  private isChunk(chunk: number, bytes: Uint8Array): boolean {
    return createHash('sha256').update(bytes).digest('hex') === this.chunks[chunk];
  }
}
