import type { Shard } from '../shards.js';
import type { TraceContext } from '../telemetry/trace-context.js';

/** Work for a worker: shards of one job. Its name is never used again. */
export interface Task {
  readonly name: string;
  /** Id of the job. */
  readonly job: string;
  readonly shards: readonly Shard[];
  /**
   * True if the shards are to be drawn although workers were told that an image is decided: the ledger has lost the record that decided it,
   * and a stop signal cannot be taken back.
   */
  readonly insist?: true;
  /** Names of workers that hand it back: they drew it before, or their counts do not count. Absent if there are none. */
  readonly notBy?: readonly string[];
  /** Context of its trace, carried beside the task and not in it. */
  readonly trace?: TraceContext;
}

/** A task that a worker has taken. Record first, acknowledge after: an unacknowledged task may be delivered again. */
export interface Delivery {
  readonly task: Task;
  /** True if the task was delivered before. For display only. */
  readonly redelivered: boolean;
  /** Never rejects: a lost acknowledgement leads to a further delivery, whose worker finds the record. */
  acknowledge(): Promise<void>;
  /**
   * Returns a task that can be neither answered nor acknowledged. It is delivered again to any worker, behind the waiting tasks or as soon as
   * this worker counts as dead. After `acknowledge` it does nothing.
   */
  handBack(): void;
}

/**
 * The tasks of all jobs of one numeric class. Each is delivered to one worker at a time, and again until it is acknowledged; a task that a
 * living process has taken is not delivered to another one, however long it takes.
 */
export interface TaskQueue {
  /** Queues a task; `full` if there is no space for it now. Rejects if it is unknown whether the task is queued. */
  publish(task: Task): Promise<'queued' | 'full'>;
  /** Returns the next task as soon as there is one; null once `signal` aborts. */
  next(signal: AbortSignal): Promise<Delivery | null>;
  /** Counts the tasks (of one job, if given) that wait, and those that were taken and not acknowledged. */
  depth(job?: string): Promise<{ waiting: number; taken: number }>;
  /** Returns the job's tasks that wait or were taken and not acknowledged, whoever published them. */
  tasks(job: string): Promise<Task[]>;
  /** Removes the job's tasks; one that is taken may still be answered. */
  purge(job: string): Promise<void>;
  close(): Promise<void>;
}
