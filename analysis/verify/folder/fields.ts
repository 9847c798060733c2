/** Fields of protobuf, read from the description of the encoding: https://protobuf.dev/programming-guides/encoding/. */

/** A range of bytes. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The function that is called for each field: with its number, and a number of at most 53 bits, or the span of its bytes. */
export type Visit = (field: number, value: number | Span) => void;

const VARINT = 0;
const BYTES = 2;
const LONGEST_VARINT = 10;

/** Reads numbers from the bytes of a message one after the other. */
class Cursor {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
    readonly end: number,
  ) {}

  /** Returns the next number, whose bits above the 53rd are lost; −1 if there is none. */
  varint(): number {
    let value = 0;
    let unit = 1;
    for (const last = Math.min(this.end, this.at + LONGEST_VARINT); this.at < last; unit *= 128) {
      const byte = this.bytes[this.at++]!;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
    return -1;
  }
}

/** Calls `visit` for each field of a message in turn. Returns false if the bytes are none, or hold a field of another kind than ours. */
export function eachField(bytes: Uint8Array, { from, to }: Span, visit: Visit): boolean {
  const cursor = new Cursor(bytes, from, to);
  while (cursor.at < to) {
    const tag = cursor.varint();
    const value = cursor.varint();
    if (tag < 0 || value < 0) return false;
    const field = Math.floor(tag / 8);
    const start = cursor.at;
    if (tag % 8 === VARINT) visit(field, value);
    else if (tag % 8 === BYTES && start + value <= to) {
      cursor.at = start + value;
      visit(field, { from: start, to: start + value });
    } else return false;
  }
  return true;
}

/** Appends the numbers of a repeated field, packed or a single one. Returns false if they cannot be read. */
export function appendNumbers(bytes: Uint8Array, value: number | Span, into: number[]): boolean {
  if (typeof value === 'number') {
    into.push(value);
    return true;
  }
  const cursor = new Cursor(bytes, value.from, value.to);
  while (cursor.at < value.to) {
    const one = cursor.varint();
    if (one < 0) return false;
    into.push(one);
  }
  return true;
}
