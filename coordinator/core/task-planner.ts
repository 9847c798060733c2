import { shardKey, type Shard } from '../../shared/shards.js';
import type { Effects, JobFold } from './job-fold.js';
import { OutstandingTasks, type OutstandingTask } from './outstanding-tasks.js';
import { Plan } from './plan.js';

const MAX_SHARDS_PER_TASK = 64;
/** Estimated bytes of the record that answers a task: it must pass where 64 KiB do. The counts of one shard take a fraction of it. */
const MAX_RECORD_BYTES = 48_000;
const BYTES_PER_SHARD = 24;
const BYTES_PER_CLASS = 6;
/** Tasks that are planned at once: so many may be on their way to the queue together, so that round trips do not add up. */
const MAX_TASKS_AT_ONCE = 16;

export interface PlannerOptions {
  readonly fold: JobFold;
  /** Names tasks; no two coordinators of a job, now or later, may use the same prefix. */
  readonly taskPrefix: string;
  /** How much work a task should hold, in microseconds of noise and inference. */
  readonly taskMicros: number;
  /** Milliseconds after which a task may count as a straggler at the earliest. */
  readonly stragglerMs: number;
  /** Milliseconds after which a task counts as a straggler even if none was answered yet, or shards are left that were not issued. */
  readonly patienceMs: number;
}

/** A task to be issued. */
export interface PlannedTask {
  readonly name: string;
  readonly shards: readonly Shard[];
  /** Set where workers count one of its images as decided, and are wrong. */
  readonly insist?: true;
}

/**
 * Decides which tasks to issue next, and what to issue again because its task does not come back. Pure: it knows the fold, the tasks that
 * it planned, and the time that it is told; it does not know queues, clocks or workers. A planned task counts as unanswered at once,
 * because its answer may come before the queue has confirmed it.
 */
export class TaskPlanner {
  private named = 0;
  private readonly plan: Plan;
  private readonly outstanding: OutstandingTasks;
  /** Shards of tasks that were never answered: each gets a task of its own, so that it alone can be to blame. */
  private readonly suspects = new Set<string>();
  /** Shards that are to be issued each in a task of its own. */
  private alone: Shard[] = [];
  /** Undecided images that workers count as decided. */
  private readonly insisted = new Set<number>();

  constructor(private readonly options: PlannerOptions) {
    this.plan = new Plan(options.fold);
    this.outstanding = new OutstandingTasks(options.stragglerMs, options.patienceMs);
  }

  /** When the oldest task that is not answered was planned, in monotonic milliseconds; null if there is none. */
  get oldestAt(): number | null {
    return this.outstanding.oldestAt;
  }

  /** How many tasks are planned and not answered. */
  get unanswered(): number {
    return this.outstanding.size;
  }

  /** Forgets what was planned: all that is missing is to be issued (start, take-over, lost tasks). */
  restart(): void {
    this.outstanding.clear();
    this.alone = [];
    this.plan.restart();
  }

  /** Counts tasks of a coordinator before this one, which are still in the queue, as planned now. To be called after `restart`. */
  adopt(tasks: readonly Pick<OutstandingTask, 'name' | 'shards'>[], now: number): void {
    for (const { name, shards } of tasks) {
      const missing = this.missing(shards);
      if (missing.length === 0) continue;
      this.outstanding.add({ name, shards, issuedAt: now, copies: 0 });
      this.plan.adopt(missing);
    }
  }

  /** Takes note of a record that was folded. @param task the name of the task that it answers */
  folded(task: string, effects: Effects, now: number): void {
    this.outstanding.answered(task, now);
    for (const image of [...effects.advanced, ...effects.allotted]) this.plan.advanced(image);
    for (const { image } of effects.insist) this.insisted.add(image);
    for (const image of effects.decided) this.insisted.delete(image);
    this.plan.open([...effects.open, ...effects.insist]);
  }

