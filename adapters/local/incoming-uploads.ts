import { randomUUID } from 'node:crypto';
import type { StatsFs } from 'node:fs';
import { readdir, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { SmoothcertError } from '../../shared/errors.js';
import { SerialQueue } from './serial-queue.js';

/** Limits of a store's uploads that are under way or were interrupted. */
export interface IncomingLimits {
  /** Interrupted uploads that are kept for another try: how many, of how many bytes together, for how long. */
  readonly keptFiles: number;
  readonly keptBytes: number;
  readonly keptMs: number;
  /** A file of another process counts as abandoned once it has not grown for so long. */
  readonly abandonedMs: number;
  /** Space left free for ledgers, jobs and results: so many bytes, or on a small disk this share of it. */
  readonly reserveBytes: number;
  readonly reserveShare: number;
}

const HOUR_MS = 3_600_000;

export const INCOMING_LIMITS: IncomingLimits = {
  keptFiles: 64,
  keptBytes: 64 * 2 ** 30,
  keptMs: 24 * HOUR_MS,
  abandonedMs: HOUR_MS,
  reserveBytes: 256 * 2 ** 20,
  reserveShare: 0.05,
};

/** Name of an interrupted upload: its digest. A longer name is that of an upload that a process is, or was, writing. */
const KEPT = /^[0-9a-f]{64}$/;

/** A file in the folder `incoming/`. */
interface IncomingFile {
  readonly file: string;
  readonly kept: boolean;
  readonly bytes: number;
  readonly changedMs: number;
}

/** All blocks of a disk, those that may be written, and the bytes of one block. */
export type Disk = Pick<StatsFs, 'blocks' | 'bavail' | 'bsize'>;

/** One upload: a file on the disk that nothing else writes. */
export class Upload {
  /** Bytes that are still to come. */
  dueBytes: number;

  constructor(
    readonly file: string,
    bytes: number,
  ) {
    this.dueBytes = bytes;
  }

  /** Counts bytes that were written to the file. */
  wrote(bytes: number): void {
    this.dueBytes -= bytes;
  }
}

/**
 * The folder `incoming/` of a store. An upload begins only if the disk has space for all of it, beyond what uploads under way will still
 * take and the reserve for everything else. Interrupted uploads are kept for another try, within limits, and are removed first where
 * space is needed.
 */
export class IncomingUploads {
  private readonly open = new Set<Upload>();
  /** Space is reserved for one upload at a time. */
  private readonly operations = new SerialQueue();

  constructor(
    private readonly folder: string,
    private readonly limits: IncomingLimits = INCOMING_LIMITS,
    private readonly now: () => number = Date.now,
    private readonly disk: (folder: string) => Promise<Disk> = statfs,
  ) {}

  /** Path at which an interrupted upload of this digest is kept. */
  keptFile(digest: string): string {
    return path.join(this.folder, digest);
  }

  /** Begins an upload, making space for it. @param bytes that are still to come. @throws SmoothcertError DISK_FULL */
  begin(digest: string, bytes: number): Promise<Upload> {
    return this.operations.run(async () => {
      await this.sweep(this.keptFile(digest));
      await this.makeSpace(bytes, this.keptFile(digest));
      const upload = new Upload(`${this.keptFile(digest)}.${randomUUID()}`, bytes);
      this.open.add(upload);
      return upload;
    });
  }

  end(upload: Upload): void {
    this.open.delete(upload);
  }

  /** Makes space for so many bytes beyond the uploads. @throws SmoothcertError DISK_FULL if there is not enough */
  requireRoom(bytes: number): Promise<void> {
    return this.operations.run(async () => {
      await this.sweep(null);
      await this.makeSpace(bytes, null);
    });
  }

  /** Removes files that exceed the limits, the oldest first. */
  private async sweep(except: string | null): Promise<void> {
    const { keptFiles, keptBytes, keptMs, abandonedMs } = this.limits;
    let [files, bytes] = [0, 0];
    for (const one of (await this.found(except)).reverse()) {
      const age = this.now() - one.changedMs;
      const over = one.kept
        ? age > keptMs || files + 1 > keptFiles || bytes + one.bytes > keptBytes
        : age > abandonedMs;
      if (over) await rm(one.file, { force: true });
      else if (one.kept) [files, bytes] = [files + 1, bytes + one.bytes];
    }
  }

  private async makeSpace(bytes: number, except: string | null): Promise<void> {
    let free = await this.freeBytes();
    if (bytes <= free) return;
    for (const { file, kept } of await this.found(except)) {
      if (!kept) continue;
      await rm(file, { force: true });
      free = await this.freeBytes();
      if (bytes <= free) return;
    }
    throw full(this.folder, bytes, Math.max(0, free));
  }

  /** Bytes that may be reserved for an upload; negative where the reserve for everything else is touched. */
  private async freeBytes(): Promise<number> {
    const { bavail, blocks, bsize } = await this.disk(this.folder);
    const { reserveBytes, reserveShare } = this.limits;
    const reserve = Math.min(reserveBytes, reserveShare * blocks * bsize);
    const reserved = [...this.open].reduce((sum, { dueBytes }) => sum + dueBytes, 0);
    return Math.floor(bavail * bsize - reserve - reserved);
  }

  /** Files that no upload of this process is writing, the oldest first. */
  private async found(except: string | null): Promise<IncomingFile[]> {
    const mine = new Set([...this.open].map(({ file }) => file));
    const files = (await readdir(this.folder)).map((name) => path.join(this.folder, name));
    const found: IncomingFile[] = [];
    for (const file of files) {
      if (file === except || mine.has(file)) continue;
      const at = await stat(file).catch(() => null);
      if (!at?.isFile()) continue;
      found.push({ file, kept: KEPT.test(path.basename(file)), bytes: at.size, changedMs: at.mtimeMs });
    }
    return found.sort((a, b) => a.changedMs - b.changedMs);
  }
}

function full(folder: string, bytes: number, free: number): SmoothcertError {
  return new SmoothcertError(
    'DISK_FULL',
    `The store has no room for ${bytes} bytes more: the disk of ${folder} has ${free} to give.`,
    'Free some space on the disk of the store, or give it a larger one, and try again.',
  );
}
