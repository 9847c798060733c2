import type { Shard } from '../shards.js';
import type { TraceContext } from '../telemetry/trace-context.js';

/** What a worker is handed: shards of one job. Its name is used once, ever. */
export interface Task {
  readonly name: string;
  /** Id of the job. */
  readonly job: string;
  readonly shards: readonly Shard[];
  /**
   * To be drawn although an image counts as decided: a ledger that lost the record which decided it cannot take back what workers were
   * told.
   */
  readonly insist?: true;
  /** Where its trace stands, if it is traced: carried beside the task, never in it. */
  readonly trace?: TraceContext;
}

/** A task in a worker's hands. Record first, acknowledge after: an unacknowledged task may be delivered again. */
export interface Delivery {
  readonly task: Task;
  /** Whether it had been handed out before. For display only. */
  readonly redelivered: boolean;
  /** Never rejects: a word that is lost leads to a further delivery, which finds the record. */
  acknowledge(): Promise<void>;
  /**
   * Lets go of a task that can be neither answered nor acknowledged: it is handed out again, to whomever, behind those that wait or as
   * soon as its holder counts as dead. After `acknowledge` it does nothing.
   */
  handBack(): void;
}

/**
 * Hands each task to one worker at a time, at least once until it is acknowledged; a task in the hands of a living process is not
 * handed to another one however long it takes. Those of all jobs of one numeric class.
 */
export interface TaskQueue {
  /** `full`: nothing was queued, try again later. Rejects where it is unknown whether the task is queued. */
  publish(task: Task): Promise<'queued' | 'full'>;
  /** The next task, as soon as there is one; null once `signal` aborts. */
  next(signal: AbortSignal): Promise<Delivery | null>;
  /** Tasks (of one job, if one is named) that nobody has taken, and tasks taken but not acknowledged. */
  depth(job?: string): Promise<{ waiting: number; taken: number }>;
  /** Removes the job's tasks; one that is taken may still be answered. */
  purge(job: string): Promise<void>;
  close(): Promise<void>;
}
