import { randomBytes } from 'node:crypto';
import { systemClock } from '../../adapters/local/system-clock.js';
import { MemoryQueue } from '../../adapters/local/memory-queue.js';
import { MemoryStop } from '../../adapters/local/memory-stop.js';
import type { VoteLedger } from '../../shared/ports/vote-ledger.js';
import { Coordinator } from '../../coordinator/run/coordinator.js';
import { replay } from '../../coordinator/run/replay.js';
import type { Effects, JobFold } from '../../coordinator/core/job-fold.js';
import type { ShardDrawer } from '../../worker/draw/pool.js';
import { SingleJob } from '../../worker/tasks/single-job.js';
import { TaskLoop } from '../../worker/tasks/task-loop.js';

/** Small, so that a decision does not wait long for its task's record, and an interruption loses little. */
const TASK_MICROS = 200_000;
/** Two that are taken and two that wait, so that no process is idle while one of its tasks is recorded and folded. */
const UNANSWERED_PER_PROCESS = 4;

export interface RunOptions {
  readonly fold: JobFold;
  readonly ledger: VoteLedger;
  readonly pool: ShardDrawer;
  /** Inference processes that the pool draws with. */
  readonly processes: number;
  /** Fingerprint written into the records. */
  readonly fingerprint: string;
  /** Aborts on Ctrl-C: then what is drawn is recorded, and the rest is handed back. */
  readonly signal: AbortSignal;
  /** Called after each record that is folded. */
  readonly onFolded: (effects: Effects) => void;
}

/**
 * Runs the coordinator and the task loop of one machine, without a server. Resolves when every image is decided or, after an
 * interruption, when all that was drawn is recorded and folded. @throws the first error of the ledger or of the pool as a whole
 */
export async function runJob(options: RunOptions): Promise<void> {
  const { fold, ledger, pool, processes, fingerprint, signal, onFolded } = options;
  const queue = new MemoryQueue();
  const stop = new MemoryStop();
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const taskPrefix = randomBytes(6).toString('hex');
  const coordinator = new Coordinator({
    ledger,
    queue,
    stop,
    fold,
    clock: systemClock,
    job: fold.digest,
    taskPrefix,
    taskMicros: TASK_MICROS,
    window: () => UNANSWERED_PER_PROCESS * processes,
    onProgress: (_record, effects) => onFolded(effects),
  });
  const source = new SingleJob({ jobDigest: fold.digest, fingerprint, ledger, stop, pool });
  // Nothing is postponed: on one machine the first fault ends the command, which resumes from the ledger.
  const loop = new TaskLoop({ source, processes, postponed: null });
  const parts = [coordinator.run(until), loop.run(queue, until)].map((part) =>
    part.finally(() => ended.abort()),
  );
  try {
    await Promise.all(parts);
  } finally {
    await Promise.allSettled(parts);
  }
  await replay(fold, ledger, onFolded);
}
