import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SmoothcertError } from '../../shared/errors.js';
import { fileBytes } from './input-files.js';

export const GZIP_MAGIC = '\x1f\x8b';

/** Deflate needs at least 2 bits for 258 bytes; `FRAME_BYTES` is for the frame around it. */
const MOST_A_BYTE = 1032;
const FRAME_BYTES = 1024;

/** Returns how many bytes so many deflated ones can expand to at most: a header that promises more is false. */
export function mostInflated(deflatedBytes: number): number {
  return MOST_A_BYTE * deflatedBytes + FRAME_BYTES;
}

/** Yields the decompressed bytes of a gzip file in pieces. @throws DATA_FORMAT if it is damaged */
export async function* gunzipped(path: string): AsyncGenerator<Uint8Array> {
  const inflated = pipeline(Readable.from(fileBytes(path)), createGunzip(), () => undefined);
  try {
    for await (const piece of inflated) yield piece as Uint8Array;
  } catch (cause) {
    if (cause instanceof SmoothcertError) throw cause;
    throw new SmoothcertError(
      'DATA_FORMAT',
      `${path} is damaged or cut short.`,
      'Copy it again, or decompress it with gunzip.',
      { cause },
    );
  }
}
