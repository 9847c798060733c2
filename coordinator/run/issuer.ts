import type { Clock } from '../../shared/ports/clock.js';
import type { Task, TaskQueue } from '../../shared/ports/task-queue.js';
import type { Shard } from '../../shared/shards.js';
import type { Effects, JobFold } from '../core/job-fold.js';
import { Outstanding } from './outstanding.js';
import { Plan } from '../core/plan.js';

/** Largest number of shards in a task (design decision 2). */
const SHARDS_PER_TASK = 64;
/** Estimated size of the record that answers a task: it must pass where 64 KiB do. One shard's counts take a fraction of it. */
const RECORD_BYTES = 48_000;
const BYTES_PER_SHARD = 24;
const BYTES_PER_CLASS = 6;
/** Publications on their way at once: a round trip must not set the pace. */
const PUBLISH_AT_ONCE = 16;

export interface IssuerOptions {
  readonly fold: JobFold;
  readonly queue: TaskQueue;
  readonly clock: Clock;
  /** Id of the job, as the queue knows it. */
  readonly job: string;
  /** Names tasks; no two coordinators of a job, now or later, may use the same prefix. */
  readonly taskPrefix: string;
  /** How many tasks of this job may be unanswered. Below half of it, work ahead is issued too. */
  readonly window: () => number;
  /** How much work a task should hold, in microseconds of noise and inference. */
  readonly taskMicros: number;
  /** Milliseconds after which a task may count as a straggler at the earliest. */
  readonly stragglerMs: number;
  /** Milliseconds after which it does, also where no task was answered yet or the window is full. */
  readonly patienceMs: number;
}

/** What was issued and why; for display only. */
export interface IssueCounters {
  /** Tasks put into the queue. */
  issued: number;
  /** Of these, tasks whose missing shards were issued once more because they took too long. */
  overtaken: number;
  /** Times that everything missing was issued again because nothing was left in the queue. */
  restarts: number;
  /** Tasks handed out too often and never answered. */
  exhausted: number;
}

/** Plan → queue: issues tasks within the window, and again what does not come back. */
export class Issuer {
  readonly counters: IssueCounters = { issued: 0, overtaken: 0, restarts: 0, exhausted: 0 };
  private named = 0;
  private readonly plan: Plan;
  private readonly outstanding: Outstanding;
  /** Shards of tasks that were never answered: each gets a task of its own, so that it alone can be to blame. */
  private readonly suspects = new Set<string>();
  private alone: Shard[] = [];
  /** Undecided images that workers believe to be decided. */
  private readonly insisted = new Set<number>();

  constructor(private readonly options: IssuerOptions) {
    this.plan = new Plan(options.fold);
    this.outstanding = new Outstanding(options.stragglerMs, options.patienceMs);
  }

  /** When the oldest task that is issued and not answered was issued, in monotonic milliseconds; null if there is none. */
  get oldestAt(): number | null {
    return this.outstanding.oldestAt;
  }

  /** Tasks issued and not answered. */
  get unanswered(): number {
    return this.outstanding.size;
  }

  /** Forgets what was issued: all that is missing is to be issued (start, take-over, lost tasks). */
  restart(): void {
    this.outstanding.clear();
    this.alone = [];
    this.plan.restart();
  }

  /** A record was folded. */
  folded(task: string, effects: Effects): void {
    this.outstanding.answered(task, this.options.clock.now());
    for (const image of effects.advanced) this.plan.advanced(image);
    for (const { image } of effects.insist) this.insisted.add(image);
    for (const image of effects.decided) this.insisted.delete(image);
    this.plan.open([...effects.open, ...effects.insist]);
  }

  /**
   * Issues until the window or the queue is full; true if instead nothing is left to issue. What a full queue refused
   * is kept for the next call.
   */
  async refill(): Promise<boolean> {
    for (;;) {
      const tasks = this.nextTasks();
      if (tasks.length === 0) return this.outstanding.size < this.options.window();
      if ((await this.publish(tasks)) < tasks.length) return false;
    }
  }

