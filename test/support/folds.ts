import { JobFold } from '../../coordinator/core/job-fold.js';
import type { Job } from '../../shared/job.js';
import type { Shard } from '../../shared/shards.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { allShards, counted, makeRecord, type Voter } from './jobs.js';

/** Returns the fold of these records alone. */
export function foldOf(job: Job, records: readonly LedgerRecord[]): JobFold {
  const fold = new JobFold(job);
  for (const record of records) fold.apply(record);
  return fold;
}

/** Returns the fold of one record that counts every shard for which `drawn` holds, in the order of the job's images. */
export function foldOfVotes(job: Job, voter: Voter, drawn: (shard: Shard) => boolean = () => true): JobFold {
  const shards = allShards(new JobFold(job)).filter(drawn);
  return foldOf(job, [makeRecord(job, { counted: shards.map((shard) => counted(voter, shard)) })]);
}
