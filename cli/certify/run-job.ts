import { randomBytes } from 'node:crypto';
import { systemClock } from '../../adapters/local/system-clock.js';
import { MemoryQueue } from '../../adapters/local/memory-queue.js';
import { MemoryStop } from '../../adapters/local/memory-stop.js';
import type { VoteLedger } from '../../shared/ports/vote-ledger.js';
import { Coordinator } from '../../coordinator/run/coordinator.js';
import { replay } from '../../coordinator/run/replay.js';
import type { JobFold } from '../../coordinator/core/job-fold.js';
import type { ShardDrawer } from '../../worker/draw/pool.js';
import { Worker } from '../../worker/draw/worker.js';

/** Small, so that a decision does not wait long for its task's record, and an interruption loses little. */
const TASK_MICROS = 200_000;
/** Two in hand, and two behind them, so that no process waits while one of its tasks is recorded and folded. */
const TASKS_PER_PROCESS = 4;

export interface RunOptions {
  readonly fold: JobFold;
  readonly ledger: VoteLedger;
  readonly pool: ShardDrawer;
  /** Processes that the pool draws with. */
  readonly slots: number;
  /** Fingerprint written into the records. */
  readonly fingerprint: string;
  /** Aborts on Ctrl-C: what is drawn is recorded, the rest is handed back. */
  readonly signal: AbortSignal;
}

/**
 * Coordinator and workers of one machine, without a server. Resolves when every image is decided or, after an
 * interruption, when all that was drawn is recorded and folded.
 */
export async function runJob({ fold, ledger, pool, slots, fingerprint, signal }: RunOptions): Promise<void> {
  const queue = new MemoryQueue();
  const stop = new MemoryStop();
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const common = { ledger, queue, stop };
  const taskPrefix = randomBytes(6).toString('hex');
  const coordinator = new Coordinator({
    ...common,
    fold,
    clock: systemClock,
    job: fold.digest,
    taskPrefix,
    taskMicros: TASK_MICROS,
    window: () => TASKS_PER_PROCESS * slots,
    onProgress: () => undefined,
  });
  const worker = new Worker({ ...common, slots, jobDigest: fold.digest, fingerprint, pool });
  const parts = [coordinator.run(until), worker.run(until)].map((part) => part.finally(() => ended.abort()));
  try {
    await Promise.all(parts);
  } finally {
    await Promise.allSettled(parts);
  }
  await replay(fold, ledger);
}
