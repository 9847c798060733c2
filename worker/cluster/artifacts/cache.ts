import { lstat, mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { storeError } from '../../../shared/files.js';
import type { ModelReference } from '../../../shared/job-spec.js';
import { fetchModel } from './model-folder.js';
import { NO_METRICS, type Metrics } from '../../../shared/telemetry/metrics.js';
import { metered, type ArtifactSource } from './source.js';
import { SparseDataSet } from './sparse-data-set.js';

/** A value that the cache keeps for a job until it is released. */
export interface Held<T> {
  readonly value: T;
  release(): Promise<void>;
}

interface Entry {
  readonly folder: string;
  bytes: number;
  holders: number;
  usedAt: number;
  /** The value, open or being fetched; all holders share it. */
  opened: Promise<unknown> | null;
  /** Resolves when its files are removed, which has begun; opening it again waits for that. */
  removing: Promise<void> | null;
}

/**
 * Models and data sets on a worker's disk, by digest, at most `limitBytes` of those that no job holds; the ones used longest ago are
 * removed first. Files of an earlier process are verified before they are used, so that a damaged one only costs a fetch.
 */
export class ArtifactCache {
  private readonly entries = new Map<string, Entry>();
  private clock = 0;

  private constructor(
    private readonly folder: string,
    private readonly limitBytes: number,
    private readonly source: ArtifactSource,
    private readonly metrics: Metrics<'worker'>,
  ) {}

  /** Opens the cache of a folder, and creates the folder if need be. @throws FOLDER_UNUSABLE, DISK_FULL */
  static async open(
    folder: string,
    limitBytes: number,
    source: ArtifactSource,
    metrics: Metrics<'worker'> = NO_METRICS,
  ): Promise<ArtifactCache> {
    const cache = new ArtifactCache(folder, limitBytes, source, metrics);
    try {
      for (const kind of ['models', 'data']) {
        await mkdir(path.join(folder, kind), { recursive: true });
        for (const name of await readdir(path.join(folder, kind))) await cache.remember(kind, name);
      }
    } catch (error) {
      throw storeError(error, folder);
    }
    metrics.set('smoothcert_cache_limit_bytes', limitBytes);
    metrics.onScrape(() => metrics.set('smoothcert_cache_bytes', cache.bytes));
    return cache;
  }

  /** Bytes on disk that the cache knows of. */
  get bytes(): number {
    return [...this.entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Returns the path of a model file, its weights beside it. @throws MODEL_DIGEST_MISMATCH, DISK_FULL, and what the source throws */
  model(reference: ModelReference): Promise<Held<string>> {
    return this.hold('models', reference.digest, async (entry, source) => {
      const { file, bytes } = await fetchModel(entry.folder, reference, source);
      entry.bytes = bytes;
      return file;
    });
  }

  /** Returns a data set, its chunks fetched when wanted. @throws DATA_DIGEST_MISMATCH, DISK_FULL, and what the source throws */
  dataSet(digest: string): Promise<Held<SparseDataSet>> {
    return this.hold(
      'data',
      digest,
      (entry, source) => {
        entry.bytes = 0;
        return SparseDataSet.open(path.join(entry.folder, 'data'), digest, source, (bytes) => {
          entry.bytes += bytes;
        });
      },
      (data) => data.close(),
    );
  }

  private async hold<T>(
    kind: string,
    digest: string,
    open: Open<T>,
    close: (value: T) => Promise<void> = () => Promise.resolve(),
  ): Promise<Held<T>> {
    const entry = this.entryOf(kind, digest);
    entry.holders += 1;
    entry.usedAt = ++this.clock;
    let released = false;
    const release = async () => {
      if (released) return;
      released = true;
      entry.holders -= 1;
      if (entry.holders === 0) {
        const opened = entry.opened as Promise<T> | null;
        entry.opened = null;
        await opened?.then(close, () => undefined);
      }
      await this.makeRoom();
    };
    try {
      const fetched = { bytes: 0 };
      entry.opened ??= this.begin(entry, open, fetched);
      const value = await (entry.opened as Promise<T>);
      const result = fetched.bytes > 0 ? 'miss' : 'hit';
      this.metrics.add('smoothcert_cache_requests_total', 1, { result });
      await this.makeRoom();
      return { value, release };
    } catch (error) {
      entry.opened = null;
      await release();
      const ofStorage = (error as NodeJS.ErrnoException).syscall !== undefined;
      throw ofStorage ? storeError(error, this.folder) : error;
    }
  }

  /** Opens an entry once its folder is ready. @param fetched receives the number of bytes that come from the source */
  private async begin<T>(entry: Entry, open: Open<T>, fetched: { bytes: number }): Promise<T> {
    await entry.removing;
    // A link in its place is removed, so that nothing is written where it leads.
    const there = await lstat(entry.folder).catch(() => null);
    if (there && !there.isDirectory()) await rm(entry.folder, { force: true });
    await mkdir(entry.folder, { recursive: true });
    const onRead = (bytes: number) => {
      fetched.bytes += bytes;
      this.metrics.add('smoothcert_fetched_bytes_total', bytes);
    };
    return open(entry, metered(this.source, onRead));
  }

  private entryOf(kind: string, digest: string): Entry {
    const folder = path.join(this.folder, kind, digest);
    const entry = this.entries.get(folder) ?? {
      folder,
      bytes: 0,
      holders: 0,
      usedAt: 0,
      opened: null,
      removing: null,
    };
    this.entries.set(folder, entry);
    return entry;
  }

  /** Adds the files that an earlier process left. */
  private async remember(kind: string, name: string): Promise<void> {
    this.entryOf(kind, name).bytes = await bytesBelow(path.join(this.folder, kind, name));
  }

  private async makeRoom(): Promise<void> {
    const idle = [...this.entries.values()].filter(({ holders }) => holders === 0);
    idle.sort((a, b) => a.usedAt - b.usedAt);
    for (const entry of idle) {
      if (this.bytes <= this.limitBytes) return;
      if (entry.holders > 0 || entry.removing) continue;
      await this.removeFiles(entry);
    }
  }

  /** Removes the files of an entry, then the entry, unless a job holds it again by then. */
  private async removeFiles(entry: Entry): Promise<void> {
    entry.bytes = 0;
    this.metrics.add('smoothcert_cache_evictions_total', 1);
    entry.removing = rm(entry.folder, { recursive: true, force: true });
    await entry.removing.finally(() => (entry.removing = null));
    if (entry.holders === 0) this.entries.delete(entry.folder);
  }
}

/** Opens the value of an entry, and fetches what is missing of it from the source. */
type Open<T> = (entry: Entry, source: ArtifactSource) => Promise<T>;

/** Returns the space that the files take, in bytes: a sparse one takes less than its length. */
async function bytesBelow(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map((entry) => stat(path.join(entry.parentPath, entry.name))));
  return sizes.reduce((sum, { size, blocks }) => sum + Math.min(size, 512 * blocks), 0);
}
