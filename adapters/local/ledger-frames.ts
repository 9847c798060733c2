import { crc32 } from 'node:zlib';

/**
 * The framing of the local ledger file: header [magic 8][version u32][job digest 32][crc u32], then frames
 * [length u32][crc u32][payload], little endian. The checksum covers the length too.
 */
export const HEADER_BYTES = 48;
export const FRAME_OVERHEAD = 8;
/** Bytes of a record. Larger ones are never written, so a larger length is damage. */
export const LARGEST_PAYLOAD = 1 << 20;

const MAGIC = Buffer.from('SC1LEDGR');
export const LEDGER_VERSION = 1;

export function encodeHeader(jobDigest: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(LEDGER_VERSION, 8);
  header.write(jobDigest, 12, 'hex');
  header.writeUInt32LE(crc32(header.subarray(0, 44)), 44);
  return header;
}

/** Reads the version and the job digest of a header; null if the bytes are no header. */
export function decodeHeader(bytes: Buffer): { version: number; jobDigest: string } | null {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) return null;
  if (crc32(bytes.subarray(0, 44)) !== bytes.readUInt32LE(44)) return null;
  return { version: bytes.readUInt32LE(8), jobDigest: bytes.toString('hex', 12, 44) };
}

export function encodeFrame(payload: Uint8Array): Buffer {
  const frame = Buffer.alloc(FRAME_OVERHEAD + payload.length);
  frame.writeUInt32LE(payload.length, 0);
  frame.set(payload, FRAME_OVERHEAD);
  frame.writeUInt32LE(checksum(frame), 4);
  return frame;
}

/** Returns the payload length of the frame at `at`; null if no whole, undamaged frame starts there. */
export function frameAt(bytes: Buffer, at: number): number | null {
  if (at + FRAME_OVERHEAD > bytes.length) return null;
  const length = bytes.readUInt32LE(at);
  if (length === 0 || length > LARGEST_PAYLOAD || at + FRAME_OVERHEAD + length > bytes.length) return null;
  const frame = bytes.subarray(at, at + FRAME_OVERHEAD + length);
  return checksum(frame) === frame.readUInt32LE(4) ? length : null;
}

/** Returns the payloads of the whole frames at the start of `bytes`, and the length of those frames in bytes. */
export function framesIn(bytes: Buffer): { readonly payloads: readonly Buffer[]; readonly length: number } {
  const payloads: Buffer[] = [];
  let length = 0;
  for (let payload = frameAt(bytes, 0); payload !== null; payload = frameAt(bytes, length)) {
    const from = length + FRAME_OVERHEAD;
    length = from + payload;
    payloads.push(bytes.subarray(from, length));
  }
  return { payloads, length };
}

/**
 * Bytes that are checksummed in search of a frame. A torn end takes far less; bytes that look like the start of a frame everywhere, as an
 * attacker could write them, would take hours.
 */
const MOST_CHECKSUMMED = 2 ** 32;

/** Returns true if an undamaged frame starts, or may start, behind the first byte: then the damage is more than a torn end. */
export function holdsFrame(bytes: Buffer, most = MOST_CHECKSUMMED): boolean {
  let summed = 0;
  for (let at = 1; at + FRAME_OVERHEAD < bytes.length; at++) {
    const length = bytes.readUInt32LE(at);
    if (length === 0 || length > LARGEST_PAYLOAD || at + FRAME_OVERHEAD + length > bytes.length) continue;
    if (frameAt(bytes, at) !== null) return true;
    summed += length;
    if (summed > most) return true;
  }
  return false;
}

function checksum(frame: Buffer): number {
  return crc32(frame.subarray(FRAME_OVERHEAD), crc32(frame.subarray(0, 4)));
}
