import { equalCounts, type Counts } from '../../shared/counts.js';
import { shardKey, type Shard } from '../../shared/shards.js';
import type { CountedShard, LedgerRecord } from '../../shared/wire/record.js';
import { NAMELESS } from './author.js';

/** Shards of one redraw at most: its record is small, and other tasks wait little. */
const MAX_SHARDS_PER_TASK = 16;
/** A redraw that is not answered for so long is issued once more. */
const PATIENCE_MS = 60_000;

/** A task that draws shards once more. */
export interface RedrawTask {
  readonly name: string;
  readonly shards: readonly Shard[];
  /** Who has drawn them already. */
  readonly notBy: readonly string[];
}

/** The counts of a shard, and who says so. */
interface Count {
  readonly worker: string;
  readonly counts: Counts;
}

/** A shard that is drawn again until two workers agree. */
interface Redraw {
  readonly shard: Shard;
  /** In the order in which they came: the one that counts, and one that differs from it. */
  readonly found: Count[];
  /** Name of the task that draws it now; null if none does. */
  task: string | null;
  /** True if it was handed back: it is issued again at the next tick. Else it could go to and fro between two workers who both may not draw it. */
  waits: boolean;
}

/** The outcome of one redraw. */
export type Verdict =
  | { readonly kind: 'equal' }
  /** Two others agree against this worker. */
  | { readonly kind: 'divergent'; readonly worker: string; readonly shard: Shard }
  /** Three workers counted three different things. */
  | { readonly kind: 'unclear'; readonly workers: readonly string[]; readonly shard: Shard };

export interface RedrawOptions {
  /** Share of the counted shards that are drawn again, from 0 to 1. */
  readonly share: number;
  /** Returns a number from [0, 1) that nobody can foresee. */
  readonly draw: () => number;
  /** Names tasks; no two coordinators of a job, now or later, may use the same prefix. */
  readonly taskPrefix: string;
}

/**
 * Decides which shards are drawn a second time, and compares. A shard is chosen after its counts are in the ledger, so that no worker can
 * know of it before. What is drawn again decides nothing: the first counts of a shard stay its counts, unless their worker is found out.
 */
export class Redraws {
  private readonly open = new Map<string, Redraw>();
  private readonly tasks = new Map<string, { readonly redraws: Redraw[]; readonly issuedAt: number }>();
  private named = 0;

  constructor(private readonly options: RedrawOptions) {}

  /** Shards of which it is not known yet whether a second worker agrees. */
  get pending(): number {
    return this.open.size;
  }

  /** Returns the first shard of which two workers counted different things, and who they are; null if there is none. */
  get disputed(): { readonly shard: Shard; readonly workers: readonly string[] } | null {
    for (const { shard, found } of this.open.values())
      if (found.length > 1) return { shard, workers: found.map(({ worker }) => worker) };
    return null;
  }

  /** Chooses some of the shards whose first counts came from a worker; workers without a name count as one. */
  counted(worker: string, shards: readonly CountedShard[]): void {
    for (const { shard, counts } of shards) {
      if (this.options.draw() >= this.options.share) continue;
      this.open.set(shardKey(shard), { shard, found: [{ worker, counts }], task: null, waits: false });
    }
  }

  /** Returns tasks with the shards that nobody draws again now, in no particular order. @param workers names of those who can draw: no task is made for none of them */
  next(workers: readonly string[], now: number): RedrawTask[] {
    const groups = new Map<string, Redraw[]>();
    for (const redraw of this.open.values()) {
      if (redraw.task !== null || redraw.waits) continue;
      const drawn = redraw.found.map(({ worker }) => worker);
      if (workers.every((worker) => drawn.includes(worker))) continue;
      const key = JSON.stringify(drawn);
      const group = groups.get(key);
      if (group) group.push(redraw);
      else groups.set(key, [redraw]);
    }
    const tasks = [...groups.values()].flatMap((redraws) => this.tasksOf(redraws, now));
    return this.shuffled(tasks);
  }

  /** Takes back tasks that could not be queued. */
  takeBack(names: readonly string[]): void {
    for (const name of names) {
      for (const redraw of this.tasks.get(name)?.redraws ?? []) redraw.task = null;
      this.tasks.delete(name);
    }
  }

  /** Takes back the tasks that are not answered for long, and lets what was handed back be issued. To be called once a second. */
  tick(now: number): void {
    for (const redraw of this.open.values()) redraw.waits = false;
    const overdue = [...this.tasks].filter(([, { issuedAt }]) => now - issuedAt > PATIENCE_MS);
    this.takeBack(overdue.map(([name]) => name));
  }

  /** Compares what a record says of the shards of its task; returns one verdict for each that is settled by it. */
  answered(record: LedgerRecord): Verdict[] {
    const { task, counted } = record;
    const worker = record.worker ?? NAMELESS;
    const redraws = this.tasks.get(task)?.redraws ?? [];
    this.takeBack([task]);
    const byShard = new Map(counted.map(({ shard, counts }) => [shardKey(shard), counts]));
    const verdicts: Verdict[] = [];
    for (const redraw of redraws) {
      const counts = byShard.get(shardKey(redraw.shard));
      const hasDrawn = redraw.found.some((count) => count.worker === worker);
      redraw.waits = counts === undefined || hasDrawn;
      if (counts === undefined || hasDrawn) continue;
      const verdict = verdictOf(redraw, { worker, counts });
      if (verdict === null) redraw.found.push({ worker, counts });
      else {
        this.open.delete(shardKey(redraw.shard));
        verdicts.push(verdict);
      }
    }
    return verdicts;
  }

  /** Two workers that take tasks in turns would else hand back the same ones again and again. */
  private shuffled(tasks: readonly RedrawTask[]): RedrawTask[] {
    const keyed = tasks.map((task) => ({ task, key: this.options.draw() }));
    return keyed.sort((a, b) => a.key - b.key).map(({ task }) => task);
  }

  private tasksOf(redraws: readonly Redraw[], now: number): RedrawTask[] {
    const tasks: RedrawTask[] = [];
    for (let at = 0; at < redraws.length; at += MAX_SHARDS_PER_TASK) {
      const some = redraws.slice(at, at + MAX_SHARDS_PER_TASK);
      const name = `${this.options.taskPrefix}.r${++this.named}`;
      for (const redraw of some) redraw.task = name;
      this.tasks.set(name, { redraws: some, issuedAt: now });
      const notBy = some[0]!.found.map(({ worker }) => worker);
      tasks.push({ name, shards: some.map(({ shard }) => shard), notBy });
    }
    return tasks;
  }
}

/** Returns what is known with one more count; null if a third one must say who is right. */
function verdictOf({ shard, found }: Redraw, last: Count): Verdict | null {
  const [first, second] = found as [Count, Count | undefined];
  const agrees = equalCounts(first.counts, last.counts);
  if (second === undefined) return agrees ? { kind: 'equal' } : null;
  if (agrees) return { kind: 'divergent', worker: second.worker, shard };
  if (equalCounts(second.counts, last.counts)) return { kind: 'divergent', worker: first.worker, shard };
  return { kind: 'unclear', workers: [first.worker, second.worker, last.worker], shard };
}
