import { createHash } from 'node:crypto';

/** A data set is addressed in chunks of this size, so that a range of it can be verified alone. */
export const CHUNK_BYTES = 16 * 2 ** 20;

/**
 * Computes the data digest of bytes that are given in pieces of any size: sha256 over the concatenated sha256
 * digests of the 16 MiB chunks, the last of which may be shorter. Memory: 32 bytes a chunk.
 */
export class DataDigest {
  readonly #chunks: Buffer[] = [];
  #chunk = createHash('sha256');
  #filled = 0;

  update(bytes: Uint8Array): this {
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + CHUNK_BYTES - this.#filled);
      this.#chunk.update(piece);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled === CHUNK_BYTES) this.#close();
    }
    return this;
  }

  /** Returns the data digest and the digests of the chunks, in hex. Call it once, after the last byte. */
  finish(): { digest: string; chunks: string[] } {
    if (this.#filled > 0) this.#close();
    const chunks = this.#chunks.map((chunk) => chunk.toString('hex'));
    return { digest: digestOfChunks(chunks), chunks };
  }

  #close(): void {
    this.#chunks.push(this.#chunk.digest());
    this.#chunk = createHash('sha256');
    this.#filled = 0;
  }
}

/** Returns the data digest (hex) of a data set whose chunks have these digests (hex). */
export function digestOfChunks(chunks: readonly string[]): string {
  return createHash('sha256')
    .update(Buffer.from(chunks.join(''), 'hex'))
    .digest('hex');
}
