import { setMaxListeners } from 'node:events';
import { SmoothcertError } from '../../shared/errors.js';
import type { Delivery, Task, TaskQueue } from '../../shared/ports/task-queue.js';
import type { Shard } from '../../shared/shards.js';
import {
  NO_TRACER,
  startBelow,
  within,
  type Attributes,
  type Tracer,
} from '../../shared/telemetry/tracer.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { answerTask } from './answer-task.js';
import type { JobSource, OpenJob } from './job-source.js';
import type { PostponedTasks } from './postponed-tasks.js';
import { unlessAborted } from './unless-aborted.js';

/** Tasks taken at once for each inference process: one that is drawn and one behind it, so that no process waits. */
export const TASKS_PER_PROCESS = 2;

/**
 * Tasks set aside at once because their jobs wait for room: as many as twenty-odd jobs have unanswered where this is the only worker, and
 * few enough that a worker that dies leaves others little to wait for.
 */
const MOST_ASIDE = 64;

export interface TaskLoopOptions<J extends OpenJob> {
  readonly source: JobSource<J>;
  /** Inference processes. */
  readonly processes: number;
  /** Keeps tasks that cannot be answered now; null: the first fault ends the loop. */
  readonly postponed: PostponedTasks | null;
  /** Called with each delivery that is taken. */
  readonly onTaken?: (delivery: Delivery) => void;
  /** Called with each record that was stored, its task acknowledged; not with those of postponed tasks. */
  readonly onAnswered?: (record: LedgerRecord) => void;
  /** Called once, when no more tasks are taken and what is not drawn is about to be handed back. */
  readonly onDraining?: () => void;
  /** Nobody traces unless given. */
  readonly tracer?: Tracer;
}

/**
 * Takes tasks, has their shards drawn, records what became of them: record first, acknowledge after. It is the one loop of `certify`,
 * `serve` and the workers of a cluster, and NOT aware of α, bounds, radii or stopping.
 */
export class TaskLoop<J extends OpenJob> {
  private taken = 0;
  /** Tasks whose jobs wait for room; others are taken meanwhile. */
  private readonly aside = new Set<Promise<void>>();

  constructor(private readonly options: TaskLoopOptions<J>) {}

  /** Tasks that are not acknowledged yet, postponed ones among them. */
  get tasks(): number {
    return this.taken + (this.options.postponed?.size ?? 0);
  }

  /**
   * Takes tasks until `signal` aborts, then hands back what is not drawn and resolves when every task is answered or given up.
   * Rejects with the first error of the queue or the source as a whole; if nothing is postponed, with that of a task, too.
   */
  async run(queue: TaskQueue, signal: AbortSignal): Promise<void> {
    const { source, processes, postponed, onDraining } = this.options;
    const failed = new AbortController();
    const until = AbortSignal.any([signal, failed.signal]);
    // Every part waits on it: from six processes on Node would warn of a leak on the user's terminal.
    setMaxListeners(0, until);
    const drain = () => {
      onDraining?.();
      source.drain();
    };
    until.addEventListener('abort', drain, { once: true });
    const parts = Array.from({ length: processes * TASKS_PER_PROCESS }, () => this.takeTasks(queue, until));
    try {
      await Promise.race([Promise.all(parts), source.broken]);
    } finally {
      failed.abort();
      await Promise.allSettled(parts);
      await Promise.allSettled(this.aside);
      await postponed?.settled();
      await source.end();
    }
  }

  private async takeTasks(queue: TaskQueue, until: AbortSignal): Promise<void> {
    for (;;) {
      const delivery = await queue.next(until);
      if (!delivery) return;
      this.taken += 1;
      this.options.onTaken?.(delivery);
      const isAside = this.aside.size < MOST_ASIDE && !this.options.source.hasPlace(delivery.task.job);
      const answering = this.answer(delivery, until).finally(() => {
        this.taken -= 1;
        this.aside.delete(answering);
      });
      if (isAside) this.aside.add(answering);
      else await answering;
    }
  }

  /** Answers a task, or postpones it, so that first those are answered that can be. */
  private async answer(delivery: Delivery, until: AbortSignal): Promise<void> {
    const { source, postponed, onAnswered } = this.options;
    const { task } = delivery;
    const waitMs = source.waitOf(task.job);
    // Not handed back at once: the queue would deliver it again at once.
    if (postponed && waitMs > 0) return postponed.put(delivery, null, waitMs, until);
    let recorded: LedgerRecord | null = null;
    try {
      const job = await source.take(task.job, until);
      // Nobody waits for a record of a job that has ended.
      if (job) recorded = await this.record(job, task, until);
    } catch (error) {
      const unstored = error instanceof UnstoredRecord ? error : null;
      if (!postponed) throw unstored?.cause ?? error;
      return postponed.put(delivery, unstored?.record ?? null, 0, until);
    }
    await delivery.acknowledge();
    if (recorded) onAnswered?.(recorded);
  }

  private async record(job: J, task: Task, until: AbortSignal): Promise<LedgerRecord> {
    let recorded: LedgerRecord | null = null;
    try {
      recorded = await unlessAborted(this.drawAndStore(job, task, until), job.ended);
      return recorded;
    } finally {
      this.options.source.done(job, recorded);
    }
  }

  /** @throws UnstoredRecord if what was drawn may be stored later, and what else job and ledger throw */
  private async drawAndStore(job: J, task: Task, until: AbortSignal): Promise<LedgerRecord> {
    const { tracer = NO_TRACER } = this.options;
    await job.ensure(new Set(task.shards.map(({ image }) => image)), until);
    const span = startBelow(tracer, task.trace, 'smoothcert.worker.task', {
      kind: 'consumer',
      attributes: attributesOf(task),
    });
    return within(span, async () => {
      const record = await answerTask(job, task);
      const storing = startBelow(tracer, span.context, 'smoothcert.worker.record', { kind: 'producer' });
      await within(storing, () => job.ledger.append(record)).catch((error: unknown) => {
        throw isPassing(error) ? new UnstoredRecord(record, error) : error;
      });
      span.set({ 'smoothcert.samples.counted': samplesIn(record.counted.map(({ shard }) => shard)) });
      return record;
    });
  }
}

/** Carries the record of a task that could not be stored now, with the ledger's error as its cause. */
class UnstoredRecord extends Error {
  override readonly name = 'UnstoredRecord';
  constructor(
    readonly record: LedgerRecord,
    cause: unknown,
  ) {
    super('a record could not be stored', { cause });
  }
}

/** Returns true if the same may work later, with nothing changed. */
export const isPassing = (error: unknown): boolean => error instanceof SmoothcertError && error.retryable;

function attributesOf({ name, job, shards }: Task): Attributes {
  return {
    'smoothcert.job': job,
    'smoothcert.task': name,
    'smoothcert.shards': shards.length,
    'smoothcert.samples': samplesIn(shards),
  };
}

const samplesIn = (shards: readonly Shard[]): number =>
  shards.reduce((sum, { begin, end }) => sum + end - begin, 0);
