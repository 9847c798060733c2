import type { Shard } from '../shards.js';

/** What a worker is handed: shards of one job. Its name is used once, ever. */
export interface Task {
  readonly name: string;
  readonly shards: readonly Shard[];
}

/** A task in a worker's hands. Record first, acknowledge after: an unacknowledged task may be delivered again. */
export interface Delivery {
  readonly task: Task;
  acknowledge(): Promise<void>;
}

/** Hands each task to one worker at a time, at least once until it is acknowledged. */
export interface TaskQueue {
  publish(task: Task): Promise<void>;
  /** The next task, as soon as there is one; null once `signal` aborts. */
  next(signal: AbortSignal): Promise<Delivery | null>;
  /** Tasks that nobody has taken, and tasks taken but not acknowledged. */
  depth(): Promise<{ waiting: number; taken: number }>;
}
