import type { Shard } from '../../shared/shards.js';

/** Answer times that the median is taken of. */
const REMEMBERED = 64;
/** A task that takes this many times the median is a straggler. */
const STRAGGLER_FACTOR = 3;

/** A task that no folded record answers yet. */
export interface OutstandingTask {
  readonly name: string;
  readonly shards: readonly Shard[];
  /** Monotonic milliseconds. */
  readonly issuedAt: number;
  /** How often its shards were overtaken before. */
  readonly copies: number;
}

/**
 * The tasks that this coordinator issued and that no record answers: its own knowledge, bounded by its window, lost
 * with it. No certificate depends on it.
 */
export class Outstanding {
  private readonly tasks = new Map<string, OutstandingTask>();
  private readonly times: number[] = [];

  /**
   * @param shortest milliseconds before which no task is a straggler
   * @param patience milliseconds after which one is, whatever the others took
   */
  constructor(
    private readonly shortest: number,
    private readonly patience: number,
  ) {}

  get size(): number {
    return this.tasks.size;
  }

  /** When the one that has been out the longest was issued; null if there is none. */
  get oldestAt(): number | null {
    let oldest = Infinity;
    for (const { issuedAt } of this.tasks.values()) oldest = Math.min(oldest, issuedAt);
    return oldest === Infinity ? null : oldest;
  }

  add(task: OutstandingTask): void {
    this.tasks.set(task.name, task);
  }

  /** A record of this task was folded, whoever issued it. */
  answered(name: string, now: number): void {
    const task = this.tasks.get(name);
    if (!task) return;
    this.tasks.delete(name);
    this.times.push(now - task.issuedAt);
    if (this.times.length > REMEMBERED) this.times.shift();
  }

  /** No answer is waited for any more; if one comes, it is folded all the same. */
  remove(name: string): void {
    this.tasks.delete(name);
  }

  clear(): void {
    this.tasks.clear();
  }

  /**
   * Tasks that take far longer than the last ones that were answered, or longer than anybody's patience. A copy gets
   * twice the time, so that shards that nobody can draw are not issued ever faster.
   * @param patiently only those beyond all patience
   */
  overdue(now: number, patiently: boolean): OutstandingTask[] {
    const limit = patiently ? this.patience : Math.min(this.patience, this.usual());
    return [...this.tasks.values()].filter(({ issuedAt, copies }) => now - issuedAt > limit * 2 ** copies);
  }

  /** What no task should take, going by the last ones; before there was an answer nothing is known. */
  private usual(): number {
    const median = [...this.times].sort((a, b) => a - b)[this.times.length >> 1] ?? Infinity;
    return Math.max(this.shortest, STRAGGLER_FACTOR * median);
  }
}
