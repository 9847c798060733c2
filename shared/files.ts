import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { SmoothcertError } from './errors.js';

/** Returns true for an error of the file system that says that a disk, or a quota of it, is full. */
export function isDiskFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** Words an error of the file system that was met while writing `file`: DISK_FULL, or FOLDER_UNUSABLE. SmoothcertErrors are returned as they are. */
export function storageError(error: unknown, file: string): SmoothcertError {
  if (error instanceof SmoothcertError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  if (isDiskFull(error)) {
    return new SmoothcertError(
      'DISK_FULL',
      `There is no space left to write ${file}.`,
      'Free some space and run the same command again: it resumes.',
      { cause: error },
    );
  }
  return new SmoothcertError(
    'FOLDER_UNUSABLE',
    `${file} cannot be written (${code}).`,
    'Give --out a folder that you may write to.',
    { cause: error },
  );
}

/** The same for a store of a server or worker: whoever reads it has no command to run again, and a server that runs tries by itself. */
export function storeError(error: unknown, file: string): SmoothcertError {
  const { code, message, cause } = storageError(error, file);
  if (error instanceof SmoothcertError) return error;
  const remedy =
    code === 'DISK_FULL'
      ? 'Free some space there, or give it a larger disk.'
      : 'Let the user that the server runs as read and write there, or give it another folder.';
  return new SmoothcertError(code, message, remedy, { cause });
}

/**
 * Writes a file so that a reader sees either the whole old content or the whole new one: under a temporary name,
 * fsync, rename, fsync of the folder.
 * @param errorOf words an error of the file system. @throws SmoothcertError DISK_FULL or FOLDER_UNUSABLE
 */
export async function writeAtomically(
  file: string,
  content: Uint8Array | Iterable<string> | string,
  errorOf = storageError,
): Promise<void> {
  const temporary = `${file}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
      for (const piece of pieces) await handle.appendFile(piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncFolder(path.dirname(file));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw errorOf(error, file);
  }
}

/** Makes a rename survive a power failure; where folders cannot be synced (Windows), the rename alone must do. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  if (!handle) return;
  await handle.sync().catch(() => undefined);
  await handle.close();
}

/** Returns the sha256 (hex) of a file's bytes on disk. Memory does not grow with the file. */
export async function digestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
    hash.update(piece);
  }
  return hash.digest('hex');
}
