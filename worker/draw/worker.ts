import { setMaxListeners } from 'node:events';
import type { StopSignal } from '../../shared/ports/stop-signal.js';
import type { Delivery, Task, TaskQueue } from '../../shared/ports/task-queue.js';
import type { VoteLedger } from '../../shared/ports/vote-ledger.js';
import type { Shard } from '../../shared/shards.js';
import type { CountedShard, FailedShard, LedgerRecord } from '../../shared/wire/record.js';
import type { Drawn, ShardDrawer } from './pool.js';

/** Tasks in hand for each child: one that is drawn and one behind it, so that no child waits. */
export const TASKS_PER_SLOT = 2;

export interface WorkerOptions extends TaskAnswering {
  readonly queue: TaskQueue;
  readonly stop: StopSignal;
  readonly pool: ShardDrawer;
  readonly slots: number;
}

/**
 * The loop: queue → pool → ledger. Record first, acknowledge after; what is not drawn is handed back in the
 * record. It is NOT aware of α, bounds, radii or stopping.
 */
export class Worker {
  constructor(private readonly options: WorkerOptions) {}

  /**
   * Takes tasks until `signal` aborts, then hands back what is not drawn and resolves when all is recorded.
   * Rejects with the first error of the ledger, the queue or the pool as a whole.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { pool, stop, slots } = this.options;
    const failed = new AbortController();
    const until = AbortSignal.any([signal, failed.signal]);
    // Every loop waits on it: from six slots on Node would warn of a leak on the user's terminal.
    setMaxListeners(0, until);
    const unlisten = stop.onAnnounce((images) => pool.stop(images));
    const drain = () => pool.drain();
    until.addEventListener('abort', drain, { once: true });
    const loops = Array.from({ length: slots * TASKS_PER_SLOT }, () => this.takeTasks(until));
    try {
      await Promise.race([Promise.all(loops), pool.broken]);
    } finally {
      failed.abort();
      unlisten();
      await Promise.allSettled(loops);
    }
  }

  private async takeTasks(until: AbortSignal): Promise<void> {
    for (;;) {
      const delivery = await this.options.queue.next(until);
      if (!delivery) return;
      await this.answer(delivery);
    }
  }

  private async answer(delivery: Delivery): Promise<void> {
    await answerTask({ ...this.options, task: delivery.task });
    await delivery.acknowledge();
  }
}

/** What answering a task of one job takes. */
export interface TaskAnswering {
  readonly jobDigest: string;
  readonly fingerprint: string;
  readonly ledger: Pick<VoteLedger, 'append'>;
  readonly stop: Pick<StopSignal, 'isDecided'>;
  readonly pool: Pick<ShardDrawer, 'draw'>;
}

/**
 * Draws a task's shards, but for those of decided images unless the task insists, and records what became of each. The task may be acknowledged
 * once this resolves, and not before. Resolves with the record.
 */
export async function answerTask(answering: TaskAnswering & { readonly task: Task }): Promise<LedgerRecord> {
  const { task, stop, pool, ledger } = answering;
  const isUnwanted = ({ image }: Shard) => task.insist !== true && stop.isDecided(image);
  const draw = (shard: Shard): Promise<Drawn> =>
    isUnwanted(shard) ? Promise.resolve({ kind: 'dropped' }) : pool.draw(shard);
  const record = recordOf(answering, task, await Promise.all(task.shards.map(draw)));
  await ledger.append(record);
  return record;
}

/** The record that hands all of a task back. */
export function returnedRecord(
  by: Pick<TaskAnswering, 'jobDigest' | 'fingerprint'>,
  task: Task,
): LedgerRecord {
  return recordOf(
    by,
    task,
    task.shards.map(() => ({ kind: 'returned' })),
  );
}

function recordOf(
  { jobDigest, fingerprint }: Pick<TaskAnswering, 'jobDigest' | 'fingerprint'>,
  { name, shards }: Task,
  drawn: readonly Drawn[],
): LedgerRecord {
  const counted: CountedShard[] = [];
  const failed: FailedShard[] = [];
  const returned: Shard[] = [];
  const dropped: Shard[] = [];
  drawn.forEach((outcome, at) => {
    const shard = shards[at]!;
    if (outcome.kind === 'counted') counted.push({ shard, counts: outcome.counts, micros: outcome.micros });
    else if (outcome.kind === 'failed') failed.push({ shard, code: outcome.code, detail: outcome.detail });
    else (outcome.kind === 'returned' ? returned : dropped).push(shard);
  });
  const own = { failedImages: [], cancelled: false };
  return { jobDigest, fingerprint, task: name, counted, failed, returned, dropped, ...own };
}
