import { randomUUID } from 'node:crypto';
import type { StatsFs } from 'node:fs';
import { readdir, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { SmoothcertError } from '../../shared/errors.js';

/** What bounds the uploads that are under way, or broke off, in a store. */
export interface IncomingLimits {
  /** Uploads that broke off and are kept for another try: so many, of so many bytes together, for so long. */
  readonly keptFiles: number;
  readonly keptBytes: number;
  readonly keptMs: number;
  /** What another process left there, which nobody can go on with, once it has not grown for so long. */
  readonly abandonedMs: number;
  /** Left free for ledgers, jobs and results: so many bytes, or on a small disk this share of it. */
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

/** A digest: an upload that broke off. With more behind it: one that a process has, or had, in hand. */
const KEPT = /^[0-9a-f]{64}$/;

interface Found {
  readonly file: string;
  readonly kept: boolean;
  readonly bytes: number;
  readonly changedMs: number;
}

/** Blocks in all, and those that may be written; and the bytes of one. */
export type Disk = Pick<StatsFs, 'blocks' | 'bavail' | 'bsize'>;

/** The bytes of one upload on the disk, in a file that nobody else writes. */
export class Upload {
  /** Bytes that it still will take. */
  due: number;

  constructor(
    readonly file: string,
    bytes: number,
  ) {
    this.due = bytes;
  }

  wrote(bytes: number): void {
    this.due -= bytes;
  }
}

/**
 * The folder `incoming/` of a store. An upload begins only if the disk has room for all of it, beside what those under way still will
 * take and what everything else needs. What broke off is kept for another try, within limits, and goes first where room is wanted.
 */
export class IncomingUploads {
  private readonly open = new Set<Upload>();
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly folder: string,
    private readonly limits: IncomingLimits = INCOMING_LIMITS,
    private readonly now: () => number = Date.now,
    private readonly disk: (folder: string) => Promise<Disk> = statfs,
  ) {}

  /** Where an upload of this digest is kept that broke off. */
  keptFile(digest: string): string {
    return path.join(this.folder, digest);
  }

  /** @param bytes that it will take beside those that are here. @throws SmoothcertError DISK_FULL */
  begin(digest: string, bytes: number): Promise<Upload> {
    return this.inTurn(async () => {
      await this.sweep(this.keptFile(digest));
      await this.makeRoom(bytes, this.keptFile(digest));
      const upload = new Upload(`${this.keptFile(digest)}.${randomUUID()}`, bytes);
      this.open.add(upload);
      return upload;
    });
  }

  end(upload: Upload): void {
    this.open.delete(upload);
  }

  /** @throws SmoothcertError DISK_FULL unless so many bytes more may be written beside the uploads */
  requireRoom(bytes: number): Promise<void> {
    return this.inTurn(async () => {
      await this.sweep(null);
      await this.makeRoom(bytes, null);
    });
  }

  /** Removes what is over the limits, the oldest first. */
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

  private async makeRoom(bytes: number, except: string | null): Promise<void> {
    let room = await this.room();
    if (bytes <= room) return;
    for (const { file, kept } of await this.found(except)) {
      if (!kept) continue;
      await rm(file, { force: true });
      room = await this.room();
      if (bytes <= room) return;
    }
    throw full(this.folder, bytes, Math.max(0, room));
  }

  /** Bytes that may be promised to somebody: below zero where the reserve is touched. */
  private async room(): Promise<number> {
    const { bavail, blocks, bsize } = await this.disk(this.folder);
    const { reserveBytes, reserveShare } = this.limits;
    const reserve = Math.min(reserveBytes, reserveShare * blocks * bsize);
    const promised = [...this.open].reduce((sum, { due }) => sum + due, 0);
    return Math.floor(bavail * bsize - reserve - promised);
  }

  /** Files that no upload of this process has in hand, the oldest first. */
  private async found(except: string | null): Promise<Found[]> {
    const mine = new Set([...this.open].map(({ file }) => file));
    const files = (await readdir(this.folder)).map((name) => path.join(this.folder, name));
    const found: Found[] = [];
    for (const file of files) {
      if (file === except || mine.has(file)) continue;
      const at = await stat(file).catch(() => null);
      if (!at?.isFile()) continue;
      found.push({ file, kept: KEPT.test(path.basename(file)), bytes: at.size, changedMs: at.mtimeMs });
    }
    return found.sort((a, b) => a.changedMs - b.changedMs);
  }

  /** One at a time: room is promised once. */
  private inTurn<T>(action: () => Promise<T>): Promise<T> {
    const done = this.tail.then(action);
    this.tail = done.catch(() => undefined);
    return done;
  }
}

function full(folder: string, bytes: number, room: number): SmoothcertError {
  return new SmoothcertError(
    'DISK_FULL',
    `The store has no room for ${bytes} bytes more: the disk of ${folder} has ${room} to give.`,
    'Free some space on the disk of the store, or give it a larger one, and try again.',
  );
}
