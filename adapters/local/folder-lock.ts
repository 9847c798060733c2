import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { link, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { SmoothcertError } from '../../shared/errors.js';
import { storageError } from '../../shared/files.js';
import { statOf } from './process-stat.js';

interface Owner {
  readonly pid: number;
  /** Start of that process as the kernel states it; distinguishes it from a later process with the same id. */
  readonly started: string;
  readonly host: string;
  /** Namespace of process ids: containers may share a host name and not see each other's processes. */
  readonly namespace: string;
}

/** Tries to take a lock. Each that fails means that another process was faster, or that a dead owner's lock cannot be removed. */
const MOST_TRIES = 100;
/** Claims on claims: a further one is needed only where a process was killed while it held the one before. */
const DEEPEST_CLAIM = 4;

/**
 * Lets one process at a time use a folder. The lock of a process of this host that is gone is taken over silently; that of
 * a living process, or of another host, is refused.
 */
export class FolderLock {
  private constructor(
    private readonly file: string,
    private readonly own: string,
  ) {}

  /** Takes the lock of a folder. @throws SmoothcertError FOLDER_LOCKED or FOLDER_UNUSABLE */
  static async acquire(folder: string): Promise<FolderLock> {
    const file = path.join(folder, 'lock');
    const owner: Owner = {
      pid: process.pid,
      started: await startOf(process.pid),
      host: hostname(),
      namespace: await namespace(),
    };
    const own = JSON.stringify(owner);
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      if (await take(file, own, 0, (text, of) => refuseIfAlive(text, of, folder)))
        return new FolderLock(file, own);
    }
    const remedy = `If nothing is running in it, delete ${file} and ${claimOf(file)}.`;
    throw locked(`The lock ${file} cannot be taken over.`, remedy);
  }

  /** Returns true if a process holds the lock of a folder, or may hold it. Changes nothing. */
  static async isHeld(folder: string): Promise<boolean> {
    const file = path.join(folder, 'lock');
    const text = await readFile(file, 'utf8').catch(nullIfGone);
    if (text === null) return false;
    return refuseIfAlive(text, file, folder).then(
      () => false,
      () => true,
    );
  }

  /** Removes the lock if it is still this process's own. Synchronous, so that a signal handler can call it. */
  release(): void {
    try {
      if (readFileSync(this.file, 'utf8') === this.own) rmSync(this.file);
    } catch {
      // Gone already, or not readable: not this process's to remove.
    }
  }
}

/** Creates a file with its whole content in one step; returns false if it exists. */
async function createWhole(file: string, content: string): Promise<boolean> {
  const temporary = `${file}.${randomBytes(8).toString('hex')}`;
  try {
    await writeFile(temporary, content);
    await link(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw storageError(error, file);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Returns null if the lock was released meanwhile. A file that cannot be read counts as unreadable (''), never as gone. */
function nullIfGone(error: unknown): string | null {
  return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : '';
}

async function refuseIfAlive(text: string, file: string, folder: string): Promise<void> {
  const owner = parseOwner(text);
  if (owner === null) {
    throw locked(`The lock ${file} cannot be read.`, `If nothing is running in it, delete ${file}.`);
  }
  const elsewhere = owner.namespace !== (await namespace());
  if (owner.host !== hostname() || elsewhere) {
    throw locked(
      `${folder} is in use by process ${owner.pid} on host ${owner.host}${elsewhere ? ', in another container' : ''}.`,
      `Wait for it to end; if it is gone, delete ${file}.`,
    );
  }
  if ((await startOf(owner.pid)) === owner.started) {
    throw locked(
      `${folder} is in use by process ${owner.pid}.`,
      'Wait for it to end, or certify into another folder.',
    );
  }
}

const claimOf = (file: string): string => `${file}.claim`;

/**
 * Creates the lock file, or replaces one whose owner is dead; returns false if another process was faster. A process may replace a
 * dead owner's lock only while it holds the claim on it (a lock of its own, which may be a dead owner's, too) and only if that same lock
 * is still there, so that it never replaces a living one. The claim then becomes the lock in one step.
 */
async function take(
  file: string,
  own: string,
  depth: number,
  refuse: (text: string, file: string) => Promise<void>,
): Promise<boolean> {
  if (await createWhole(file, own)) return true;
  const seen = await readFile(file, 'utf8').catch(nullIfGone);
  if (seen === null) return false;
  await refuse(seen, file);
  const claim = claimOf(file);
  if (depth === DEEPEST_CLAIM || !(await take(claim, own, depth + 1, refuse))) return false;
  try {
    if ((await readFile(file, 'utf8').catch(nullIfGone)) === seen) {
      await rename(claim, file);
      return true;
    }
  } catch (error) {
    await rm(claim, { force: true });
    throw storageError(error, file);
  }
  await rm(claim, { force: true });
  return false;
}

function parseOwner(text: string): Owner | null {
  try {
    const { pid, started, host, namespace } = JSON.parse(text) as Partial<Owner>;
    const texts = [started, host, namespace].every((part) => typeof part === 'string');
    if (typeof pid === 'number' && texts) return { pid, started, host, namespace } as Owner;
  } catch {
    // Not JSON: reported as unreadable by the caller.
  }
  return null;
}

/** Returns the namespace of process ids as Linux names it; empty on other systems. */
const namespace = (): Promise<string> => readlink('/proc/self/ns/pid').catch(() => '');

/**
 * Returns when a process started: on Linux the boot's id and the clock ticks since boot, on other systems only 'alive';
 * 'gone' if it does not live any more (a zombie does not).
 */
async function startOf(pid: number): Promise<string> {
  const fields = await statOf(pid);
  if (fields !== null) {
    if (fields[0] === 'Z' || fields[0] === 'X') return 'gone';
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    return `${boot.trim()}:${fields[19] ?? ''}`;
  }
  if (process.platform === 'linux') return 'gone';
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'alive' : 'gone';
  }
}

function locked(message: string, remedy: string): SmoothcertError {
  return new SmoothcertError('FOLDER_LOCKED', message, remedy);
}
