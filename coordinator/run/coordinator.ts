import { setMaxListeners } from 'node:events';
import type { Clock } from '../../shared/ports/clock.js';
import type { StopSignal } from '../../shared/ports/stop-signal.js';
import type { Task, TaskQueue } from '../../shared/ports/task-queue.js';
import type { VoteLedger } from '../../shared/ports/vote-ledger.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { Bell } from './bell.js';
import { Issuer } from './issuer.js';
import type { IssueCounters } from '../observe/issue-counters.js';
import type { Effects, JobFold } from '../core/job-fold.js';
import { workIsLost } from '../observe/faults.js';

const RECONCILE_EVERY_MS = 1_000;
/** Ticks without anything going on after which work counts as lost. */
const IDLE_TICKS = 2;
const STRAGGLER_MS = 2_000;
/** Ten times what passes before a holder that is silent counts as dead. */
const PATIENCE_MS = 300_000;
/** One name for every coordinator: a job is cancelled once. */
const CANCEL_TASK = 'cancel';

export interface CoordinatorOptions {
  readonly fold: JobFold;
  readonly ledger: VoteLedger;
  readonly queue: TaskQueue;
  readonly stop: StopSignal;
  readonly clock: Clock;
  /** Id of the job, as the queue knows it. */
  readonly job: string;
  /** Names tasks; no two coordinators of a job, now or later, may use the same prefix. */
  readonly taskPrefix: string;
  /** How many tasks of this job may be unanswered; asked anew each time. Below half of it, work ahead is issued too. */
  readonly window: () => number;
  /** How much work a task should hold, in microseconds of noise and inference. */
  readonly taskMicros: number;
  /** Milliseconds after which a task may count as a straggler at the earliest; 2,000 unless given. */
  readonly stragglerMs?: number;
  /** Milliseconds after which it does whatever other tasks took; 300,000 unless given. */
  readonly patienceMs?: number;
  /** After so many restarts in a row (see `onRestart`) without a record that was folded, `run` rejects; unless given, it never does. */
  readonly maxRestarts?: number;
  /** Called when all that is missing is about to be issued again, because its tasks are lost. @param count times that it was so until now */
  readonly onRestart?: (count: number) => void;
  /** Called after every record that `run` folded, those that were in the ledger before included. */
  readonly onProgress: (record: LedgerRecord, effects: Effects, sequence: number) => void;
}

/**
 * The loop: ledger → fold → plan → queue, stop. It holds no truth of its own: started on any ledger of the job,
 * however many coordinators wrote to it, it reaches the same certificates. One part follows the ledger, one issues,
 * one ticks; nothing but the first touches the fold. An error of a port ends all of them.
 */
export class Coordinator {
  private readonly issuer: Issuer;
  private readonly bell = new Bell();
  private readonly gaveUp = new Set<number>();
  private readonly exhausted: Pick<Task, 'name' | 'shards'>[] = [];
  private readonly ended = new AbortController();
  /** What was in the ledger at the start is folded: from here on it issues and tells. */
  private begun = false;
  private cancelling = false;
  /** Recorded once; recorded again, should the store have lost it, until it is folded. */
  private cancelTold = false;
  private ticked = false;
  private idleTicks = 0;
  private sequenceAtTick = 0;
  private ownRecords = 0;
  private restartsInARow = 0;

  constructor(private readonly options: CoordinatorOptions) {
    const { stragglerMs = STRAGGLER_MS, patienceMs = PATIENCE_MS } = options;
    this.issuer = new Issuer({ ...options, stragglerMs, patienceMs });
  }

  /** What was issued and why. */
  get counters(): Readonly<IssueCounters> {
    return this.issuer.counters;
  }

  /** When the oldest task that was issued and is not answered was issued, in monotonic milliseconds; null if there is none. */
  get oldestTaskAt(): number | null {
    return this.issuer.oldestAt;
  }

  /** Folds and issues until every image is decided, the job is cancelled or `signal` aborts. To be called once. */
  async run(signal: AbortSignal): Promise<void> {
    const { fold, ledger, queue, job } = this.options;
    const until = AbortSignal.any([signal, this.ended.signal]);
    setMaxListeners(0, until);
    // Of a coordinator before this one; what it holds and is missing is issued anew.
    await queue.purge(job);
    const known = ledger.size();
    if (fold.sequence >= known) this.begin();
    until.addEventListener('abort', () => this.bell.ring(), { once: true });
    this.bell.ring();
    const parts = [this.follow(known, until), this.issue(until), this.tick(until)];
    try {
      await Promise.all(parts);
    } finally {
      this.ended.abort();
      await Promise.allSettled(parts);
    }
  }

  /** Has it recorded that the job is cancelled; `run` ends when it folds that. May be called before `run`. */
  cancel(): void {
    this.cancelling = true;
    this.bell.ring();
  }

  /** To be called when a task was handed out too often and never answered. Its answer, should it come, counts all the same. */
  taskExhausted(task: Pick<Task, 'name' | 'shards'>): void {
    this.exhausted.push(task);
    this.bell.ring();
  }

