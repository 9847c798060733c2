import { SmoothcertError } from '../../shared/errors.js';
import type { Clock } from '../../shared/ports/clock.js';
import type { WorkerExchange } from '../../shared/ports/exchange.js';
import type { Delivery, Task } from '../../shared/ports/task-queue.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { returnedRecord } from './answer-task.js';
import { unlessAborted } from './unless-aborted.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

export interface PostponedTasksOptions {
  readonly exchange: Pick<WorkerExchange, 'open'>;
  readonly clock: Clock;
  /** Tasks kept at once; whoever brings a further one waits. */
  readonly maxTasks: number;
  /** Called once a task, with the error of the first try that failed. */
  readonly onFault: (task: Task, error: unknown) => void;
  /** Called with each record that was stored, its task acknowledged. */
  readonly onAnswered: (record: LedgerRecord) => void;
}

/**
 * Keeps the tasks that cannot be answered now, so that others can be answered meanwhile. A queue delivers a task to nobody else while a
 * living process holds it, so none is dropped here. After its wait, a task's record is stored: what was drawn of it, or else a record that
 * hands its shards back. Only then it is acknowledged. A try that fails is repeated, without end; after an error that no further try would
 * mend, the task goes back to the queue.
 */
export class PostponedTasks {
  private readonly kept = new Set<Promise<void>>();

  constructor(private readonly options: PostponedTasksOptions) {}

  /** Returns how many tasks are kept now. */
  get size(): number {
    return this.kept.size;
  }

  /**
   * Keeps the task; resolves as soon as there is room for it. Once `until` aborts, every task is tried at once and for the last time.
   * @param record what was drawn; null if nothing was
   * @param waitMs milliseconds before the first try
   */
  async put(
    delivery: Delivery,
    record: LedgerRecord | null,
    waitMs: number,
    until: AbortSignal,
  ): Promise<void> {
    while (this.kept.size >= this.options.maxTasks && !until.aborted) await Promise.race(this.kept);
    const keeping = this.keep(delivery, record, waitMs, until).finally(() => this.kept.delete(keeping));
    this.kept.add(keeping);
  }

  /** Resolves once no task is kept. */
  async settled(): Promise<void> {
    while (this.kept.size > 0) await Promise.all(this.kept);
  }

  /** Never rejects. */
  private async keep(
    delivery: Delivery,
    record: LedgerRecord | null,
    waitMs: number,
    until: AbortSignal,
  ): Promise<void> {
    const { clock, onFault, onAnswered } = this.options;
    if (waitMs > 0) await clock.sleep(waitMs, until);
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const isLastTry = until.aborted;
      let isLasting: boolean;
      try {
        const recorded = await this.store(delivery.task, record);
        await delivery.acknowledge();
        if (recorded) onAnswered(recorded);
        return;
      } catch (error) {
        if (pauseMs === FIRST_PAUSE_MS) onFault(delivery.task, error);
        isLasting = error instanceof SmoothcertError && !error.retryable;
      }
      if (isLastTry || isLasting) {
        delivery.handBack();
        return;
      }
      await clock.sleep(pauseMs, until);
    }
  }

  /** Stores the record of a task and returns it; null if the job has ended, because nobody waits for its records. */
  private async store(task: Task, record: LedgerRecord | null): Promise<LedgerRecord | null> {
    const links = await this.options.exchange.open(task.job);
    if (!links) return null;
    try {
      const { ledger, order, ended } = links;
      const { jobDigest } = order;
      const answer = record ?? returnedRecord(task, { jobDigest, fingerprint: '' });
      const appended = ledger.append(answer).then(() => answer);
      return await unlessAborted(appended, ended).catch((error: unknown) => {
        if (!ended.aborted) throw error;
        return null;
      });
    } finally {
      await links.close();
    }
  }
}
