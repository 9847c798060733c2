import type { Clock } from '../shared/ports/clock.js';
import type { StopSignal } from '../shared/ports/stop-signal.js';
import type { TaskQueue } from '../shared/ports/task-queue.js';
import type { VoteLedger } from '../shared/ports/vote-ledger.js';
import type { Shard } from '../shared/shards.js';
import type { LedgerRecord } from '../shared/wire/record.js';
import type { JobFold } from './job-fold.js';
import { Plan } from './plan.js';

/** Largest number of shards in a task (design decision 2). */
const SHARDS_PER_TASK = 64;
const RECONCILE_EVERY_MS = 1_000;

export interface CoordinatorOptions {
  readonly fold: JobFold;
  readonly ledger: VoteLedger;
  readonly queue: TaskQueue;
  readonly stop: StopSignal;
  readonly clock: Clock;
  /** Names tasks; no two coordinators of a job, now or later, may use the same prefix. */
  readonly taskPrefix: string;
  /** Processes that draw: the queue is kept between one and two tasks for each. */
  readonly slots: number;
  /** How much work a task should hold, in microseconds of noise and inference. */
  readonly taskMicros: number;
  /** Called after every record that was folded. */
  readonly onProgress: (record: LedgerRecord) => void;
}

/**
 * The loop: ledger → fold → plan → queue, stop. It holds no truth of its own: started on any ledger of the job,
 * however many coordinators wrote to it, it reaches the same certificates.
 */
export class Coordinator {
  private readonly plan: Plan;
  private readonly gaveUp = new Set<number>();
  private nextTask = 0;
  private refilling: Promise<void> | null = null;

  constructor(private readonly options: CoordinatorOptions) {
    this.plan = new Plan(options.fold);
  }

  /** Folds and issues until every image is decided or `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { fold, ledger, stop, onProgress } = this.options;
    const ended = new AbortController();
    const until = AbortSignal.any([signal, ended.signal]);
    await replay(fold, ledger);
    if (fold.isDone()) return;
    stop.announce([...fold.images].flatMap(([image, { ending }]) => (ending ? [image] : [])));
    this.plan.restart();
    const reconciling = this.reconcile(until).finally(() => ended.abort());
    reconciling.catch(() => undefined);
    try {
      await this.giveUp();
      await this.refill();
      for await (const { record } of ledger.read(fold.records, until)) {
        const effects = fold.apply(record);
        stop.announce(effects.decided);
        for (const image of effects.advanced) this.plan.advanced(image);
        this.plan.open(effects.open);
        onProgress(record);
        if (fold.isDone()) return;
        await this.giveUp();
        await this.refill();
      }
    } finally {
      ended.abort();
      await reconciling;
    }
  }

  /** Records the images that failed too often; the fold acts when it reads that record. */
  private async giveUp(): Promise<void> {
    const { fold, ledger } = this.options;
    const failedImages = [...fold.toGiveUp.values()].filter(({ image }) => !this.gaveUp.has(image));
    if (failedImages.length === 0) return;
    for (const { image } of failedImages) this.gaveUp.add(image);
    await ledger.append({
      ...{ jobDigest: fold.digest, fingerprint: '', task: this.taskName() },
      ...{ counted: [], failed: [], returned: [], dropped: [], failedImages },
    });
  }

  /** Keeps the queue between one and two tasks a slot; works ahead only when it is below the low mark. */
  private async refill(): Promise<void> {
    if (this.refilling) return this.refilling;
    this.refilling = this.refillNow().finally(() => (this.refilling = null));
    return this.refilling;
  }

  private async refillNow(): Promise<void> {
    const { queue, slots } = this.options;
    let { waiting } = await queue.depth();
    while (waiting < 2 * slots) {
      const shards = this.pack(waiting < slots);
      if (shards.length === 0) return;
      await queue.publish({ name: this.taskName(), shards });
      waiting += 1;
    }
  }

  /** One task's worth of shards. Packing follows timing freely: it cannot reach a certificate. */
  private pack(mayWorkAhead: boolean): Shard[] {
    const { samples, micros } = this.options.fold.tally;
    const wanted = samples > 0 ? this.options.taskMicros / (micros / samples) : 1;
    const shards: Shard[] = [];
    for (let packed = 0; packed < wanted && shards.length < SHARDS_PER_TASK;) {
      const shard = this.plan.next(mayWorkAhead && shards.length === 0);
      if (!shard) break;
      shards.push(shard);
      packed += shard.end - shard.begin;
    }
    return shards;
  }

  /** Issues again what was lost: nothing queued, nothing taken, and still shards missing. */
  private async reconcile(signal: AbortSignal): Promise<void> {
    const { clock, fold, queue } = this.options;
    let idle = 0;
    while (!signal.aborted) {
      await clock.sleep(RECONCILE_EVERY_MS, signal);
      const { waiting, taken } = await queue.depth();
      idle = waiting + taken === 0 && !fold.isDone() ? idle + 1 : 0;
      if (idle < 2) continue;
      this.plan.restart();
      await this.refill();
    }
  }

  private taskName(): string {
    this.nextTask += 1;
    return `${this.options.taskPrefix}.${this.nextTask}`;
  }
}

/** Folds what the ledger holds behind what is folded already. */
export async function replay(fold: JobFold, ledger: VoteLedger): Promise<void> {
  const size = ledger.size();
  if (fold.records >= size) return;
  const end = new AbortController();
  for await (const { sequence, record } of ledger.read(fold.records, end.signal)) {
    fold.apply(record);
    if (sequence === size) break;
  }
}
