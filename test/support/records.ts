import type { Task } from '../../shared/ports/task-queue.js';
import type { Entry, VoteLedger } from '../../shared/ports/vote-ledger.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { FINGERPRINT } from './jobs.js';
import { never } from './never.js';

/** Digest of the job that the records of `recordOf` belong to. */
export const DIGEST = 'ab'.repeat(32);

/** Makes a task of one shard. */
export const taskOf = (name: string, job = 'j-1'): Task => ({
  name,
  job,
  shards: [{ image: 3, begin: 0, end: 64 }],
});

/** Makes a record of this task that counts the first shard of so many images. */
export function recordOf(task: string, shards = 1): LedgerRecord {
  const counted = Array.from({ length: shards }, (_, image) => ({
    shard: { image, begin: 0, end: 64 },
    micros: 1,
    counts: { classes: [0, 300], votes: [61, 2], invalid: 1 },
  }));
  return {
    jobDigest: DIGEST,
    fingerprint: FINGERPRINT,
    task,
    counted,
    failed: [],
    returned: [],
    dropped: [],
    failedImages: [],
    cancelled: false,
  };
}

/** Reads the next `count` entries behind `after`, as soon as they are there. */
export async function take(ledger: VoteLedger, after: number, count: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  if (count === 0) return entries;
  for await (const entry of ledger.read(after, never)) {
    entries.push(entry);
    if (entries.length === count) break;
  }
  return entries;
}

/** Returns the whole numbers from `from` to `to`; none if `to` is smaller. */
export const upTo = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => from + k);
