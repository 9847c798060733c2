import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, open, rename, rm, type FileHandle } from 'node:fs/promises';
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
 * Opens a temporary file for writing that nothing else is: what lies at its name, left over from a crash or put there by somebody, is removed, never
 * written to and never followed.
 */
export async function openFresh(temporary: string): Promise<FileHandle> {
  await rm(temporary, { force: true });
  // "x" is O_EXCL, which follows no link.
  return open(temporary, 'wx');
}

/**
 * Writes a file so that a reader sees either the whole old content or the whole new one: under a temporary name,
 * fsync, rename, fsync of the folder. Of two processes that write the same file at once, one is refused.
 * @param errorOf words an error of the file system. @throws SmoothcertError DISK_FULL or FOLDER_UNUSABLE
 */
export async function writeAtomically(
  file: string,
  content: Uint8Array | Iterable<string> | string,
  errorOf = storageError,
): Promise<void> {
  const temporary = `${file}.tmp`;
  let handle: FileHandle | undefined;
  try {
    handle = await openFresh(temporary);
    const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
    for (const piece of pieces) await handle.appendFile(piece);
    await handle.sync();
    await requireOwn(handle, temporary);
    await rename(temporary, file);
    await syncFolder(path.dirname(file));
  } catch (error) {
    // With a name that another process has taken since, what lies there is its own.
    if (handle && (await isOwn(handle, temporary)))
      await rm(temporary, { force: true }).catch(() => undefined);
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw errorOf(error, file);
  } finally {
    await handle?.close();
  }
}

/** Returns true if a name is still that of an open file. */
async function isOwn(handle: FileHandle, name: string): Promise<boolean> {
  const [own, there] = await Promise.all([handle.stat(), lstat(name).catch(() => null)]);
  return there !== null && own.ino === there.ino && own.dev === there.dev;
}

async function requireOwn(handle: FileHandle, name: string): Promise<void> {
  if (await isOwn(handle, name)) return;
  throw Object.assign(new Error('Another process writes the same file.'), { code: 'EBUSY' });
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
