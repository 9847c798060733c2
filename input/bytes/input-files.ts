import { open, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { SmoothcertError } from '../../shared/errors.js';
import type { ByteSource } from './byte-stream.js';

/** Bytes of one read: few enough to read little in vain, enough to lose no time. */
const PIECE_BYTES = 2 ** 18;

/** Reads a file's bytes in pieces; skipped bytes are not read. @throws DATA_UNREADABLE */
export function fileBytes(path: string): ByteSource {
  let position = 0;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const handle = await open(path, 'r').catch((cause: unknown) => {
      throw cannotRead(path, cause);
    });
    try {
      for (;;) {
        const piece = new Uint8Array(PIECE_BYTES);
        const { bytesRead } = await handle.read(piece, 0, PIECE_BYTES, position).catch((cause: unknown) => {
          throw cannotRead(path, cause);
        });
        if (bytesRead === 0) return;
        position += bytesRead;
        yield piece.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }
  const skip = (bytes: number) => {
    position += bytes;
  };
  return { [Symbol.asyncIterator]: pieces, skip };
}

/** Reads the first `most` bytes of a file, or as many as it has. @throws DATA_UNREADABLE */
export async function firstBytes(path: string, most: number): Promise<Buffer> {
  try {
    const handle = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(most), 0, most, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw cannotRead(path, cause);
  }
}

/** Returns the status of a file or directory, following symbolic links. @throws DATA_UNREADABLE for anything else, or nothing */
export async function statOf(path: string): Promise<Stats> {
  const stats = await stat(path).catch((cause: unknown) => {
    throw cannotRead(path, cause);
  });
  if (stats.isFile() || stats.isDirectory()) return stats;
  throw new SmoothcertError(
    'DATA_UNREADABLE',
    `${path} is not a regular file.`,
    'Give a file or a folder; what comes out of a pipe must be saved first.',
  );
}

/** Returns the size of a regular file. @throws DATA_UNREADABLE for anything else */
export async function sizeOf(path: string): Promise<number> {
  const stats = await statOf(path);
  if (stats.isFile()) return stats.size;
  throw new SmoothcertError('DATA_UNREADABLE', `${path} is a directory.`, 'Give one file.');
}

/** Returns the error for a file that cannot be read. */
export function cannotRead(path: string, cause: unknown): SmoothcertError {
  const missing = errorCode(cause) === 'ENOENT';
  return new SmoothcertError(
    'DATA_UNREADABLE',
    missing ? `There is no file ${path}.` : `${path} cannot be read (${errorCode(cause)}).`,
    missing ? 'Check the path.' : 'Check that it exists and that you may read it.',
    { cause },
  );
}

/** Returns the system's code of an error, such as ENOENT. */
function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

/** Compares names by code points: the same order on every system, whatever the locale. */
export function byCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