  private async follow(known: number, until: AbortSignal): Promise<void> {
    const { fold, ledger, onProgress } = this.options;
    for await (const { sequence, record } of ledger.read(fold.sequence, until)) {
      const effects = fold.apply(record, sequence);
      this.restartsInARow = 0;
      if (this.begun) {
        this.issuer.folded(record.task, effects);
        this.announce(effects.decided);
      } else if (sequence >= known) {
        this.begin();
      }
      onProgress(record, effects, sequence);
      if (this.begun && fold.isDone()) this.ended.abort();
      this.bell.ring();
    }
  }

  private begin(): void {
    const { fold } = this.options;
    this.begun = true;
    this.announce([...fold.images].flatMap(([image, { ending }]) => (ending ? [image] : [])));
    this.issuer.restart();
    this.bell.ring();
    if (fold.isDone()) this.ended.abort();
  }

  /** Of a cancelled job nothing is wanted any more. */
  private announce(decided: readonly number[]): void {
    const { fold, stop } = this.options;
    stop.announce(fold.cancelled ? [...fold.images.keys()] : decided);
  }

  private async tick(until: AbortSignal): Promise<void> {
    const { clock } = this.options;
    while (!until.aborted) {
      await clock.sleep(RECONCILE_EVERY_MS, until);
      this.ticked = true;
      this.bell.ring();
    }
  }

  private async issue(until: AbortSignal): Promise<void> {
    for (;;) {
      await this.bell.rung();
      if (until.aborted) return;
      const { ticked } = this;
      this.ticked = false;
      if (this.cancelling && (ticked || !this.cancelTold)) {
        this.cancelTold = true;
        await this.record({ task: CANCEL_TASK, cancelled: true });
      }
      if (this.begun) {
        await this.recordFailures();
        const allIssued = await this.issuer.refill();
        if (ticked) await this.reconcile(allIssued);
      } else if (ticked && this.idleFor(true)) {
        // The last records of the ledger were lost while it was read: there is nothing more to wait for.
        this.begin();
      }
    }
  }

  /** Whether at the last ticks, this one among them, nothing had been folded since the one before and `stuck` was true. */
  private idleFor(stuck: boolean): boolean {
    const { sequence } = this.options.fold;
    this.idleTicks = stuck && sequence === this.sequenceAtTick ? this.idleTicks + 1 : 0;
    this.sequenceAtTick = sequence;
    if (this.idleTicks < IDLE_TICKS) return false;
    this.idleTicks = 0;
    return true;
  }

  /**
   * Issues again what was lost: nothing of the job is in the queue, or all was issued and answered, and still shards
   * are missing. Overtakes stragglers where nothing else is left, and nobody waits for a hand that is free; where more
   * is left, but all that may be out is in somebody's hands, only those that were waited for too long.
   */
  private async reconcile(allIssued: boolean): Promise<void> {
    const { queue, job } = this.options;
    const { issuer } = this;
    const depth = issuer.unanswered > 0 ? await queue.depth(job) : null;
    if (this.idleFor(depth ? depth.waiting + depth.taken === 0 : allIssued)) {
      await this.issueAgain();
    } else if (depth?.waiting === 0) {
      await issuer.overtake(!allIssued);
    }
  }

  /** Issues all that is missing once more. @throws Error if that has not helped `maxRestarts` times in a row */
  private async issueAgain(): Promise<void> {
    const { maxRestarts = Infinity, onRestart } = this.options;
    const { issuer } = this;
    this.restartsInARow += 1;
    issuer.counters.restarts += 1;
    onRestart?.(issuer.counters.restarts);
    if (this.restartsInARow >= maxRestarts) throw workIsLost(maxRestarts);
    issuer.restart();
    this.gaveUp.clear();
    await issuer.refill();
  }

  /** Records images that failed too often, and shards that nobody could answer; the fold acts when it reads that. */
  private async recordFailures(): Promise<void> {
    const failedImages = [...this.options.fold.toGiveUp.values()].filter(
      ({ image }) => !this.gaveUp.has(image),
    );
    for (const { image } of failedImages) this.gaveUp.add(image);
    if (failedImages.length > 0) {
      await this.record({ task: `${this.options.taskPrefix}.own.${++this.ownRecords}`, failedImages });
    }
    for (const task of this.exhausted.splice(0)) {
      const shard = this.issuer.exhausted(task);
      const failed = shard && [
        { shard, code: 'CHILD_DIED', detail: 'No worker that drew it gave an answer.' } as const,
      ];
      if (failed) await this.record({ task: `${task.name}.exhausted`, failed });
    }
  }

  private async record(content: Partial<LedgerRecord> & Pick<LedgerRecord, 'task'>): Promise<void> {
    const { fold, ledger } = this.options;
    await ledger.append({
      jobDigest: fold.digest,
      fingerprint: '',
      counted: [],
      failed: [],
      returned: [],
      dropped: [],
      failedImages: [],
      cancelled: false,
      ...content,
    });
  }
}

/** Folds what the ledger holds behind what is folded already; `onFolded` is told of each record. */
export async function replay(
  fold: JobFold,
  ledger: VoteLedger,
  onFolded: (effects: Effects, sequence: number) => void = () => undefined,
): Promise<void> {
  const size = ledger.size();
  if (fold.sequence >= size) return;
  const end = new AbortController();
  for await (const { sequence, record } of ledger.read(fold.sequence, end.signal)) {
    onFolded(fold.apply(record, sequence), sequence);
    if (sequence >= size) break;
  }
}
