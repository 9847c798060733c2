import fc from 'fast-check';

import { JobFold } from '../../coordinator/core/job-fold.js';
import type { Job } from '../../shared/job.js';
import type { CountedShard, LedgerRecord } from '../../shared/wire/record.js';
import { BUDGET, FIXED, allShards, makeJob, makeRecord } from './jobs.js';

export const GAIN = makeJob();
export const CLASSIC = makeJob(FIXED);
/** The total is spent before all images are at their last look, and not on whole looks alone. */
export const SHARED = makeJob(BUDGET);

const jobs = fc.constantFrom(GAIN, CLASSIC, SHARED);
/** Every shard of a job, in any order, some of them more than once, cut into records anywhere. */
export const deliveries = jobs.chain((job) => {
  const shards = allShards(new JobFold(job));
  const extra = fc.array(fc.constantFrom(...shards), { maxLength: 12 });
  const order = extra.chain((again) =>
    fc.shuffledSubarray([...shards, ...again], { minLength: shards.length + again.length }),
  );
  return fc.record({
    job: fc.constant(job),
    order,
    cuts: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
  });
});

/** Records that hold these shards, in this order. */
export function split(job: Job, shards: readonly CountedShard[], cuts: readonly number[]): LedgerRecord[] {
  const records = [];
  for (let at = 0, k = 0; at < shards.length; k++) {
    const size = cuts[k % cuts.length]!;
    records.push(makeRecord(job, { counted: shards.slice(at, at + size) }));
    at += size;
  }
  return records;
}
