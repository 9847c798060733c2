import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { DataDigest } from '../shared/dataset/data-digest.js';
import { storageError } from '../shared/files.js';

const WRITE_BYTES = 2 ** 20;

/**
 * Writes a canonical data set and returns its data digest (hex). It is written beside `into` and renamed at the end, so that after
 * a failure `into` is as it was. @throws DISK_FULL, FOLDER_UNUSABLE, and the errors of `pieces`
 */
export async function writeCanonical(into: string, pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const partial = `${into}.partial`;
  const handle = await open(partial, 'w').catch((cause: unknown) => {
    throw storageError(cause, into);
  });
  try {
    const digest = await writeAll(handle, into, pieces);
    await rename(partial, into).catch((cause: unknown) => {
      throw storageError(cause, into);
    });
    return digest;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function writeAll(
  handle: FileHandle,
  into: string,
  pieces: AsyncIterable<Uint8Array>,
): Promise<string> {
  const digest = new DataDigest();
  try {
    for await (const piece of gathered(pieces)) {
      digest.update(piece);
      await handle.appendFile(piece).catch((cause: unknown) => {
        throw storageError(cause, into);
      });
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return digest.finish().digest;
}

/** Yields the same bytes in pieces of at least 1 MiB, so that writes are few. */
async function* gathered(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let gatheredPieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    gatheredPieces.push(piece);
    bytes += piece.length;
    if (bytes < WRITE_BYTES) continue;
    yield Buffer.concat(gatheredPieces);
    gatheredPieces = [];
    bytes = 0;
  }
  yield Buffer.concat(gatheredPieces);
}