  /**
   * Returns the next tasks, until `window` tasks are unanswered; none if nothing is left to issue. While less than half of the window is
   * unanswered, shards of one look ahead are issued, too.
   */
  next(window: number, now: number): PlannedTask[] {
    const tasks: PlannedTask[] = [];
    while (tasks.length < MAX_TASKS_AT_ONCE && this.outstanding.size < window) {
      const shards = this.pack(2 * this.outstanding.size < window);
      if (shards.length === 0) break;
      tasks.push(this.taskOf(shards, 0, now));
    }
    return tasks;
  }

  /** Takes back tasks that could not be queued: their shards are issued again. */
  takeBack(tasks: readonly PlannedTask[]): void {
    for (const { name, shards } of tasks) {
      this.outstanding.remove(name);
      this.plan.open(shards);
    }
  }

  /** Takes note of milliseconds in which no answer could be heard: they make no task a straggler. */
  unheard(ms: number): void {
    this.outstanding.unheard(ms);
  }

  /**
   * Returns tasks with the missing shards of stragglers. For each straggler one copy is waited for at a time.
   * @param onlyBeyondPatience only of tasks that nobody will answer any more, as far as can be told
   */
  overtake(now: number, onlyBeyondPatience: boolean): PlannedTask[] {
    const overdue = this.outstanding.overdue(now, onlyBeyondPatience);
    return overdue.flatMap(({ name, shards, copies }) => {
      this.outstanding.remove(name);
      const missing = this.missing(shards);
      return missing.length === 0 ? [] : [this.taskOf(missing, copies + 1, now)];
    });
  }

  /**
   * Plans the missing shards of a task that was handed out too often and never answered again, each alone. Returns the shard that is to
   * blame if the task held no other one; null if more shards, or none that is still missing, could be.
   */
  exhausted({ name, shards }: Pick<OutstandingTask, 'name' | 'shards'>): Shard | null {
    this.outstanding.remove(name);
    const missing = this.missing(shards);
    for (const shard of missing) this.suspects.add(shardKey(shard));
    if (shards.length === 1) return missing[0] ?? null;
    this.alone.push(...missing);
    return null;
  }

  private missing(shards: readonly Shard[]): Shard[] {
    return shards.filter((shard) => this.options.fold.wants(shard));
  }

  private taskOf(shards: Shard[], copies: number, now: number): PlannedTask {
    const name = `${this.options.taskPrefix}.${++this.named}`;
    this.outstanding.add({ name, shards, issuedAt: now, copies });
    const insists = shards.some(({ image }) => this.insisted.has(image));
    return { name, shards, ...(insists && { insist: true }) };
  }

  /** Returns the shards of one task. How they are packed depends on timing, and no certificate depends on it. */
  private pack(mayWorkAhead: boolean): Shard[] {
    const { fold, taskMicros } = this.options;
    for (let lone = this.alone.shift(); lone; lone = this.alone.shift()) if (fold.wants(lone)) return [lone];
    const { samples, micros } = fold.tally;
    const wanted = samples > 0 ? taskMicros / (micros / samples) : 1;
    const shards: Shard[] = [];
    let [packed, bytes] = [0, 0];
    while (packed < wanted && shards.length < MAX_SHARDS_PER_TASK) {
      const shard = this.plan.next(mayWorkAhead && shards.length === 0);
      if (!shard) break;
      if (this.suspects.has(shardKey(shard))) {
        this.alone.push(shard);
        continue;
      }
      bytes += this.bytesOf(shard);
      if (bytes > MAX_RECORD_BYTES) {
        this.plan.open([shard]);
        break;
      }
      shards.push(shard);
      packed += shard.end - shard.begin;
    }
    return shards.length > 0 || this.alone.length === 0 ? shards : this.pack(mayWorkAhead);
  }

  /** Returns roughly the bytes that the counts of a shard take in a record. */
  private bytesOf({ begin, end }: Shard): number {
    const { classes } = this.options.fold.job.draw;
    return BYTES_PER_SHARD + BYTES_PER_CLASS * Math.min(classes, end - begin);
  }
}
