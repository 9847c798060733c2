import { SmoothcertError } from '../../shared/errors.js';
import type { Clock } from '../../shared/ports/clock.js';
import type { WorkerExchange } from '../../shared/ports/exchange.js';
import type { Delivery, Task } from '../../shared/ports/task-queue.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { returnedRecord } from '../draw/worker.js';
import { unlessAborted } from './unless-aborted.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

export interface SetAsideOptions {
  readonly exchange: Pick<WorkerExchange, 'open'>;
  readonly clock: Clock;
  /** Tasks kept at once; whoever brings a further one waits. */
  readonly most: number;
  /** Told, once a task, of the first try that failed. */
  readonly onFault: (task: Task, error: unknown) => void;
  /** Told of each record that was stored, its task acknowledged. */
  readonly onAnswered: (record: LedgerRecord) => void;
}

/**
 * Tasks that cannot be answered now, out of the way of those that can. A queue hands nobody else a task that a living process holds, so
 * none is dropped here: after its wait a task's record is written, which hands the task back unless it was drawn already, and only then
 * it is acknowledged. What fails is tried again, without end; what another try would not mend is given to somebody else.
 */
export class SetAside {
  private readonly kept = new Set<Promise<void>>();

  constructor(private readonly options: SetAsideOptions) {}

  /** Tasks kept now. */
  get size(): number {
    return this.kept.size;
  }

  /**
   * Takes the task over; resolves as soon as there is room for it. Once `until` aborts every task is tried at once and for the last time.
   * @param record of what was drawn; null if nothing was
   */
  async put(
    delivery: Delivery,
    record: LedgerRecord | null,
    waitMs: number,
    until: AbortSignal,
  ): Promise<void> {
    while (this.kept.size >= this.options.most && !until.aborted) await Promise.race(this.kept);
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
      const last = until.aborted;
      let isLasting: boolean;
      try {
        const recorded = await this.record(delivery.task, record);
        await delivery.acknowledge();
        if (recorded) onAnswered(recorded);
        return;
      } catch (error) {
        if (pauseMs === FIRST_PAUSE_MS) onFault(delivery.task, error);
        isLasting = error instanceof SmoothcertError && !error.retryable;
      }
      if (last || isLasting) {
        delivery.handBack();
        return;
      }
      await clock.sleep(pauseMs, until);
    }
  }

  /** What was recorded; null if nothing was: a job that has ended wants no word. */
  private async record(task: Task, record: LedgerRecord | null): Promise<LedgerRecord | null> {
    const links = await this.options.exchange.open(task.job);
    if (!links) return null;
    try {
      const { ledger, order, ended } = links;
      const { jobDigest } = order;
      const answer = record ?? returnedRecord({ jobDigest, fingerprint: '' }, task);
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
