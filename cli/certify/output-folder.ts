import { existsSync, rmSync, rmdirSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { storageError } from '../../shared/files.js';
import { FolderLock } from '../../adapters/local/folder-lock.js';
import { refusePilotFolder } from './pilot-folder.js';

/**
 * The folder of one job, held by one process. Left as it was found, not even created, unless the job begins.
 */
export class OutputFolder {
  /** Set once job.json is written: from then on the folder stays. */
  begun = false;

  private constructor(
    readonly path: string,
    private readonly created: string | undefined,
    private readonly lock: FolderLock,
  ) {}

  /**
   * Creates the folder if need be and locks it.
   *
   * @param pilot it is to hold a pilot, or does. @throws FOLDER_LOCKED, FOLDER_UNUSABLE; PILOT_FOLDER if it holds one and is not to
   */
  static async open(folder: string, pilot?: true): Promise<OutputFolder> {
    if (pilot === undefined) refusePilotFolder(folder);
    const created = await makeFolder(folder).catch((error: unknown) => {
      throw storageError(error, folder);
    });
    try {
      return new OutputFolder(folder, created, await FolderLock.acquire(folder));
    } catch (error) {
      removeEmpty(folder, created);
      throw error;
    }
  }

  /** True if it is the folder of a job already. */
  get holdsJob(): boolean {
    return existsSync(this.file('job.json'));
  }

  file(name: string): string {
    return path.join(this.path, name);
  }

  /** The canonical data set, there only while the job runs. */
  get dataFile(): string {
    return this.file('data.canonical');
  }

  /** Removes what belongs to the running process alone. Synchronous, so that a signal handler can end with it. */
  close(): void {
    rmSync(this.dataFile, { force: true });
    this.lock.release();
    if (!this.begun) removeEmpty(this.path, this.created);
  }
}

/**
 * Creates a folder and those above it that are missing; the topmost one created. Not mkdir's own `recursive`,
 * which never returns in a folder that takes no entries (/proc).
 */
async function makeFolder(folder: string): Promise<string | undefined> {
  const missing: string[] = [];
  for (let at = path.resolve(folder); !(await exists(at)); at = path.dirname(at)) missing.unshift(at);
  for (const at of missing) await mkdir(at);
  return missing[0];
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    (error: unknown) => (error as NodeJS.ErrnoException).code !== 'ENOENT',
  );

/** Removes the folders that were created, from `folder` up to `topmost`, as far as they are empty. */
function removeEmpty(folder: string, topmost: string | undefined): void {
  if (topmost === undefined) return;
  try {
    for (let at = path.resolve(folder); at.startsWith(path.resolve(topmost)); at = path.dirname(at))
      rmdirSync(at);
  } catch {
    // Somebody else put something there: it stays.
  }
}
