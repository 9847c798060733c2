/** Says that a source ended before the bytes that were asked of it; whoever knows its name makes a sentence of it. */
export class EndedEarly extends Error {
  override readonly name = 'EndedEarly';
}

/** Bytes in pieces; `skip` leaves out the next ones without reading them, where the source can. */
export interface ByteSource extends AsyncIterable<Uint8Array> {
  skip?(bytes: number): void;
}

/** Hands out the bytes of an async source in the amounts asked for. Memory: one amount and one piece of the source. */
export class ByteStream {
  readonly #source: ByteSource;
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(source: ByteSource) {
    this.#source = source;
    this.#pieces = source[Symbol.asyncIterator]();
  }

  /** Exactly the next `length` bytes; throws EndedEarly. */
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

  /** Leaves out the next `length` bytes; throws EndedEarly unless the source can skip, which then ends early later. */
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

  /** Whether nothing is left. The source is read to its end to know it, so that its own last checks are made. */
  async atEnd(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#pieces.next();
      if (next.done === true) return true;
      this.#rest = next.value;
    }
    return false;
  }

  /** Gives up the source, read or not. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  #split(most: number): Uint8Array {
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }
}
