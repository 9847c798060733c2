import type { KV } from '@nats-io/kv';

import type { JobEntry, JobStore, Stored } from '../../../shared/ports/job-store.js';
import { decodeEntry, encodeEntry } from '../../../api/wire/entry.js';
import { answered, isPresent, jobsBucket, removeKey, valuesUnder } from '../link/buckets.js';
import { isPerhapsWrongSequence, isWrongSequence } from '../link/nats-errors.js';
import type { NatsLink } from '../link/nats-link.js';
import { pause, pauses } from '../link/retry.js';

const PREFIX = 'job';
/** Form of a job's id; any other text is no key. */
const JOB_ID = /^[A-Za-z0-9-]{1,64}$/;
const keyOf = (id: string): string => `${PREFIX}.${id}`;

/** Called for an entry that cannot be read, with its job's id and the error. */
export type OnDamaged = (id: string, error: unknown) => void;

/** Jobs as keys of the bucket SC1_JOBS; a version is the revision of the key. Whoever opened `link` closes it. */
export class NatsJobStore implements JobStore {
  private constructor(
    private readonly link: NatsLink,
    private readonly bucket: KV,
    private readonly onDamaged: OnDamaged,
  ) {}

  /** @throws SmoothcertError NATS_UNSUITABLE, DISK_FULL, NATS_UNREACHABLE */
  static async open(link: NatsLink, onDamaged: OnDamaged): Promise<NatsJobStore> {
    return new NatsJobStore(link, await jobsBucket(link), onDamaged);
  }

  async create(entry: JobEntry): Promise<'created' | 'exists'> {
    const written = await this.write(entry, (key, bytes) => this.bucket.create(key, bytes));
    return written ? 'created' : 'exists';
  }

  async get(id: string): Promise<Stored | null> {
    if (!JOB_ID.test(id)) return null;
    const found = await answered(this.link, `tell of the job ${id}`, this.bucket.get(keyOf(id)));
    return isPresent(found) ? { entry: decodeEntry(found.value), version: found.revision } : null;
  }

  async replace(entry: JobEntry, version: number): Promise<'replaced' | 'changed'> {
    const written = await this.write(entry, (key, bytes) => this.bucket.update(key, bytes, version));
    return written ? 'replaced' : 'changed';
  }

  async list(): Promise<Stored[]> {
    const values = await answered(this.link, 'list the jobs', valuesUnder(this.link, this.bucket, PREFIX));
    const stored = values.flatMap(({ key, value, revision }) => {
      try {
        return [{ entry: decodeEntry(value), version: revision }];
      } catch (error) {
        this.onDamaged(key.slice(PREFIX.length + 1), error);
        return [];
      }
    });
    return stored.sort((a, b) => b.entry.createMs - a.entry.createMs || (a.entry.id < b.entry.id ? -1 : 1));
  }

  remove(id: string): Promise<void> {
    return answered(this.link, `remove the job ${id}`, removeKey(this.link, keyOf(id)));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Writes an entry; returns false if the key has another revision than the caller expects. */
  private async write(
    entry: JobEntry,
    put: (key: string, bytes: Uint8Array) => Promise<number>,
  ): Promise<boolean> {
    const written = this.settled(() => put(keyOf(entry.id), encodeEntry(entry))).then(
      () => true,
      (error: unknown) => {
        if (isWrongSequence(error)) return false;
        throw error;
      },
    );
    return answered(this.link, `store the job ${entry.id}`, written);
  }
  /** Resolves as `write` does. Where another write of the key is under way, it is tried again until that one has succeeded or failed. */
  private async settled<T>(write: () => Promise<T>): Promise<T> {
    const { times } = this.link;
    const deadline = performance.now() + times.requestMs;
    for (const wait of pauses(times)) {
      try {
        return await write();
      } catch (error) {
        if (!isPerhapsWrongSequence(error) || performance.now() > deadline) throw error;
        await pause(wait, this.link.end);
      }
    }
    throw new Error('unreachable: the pauses never end');
  }
}
