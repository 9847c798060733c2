/** Knows how bytes are taken from an async source, whatever its pieces are. */

/** A source ended before the requested bytes. The caller, who knows the name of the source, words it for the user. */
export class EndedEarly extends Error {
  override readonly name = 'EndedEarly';
}

/** Bytes in pieces; `skip`, where a source has it, omits the next bytes without reading them. */
export interface ByteSource extends AsyncIterable<Uint8Array> {
  skip?(bytes: number): void;
}

/** Returns the bytes of an async source in the requested amounts. Memory: one amount and one piece of the source. */
export class ByteStream {
  readonly #source: ByteSource;
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(source: ByteSource) {
    this.#source = source;
    this.#pieces = source[Symbol.asyncIterator]();
  }

  /** Returns exactly the next `length` bytes. @throws EndedEarly */
  async take(length: number): Promise<Uint8Array> {
    if (this.#rest.length >= length) return this.#split(length);
    const taken = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      if (await this.atEnd()) throw new EndedEarly(`${length - filled} bytes are missing`);
      const piece = this.#split(length - filled);
      taken.set(piece, filled);
      filled += piece.length;
    }
    return taken;
  }

  /** Skips the next `length` bytes. @throws EndedEarly; where the source itself can skip, a later read throws it */
  async skip(length: number): Promise<void> {
    let left = length - this.#split(length).length;
    if (this.#source.skip) {
      this.#source.skip(left);
      return;
    }
    while (left > 0) {
      if (await this.atEnd()) throw new EndedEarly(`${left} bytes are missing`);
      left -= this.#split(left).length;
    }
  }

  /** Returns true if no bytes are left. To know it, it reads the source to its end, so that the source makes its last checks. */
  async atEnd(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#pieces.next();
      if (next.done === true) return true;
      this.#rest = next.value;
    }
    return false;
  }

  /** Closes the source. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  #split(most: number): Uint8Array {
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }
}