  /**
   * Issues the missing shards of stragglers once more. At most one copy of a task is waited for at a time.
   * @param patiently only of tasks that nobody will answer any more, as far as can be told
   */
  async overtake(patiently: boolean): Promise<void> {
    const { clock, fold } = this.options;
    const copies: Task[] = [];
    for (const { name, shards, copies: before } of this.outstanding.overdue(clock.now(), patiently)) {
      this.outstanding.remove(name);
      const missing = shards.filter((shard) => fold.wants(shard));
      if (missing.length > 0) copies.push(this.taskOf(missing, before + 1));
    }
    const queued = await this.publish(copies);
    this.counters.overtaken += queued;
  }

  /**
   * A task was handed out too often and never answered: its missing shards are issued again, each alone. Returns the
   * shard that is to blame if the task held no other.
   */
  exhausted({ name, shards }: Pick<Task, 'name' | 'shards'>): Shard | null {
    this.counters.exhausted += 1;
    this.outstanding.remove(name);
    const missing = shards.filter((shard) => this.options.fold.wants(shard));
    for (const shard of missing) this.suspects.add(keyOf(shard));
    if (shards.length === 1) return missing[0] ?? null;
    this.alone.push(...missing);
    return null;
  }

  private nextTasks(): Task[] {
    const window = this.options.window();
    const tasks: Task[] = [];
    while (tasks.length < PUBLISH_AT_ONCE && this.outstanding.size < window) {
      const shards = this.pack(2 * this.outstanding.size < window);
      if (shards.length === 0) break;
      tasks.push(this.taskOf(shards, 0));
    }
    return tasks;
  }

  private taskOf(shards: Shard[], copies: number): Task {
    const { taskPrefix, job, clock } = this.options;
    const name = `${taskPrefix}.${++this.named}`;
    // Before it is published: its answer may come before the word that it is queued.
    this.outstanding.add({ name, shards, issuedAt: clock.now(), copies });
    const insists = shards.some(({ image }) => this.insisted.has(image));
    return { name, job, shards, ...(insists && { insist: true }) };
  }

  /** How many of them are queued; what a full queue refused is to be issued again. */
  private async publish(tasks: readonly Task[]): Promise<number> {
    const outcomes = await Promise.all(tasks.map((task) => this.options.queue.publish(task)));
    const refused = tasks.filter((_, at) => outcomes[at] === 'full');
    for (const { name, shards } of refused) {
      this.outstanding.remove(name);
      this.plan.open(shards);
    }
    const queued = tasks.length - refused.length;
    this.counters.issued += queued;
    return queued;
  }

  /** One task's worth of shards. Packing follows timing freely: it cannot reach a certificate. */
  private pack(mayWorkAhead: boolean): Shard[] {
    const { fold, taskMicros } = this.options;
    for (let lone = this.alone.shift(); lone; lone = this.alone.shift()) if (fold.wants(lone)) return [lone];
    const { samples, micros } = fold.tally;
    const wanted = samples > 0 ? taskMicros / (micros / samples) : 1;
    const shards: Shard[] = [];
    let [packed, bytes] = [0, 0];
    while (packed < wanted && shards.length < SHARDS_PER_TASK) {
      const shard = this.plan.next(mayWorkAhead && shards.length === 0);
      if (!shard) break;
      if (this.suspects.has(keyOf(shard))) {
        this.alone.push(shard);
        continue;
      }
      bytes += this.bytesOf(shard);
      if (bytes > RECORD_BYTES) {
        this.plan.open([shard]);
        break;
      }
      shards.push(shard);
      packed += shard.end - shard.begin;
    }
    return shards.length > 0 || this.alone.length === 0 ? shards : this.pack(mayWorkAhead);
  }

  /** What the shard's counts may take in a record, roughly. */
  private bytesOf({ begin, end }: Shard): number {
    const { classes } = this.options.fold.job.draw;
    return BYTES_PER_SHARD + BYTES_PER_CLASS * Math.min(classes, end - begin);
  }
}

const keyOf = ({ image, begin }: Shard): string => `${image}:${begin}`;
