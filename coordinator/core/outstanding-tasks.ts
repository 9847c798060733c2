import type { Shard } from '../../shared/shards.js';

/** Of how many answers the median time is taken. */
const REMEMBERED_ANSWERS = 64;
/** A task that takes this many times the median is a straggler. */
const STRAGGLER_FACTOR = 3;

/** A task that was issued and that no folded record answers yet. */
export interface OutstandingTask {
  readonly name: string;
  readonly shards: readonly Shard[];
  /** Monotonic milliseconds. */
  readonly issuedAt: number;
  /** How often its shards were issued once more because an earlier task with them took too long. */
  readonly copies: number;
}

/**
 * The tasks that this coordinator issued and that no record answers. Only this process knows them, and it forgets them when it ends: no
 * certificate depends on them. Pure: time is an argument.
 */
export class OutstandingTasks {
  private readonly tasks = new Map<
    string,
    { readonly task: OutstandingTask; readonly unheardBeforeMs: number }
  >();
  /** Milliseconds in which no answer could be heard, in all. */
  private unheardMs = 0;
  /** Milliseconds from issue to answer, of the last answers. */
  private readonly answerMs: number[] = [];

  /**
   * @param minStragglerMs milliseconds before which no task is a straggler
   * @param patienceMs milliseconds after which every task is one, however long the others took
   */
  constructor(
    private readonly minStragglerMs: number,
    private readonly patienceMs: number,
  ) {}

  get size(): number {
    return this.tasks.size;
  }

  /** When the oldest of them was issued, in monotonic milliseconds; null if there is none. */
  get oldestAt(): number | null {
    let oldest = Infinity;
    for (const { task } of this.tasks.values()) oldest = Math.min(oldest, task.issuedAt);
    return oldest === Infinity ? null : oldest;
  }

  add(task: OutstandingTask): void {
    this.tasks.set(task.name, { task, unheardBeforeMs: this.unheardMs });
  }

  /** Takes note of milliseconds in which no answer could be heard: they make no task a straggler. */
  unheard(ms: number): void {
    this.unheardMs += ms;
  }

  /** Takes a task out because a record that answers it was folded. Tasks of other coordinators are not known here, and change nothing. */
  answered(name: string, now: number): void {
    const found = this.tasks.get(name);
    if (!found) return;
    this.tasks.delete(name);
    this.answerMs.push(now - found.task.issuedAt - (this.unheardMs - found.unheardBeforeMs));
    if (this.answerMs.length > REMEMBERED_ANSWERS) this.answerMs.shift();
  }

  /** Takes a task out without an answer. If an answer comes after all, it is folded like any other. */
  remove(name: string): void {
    this.tasks.delete(name);
  }

  clear(): void {
    this.tasks.clear();
  }

  /**
   * Returns the tasks that take far longer than the last ones that were answered, or longer than `patienceMs`. A copy gets twice the time
   * of the task before, so that shards that nobody can draw are not issued ever faster.
   * @param onlyBeyondPatience only those that take longer than `patienceMs`
   */
  overdue(now: number, onlyBeyondPatience: boolean): OutstandingTask[] {
    const limitMs = onlyBeyondPatience ? this.patienceMs : Math.min(this.patienceMs, this.stragglerMs());
    const late = [...this.tasks.values()].filter(({ task, unheardBeforeMs }) => {
      const heardMs = now - task.issuedAt - (this.unheardMs - unheardBeforeMs);
      return heardMs > limitMs * 2 ** task.copies;
    });
    return late.map(({ task }) => task);
  }

  /** Returns the time after which a task is a straggler; infinite before the first answer. */
  private stragglerMs(): number {
    const median = [...this.answerMs].sort((a, b) => a - b)[this.answerMs.length >> 1] ?? Infinity;
    return Math.max(this.minStragglerMs, STRAGGLER_FACTOR * median);
  }
}
