import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { DataDigest } from '../shared/dataset/data-digest.js';
import { storageError } from '../shared/files.js';

const WRITE_BYTES = 2 ** 20;

/**
 * Writes a canonical data set and resolves with its data digest (hex). Written beside `into` and renamed at the end,
 * so that a failure leaves neither a part nor a ruined older file. DISK_FULL, FOLDER_UNUSABLE, and what `pieces` throws.
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

/** The same bytes in pieces that are worth a write each. */
async function* gathered(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    held.push(piece);
    bytes += piece.length;
    if (bytes < WRITE_BYTES) continue;
    yield Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  yield Buffer.concat(held);
}
