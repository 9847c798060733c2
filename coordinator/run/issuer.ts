import type { Clock } from '../../shared/ports/clock.js';
import type { Task, TaskQueue } from '../../shared/ports/task-queue.js';
import type { Shard } from '../../shared/shards.js';
import type { Effects } from '../core/job-fold.js';
import { TaskPlanner, type PlannedTask, type PlannerOptions } from '../core/task-planner.js';
import type { IssueCounters } from '../observe/issue-counters.js';

/** Distrusted workers that a task names, so that honest ones of them hand it back; a message has room for so many. Counts of the others do not count either. */
const MOST_EXCLUDED = 32;

export interface IssuerOptions extends PlannerOptions {
  readonly queue: TaskQueue;
  readonly clock: Clock;
  /** Id of the job, as the queue knows it. */
  readonly job: string;
  /** Returns how many tasks of this job may be unanswered. Below half of it, work ahead is issued too. */
  readonly window: () => number;
}

/** Puts the tasks that a `TaskPlanner` decides on into the queue, and counts them. It decides nothing itself. */
export class Issuer {
  readonly counters: IssueCounters = { issued: 0, overtaken: 0, restarts: 0, exhausted: 0 };
  private readonly planner: TaskPlanner;

  constructor(private readonly options: IssuerOptions) {
    this.planner = new TaskPlanner(options);
  }

  /** When the oldest task that is issued and not answered was issued, in monotonic milliseconds; null if there is none. */
  get oldestAt(): number | null {
    return this.planner.oldestAt;
  }

  /** How many tasks are issued and not answered. */
  get unanswered(): number {
    return this.planner.unanswered;
  }

  /** As `TaskPlanner.restart`. */
  restart(): void {
    this.planner.restart();
  }

  /** As `TaskPlanner.adopt`, now. */
  adopt(tasks: readonly Task[]): void {
    this.planner.adopt(tasks, this.options.clock.now());
  }

  /** As `TaskPlanner.folded`, now. */
  folded(task: string, effects: Effects): void {
    this.planner.folded(task, effects, this.options.clock.now());
  }

  /**
   * Issues until the window or the queue is full; true if instead nothing is left to issue. What a full queue refused
   * is kept for the next call.
   */
  async refill(): Promise<boolean> {
    const { window, clock } = this.options;
    for (;;) {
      const tasks = this.planner.next(window(), clock.now());
      if (tasks.length === 0) return this.planner.unanswered < window();
      if ((await this.publish(tasks)) < tasks.length) return false;
    }
  }

  /** As `TaskPlanner.unheard`. */
  unheard(ms: number): void {
    this.planner.unheard(ms);
  }

  /** Issues what `TaskPlanner.overtake` returns. */
  async overtake(onlyBeyondPatience: boolean): Promise<void> {
    const copies = this.planner.overtake(this.options.clock.now(), onlyBeyondPatience);
    this.counters.overtaken += await this.publish(copies);
  }

  /** As `TaskPlanner.exhausted`. */
  exhausted(task: Pick<Task, 'name' | 'shards'>): Shard | null {
    this.counters.exhausted += 1;
    return this.planner.exhausted(task);
  }

  /** Returns how many of the tasks are queued; the planner takes back the others. */
  private async publish(tasks: readonly PlannedTask[]): Promise<number> {
    const { queue, job, fold } = this.options;
    const notBy = [...fold.distrusted].slice(-MOST_EXCLUDED);
    const outcomes = await Promise.all(
      tasks.map(({ name, shards, insist }) =>
        queue.publish({ name, job, shards, ...(insist && { insist }), ...(notBy.length > 0 && { notBy }) }),
      ),
    );
    const refused = tasks.filter((_, at) => outcomes[at] === 'full');
    this.planner.takeBack(refused);
    const queued = tasks.length - refused.length;
    this.counters.issued += queued;
    return queued;
  }
}
