import type { StopSignal } from '../../shared/ports/stop-signal.js';
import type { Delivery, TaskQueue } from '../../shared/ports/task-queue.js';
import type { VoteLedger } from '../../shared/ports/vote-ledger.js';
import type { Clock } from '../../shared/ports/clock.js';
import type { Job } from '../../shared/job.js';
import type { Shard } from '../../shared/shards.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { counted, makeRecord, type Voter } from './jobs.js';

export interface VoteDrawerOptions {
  readonly job: Job;
  readonly queue: TaskQueue;
  readonly ledger: Pick<VoteLedger, 'append'>;
  readonly stop: StopSignal;
  readonly voter: Voter;
  /** Chooses what this drawer does with a shard; `count` unless given. */
  readonly fate?: (shard: Shard, attempt: number) => 'count' | 'fail' | 'return';
  /** Called with each task before it is answered; false loses it: acknowledged, and no record written. */
  readonly onTask?: (delivery: Delivery) => boolean;
}

/** Draws votes from a voter where a worker would run a model: takes tasks, records, acknowledges. */
export class VoteDrawer {
  private readonly attempts = new Map<string, number>();

  constructor(private readonly options: VoteDrawerOptions) {}

  async run(signal: AbortSignal): Promise<void> {
    const { queue, ledger, onTask } = this.options;
    for (;;) {
      const delivery = await queue.next(signal);
      if (!delivery) return;
      if (onTask?.(delivery) ?? true) await ledger.append(this.answer(delivery));
      await delivery.acknowledge();
    }
  }

  private answer({ task }: Delivery): LedgerRecord {
    const { job, stop, voter, fate } = this.options;
    const dropped = task.shards.filter(({ image }) => stop.isDecided(image));
    const record = { counted: [], failed: [], returned: [], dropped } as {
      -readonly [K in 'counted' | 'failed' | 'returned' | 'dropped']: LedgerRecord[K][number][];
    };
    for (const shard of task.shards.filter((one) => !dropped.includes(one))) {
      const key = `${shard.image}:${shard.begin}`;
      const attempt = (this.attempts.get(key) ?? 0) + 1;
      this.attempts.set(key, attempt);
      const what = fate?.(shard, attempt) ?? 'count';
      if (what === 'count') record.counted.push(counted(voter, shard));
      else if (what === 'return') record.returned.push(shard);
      else record.failed.push({ shard, code: 'INFERENCE_FAILED', detail: 'it broke' });
    }
    return makeRecord(job, { ...record, task: task.name });
  }
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  private time = 0;
  private readonly sleepers = new Set<{ until: number; wake: () => void }>();
  private readonly watchers = new Set<() => void>();

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = {
        until: this.time + ms,
        wake: () => {
          this.sleepers.delete(sleeper);
          signal.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      this.sleepers.add(sleeper);
      signal.addEventListener('abort', sleeper.wake, { once: true });
      for (const seen of [...this.watchers]) seen();
    });
  }

  /** Resolves as soon as somebody sleeps. */
  sleeping(): Promise<void> {
    if (this.sleepers.size > 0) return Promise.resolve();
    return new Promise((resolve) => {
      const seen = () => {
        this.watchers.delete(seen);
        resolve();
      };
      this.watchers.add(seen);
    });
  }

  /** Waits for a sleeper, then moves time on and wakes those that are due. */
  async advance(ms: number): Promise<void> {
    await this.sleeping();
    this.time += ms;
    for (const { until, wake } of [...this.sleepers]) if (until <= this.time) wake();
  }
}
