import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { SmoothcertError } from '../../shared/errors.js';
import { SAFE_JOB_ID } from '../../shared/job-id-pattern.js';
import type { JobEntry, JobStore, Stored } from '../../shared/ports/job-store.js';
import { decodeEntry, encodeEntry } from '../../api/wire/entry.js';
import { SerialQueue } from './serial-queue.js';
import { storeError, writeAtomically } from '../../shared/files.js';
import { FRAME_OVERHEAD, encodeFrame, frameAt } from './ledger-frames.js';

const SUFFIX = '.job';

/**
 * The jobs of one process in a folder, one file for each, written atomically. The caller holds the folder's lock, so that one process alone
 * writes there and versions need not outlive it.
 */
export class JobFolder implements JobStore {
  private readonly versions = new Map<string, number>();
  private lastVersion = 0;
  /** Nothing may come between the check of a version and the write. */
  private readonly operations = new SerialQueue();

  private constructor(
    private readonly folder: string,
    private readonly onDamaged: (file: string, error: SmoothcertError) => void,
  ) {}

  /**
   * Opens the folder; creates it if it is not there.
   * @param onDamaged called for each file that `list` leaves out because it cannot be read
   * @throws SmoothcertError FOLDER_UNUSABLE
   */
  static async open(
    folder: string,
    onDamaged: (file: string, error: SmoothcertError) => void,
  ): Promise<JobFolder> {
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw storeError(error, folder);
    });
    return new JobFolder(folder, onDamaged);
  }

  create(entry: JobEntry): Promise<'created' | 'exists'> {
    return this.operations.run(async () => {
      if ((await this.bytesOf(entry.id)) !== null) return 'exists';
      await this.write(entry);
      return 'created';
    });
  }

  /** @throws SmoothcertError JOB_FILE_DAMAGED, PROTOCOL_MISMATCH, FOLDER_UNUSABLE */
  get(id: string): Promise<Stored | null> {
    return this.operations.run(() => this.read(id));
  }

  replace(entry: JobEntry, version: number): Promise<'replaced' | 'changed'> {
    return this.operations.run(async () => {
      if (this.versions.get(entry.id) !== version) return 'changed';
      await this.write(entry);
      return 'replaced';
    });
  }

  list(): Promise<Stored[]> {
    return this.operations.run(async () => {
      const found: Stored[] = [];
      for (const name of await this.names()) {
        const stored = await this.read(name).catch((error: unknown) => {
          if (!(error instanceof SmoothcertError)) throw error;
          this.onDamaged(this.fileOf(name), error);
          return null;
        });
        if (stored) found.push(stored);
      }
      return found.sort((a, b) => b.entry.createMs - a.entry.createMs);
    });
  }

  remove(id: string): Promise<void> {
    return this.operations.run(async () => {
      if (!SAFE_JOB_ID.test(id)) return;
      this.versions.delete(id);
      await rm(this.fileOf(id), { force: true }).catch((error: unknown) => {
        throw storeError(error, this.fileOf(id));
      });
    });
  }

  async close(): Promise<void> {
    await this.operations.idle();
  }

  private async names(): Promise<string[]> {
    const found = await readdir(this.folder).catch((error: unknown) => {
      throw storeError(error, this.folder);
    });
    return found.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length));
  }

  private async read(id: string): Promise<Stored | null> {
    const bytes = await this.bytesOf(id);
    if (bytes === null) return null;
    const entry = decode(bytes, this.fileOf(id));
    const version = this.versions.get(id) ?? this.nextVersion(id);
    return { entry, version };
  }

  private async bytesOf(id: string): Promise<Buffer | null> {
    if (!SAFE_JOB_ID.test(id)) return null;
    return readFile(this.fileOf(id)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw storeError(error, this.fileOf(id));
    });
  }

  private async write(entry: JobEntry): Promise<void> {
    await writeAtomically(this.fileOf(entry.id), encodeFrame(encodeEntry(entry)), storeError);
    this.nextVersion(entry.id);
  }

  private nextVersion(id: string): number {
    this.lastVersion += 1;
    this.versions.set(id, this.lastVersion);
    return this.lastVersion;
  }

  private fileOf(id: string): string {
    return path.join(this.folder, id + SUFFIX);
  }
}

/** Decodes an entry once its checksum is right: a flipped bit could otherwise change a number of the job. */
function decode(bytes: Buffer, file: string): JobEntry {
  const length = frameAt(bytes, 0);
  if (length !== null && length + FRAME_OVERHEAD === bytes.length) {
    return decodeEntry(bytes.subarray(FRAME_OVERHEAD));
  }
  throw new SmoothcertError(
    'JOB_FILE_DAMAGED',
    `${file} is not a job that smoothcert wrote, or it was changed.`,
    'Restore it from a copy, or delete it: that job is then forgotten.',
  );
}
