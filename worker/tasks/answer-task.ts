import type { Task } from '../../shared/ports/task-queue.js';
import type { Shard } from '../../shared/shards.js';
import type { CountedShard, FailedShard, LedgerRecord } from '../../shared/wire/record.js';
import type { Drawn } from '../draw/messages.js';
import type { OpenJob } from './job-source.js';

/** Who a record says drew it. */
type Author = Pick<OpenJob, 'jobDigest' | 'fingerprint' | 'worker'>;

/**
 * Draws a task's shards, except those of decided images unless the task insists. Returns the record of what became of each shard, which
 * is not stored yet. A task that is not for this worker is handed back.
 */
export async function answerTask(
  job: Author & Pick<OpenJob, 'stop' | 'pool'>,
  task: Task,
): Promise<LedgerRecord> {
  if (job.worker !== undefined && task.notBy?.includes(job.worker)) return returnedRecord(task, job);
  const isUnwanted = ({ image }: Shard) => task.insist !== true && job.stop.isDecided(image);
  const draw = (shard: Shard): Promise<Drawn> =>
    isUnwanted(shard) ? Promise.resolve({ kind: 'dropped' }) : job.pool.draw(shard);
  return recordOf(task, await Promise.all(task.shards.map(draw)), job);
}

/** Returns the record that hands back every shard of a task. */
export function returnedRecord(task: Task, author: Author): LedgerRecord {
  const returned = task.shards.map((): Drawn => ({ kind: 'returned' }));
  return recordOf(task, returned, author);
}

function recordOf(
  { name, shards }: Task,
  drawn: readonly Drawn[],
  { jobDigest, fingerprint, worker }: Author,
): LedgerRecord {
  const counted: CountedShard[] = [];
  const failed: FailedShard[] = [];
  const returned: Shard[] = [];
  const dropped: Shard[] = [];
  drawn.forEach((outcome, at) => {
    const shard = shards[at]!;
    switch (outcome.kind) {
      case 'counted':
        counted.push({ shard, counts: outcome.counts, micros: outcome.micros });
        return;
      case 'failed':
        failed.push({ shard, code: outcome.code, detail: outcome.detail });
        return;
      case 'returned':
        returned.push(shard);
        return;
      case 'dropped':
        dropped.push(shard);
    }
  });
  return {
    jobDigest,
    fingerprint,
    task: name,
    counted,
    failed,
    returned,
    dropped,
    failedImages: [],
    cancelled: false,
    ...(worker !== undefined && { worker }),
  };
}
