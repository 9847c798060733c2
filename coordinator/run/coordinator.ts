import { setMaxListeners } from 'node:events';
import type { Clock } from '../../shared/ports/clock.js';
import type { StopSignal } from '../../shared/ports/stop-signal.js';
import type { Task, TaskQueue } from '../../shared/ports/task-queue.js';
import type { VoteLedger } from '../../shared/ports/vote-ledger.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { AutoResetEvent } from './auto-reset-event.js';
import { Issuer } from './issuer.js';
import type { IssueCounters } from '../observe/issue-counters.js';
import { authorOf } from '../core/author.js';
import type { Effects, JobFold } from '../core/job-fold.js';
import { workIsLost } from './fatal-errors.js';
import type { Redrawing } from './redrawing.js';
import { Turns } from './turns.js';

const TICK_MS = 1_000;
/** Ticks in a row without a new record after which work counts as lost. */
const IDLE_TICKS = 2;
/** The same where the ledger holds records that are not folded: its reader is opened anew before. */
const BEHIND_TICKS = 15;
const STRAGGLER_MS = 2_000;
/** Ten times as long as a queue waits for a silent worker before it hands the task to another one. */
const PATIENCE_MS = 300_000;
/** The name of the record that cancels a job: the same for every coordinator, so that the ledger holds it once. */
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
  /** Returns how many tasks of this job may be unanswered, now. While less than half of them are, work ahead is issued, too. */
  readonly window: () => number;
  /** How much work a task should hold, in microseconds of noise and inference. */
  readonly taskMicros: number;
  /** Milliseconds after which a task may count as a straggler at the earliest; 2,000 unless given. */
  readonly stragglerMs?: number;
  /** Milliseconds after which a task counts as a straggler however long other tasks took; 300,000 unless given. */
  readonly patienceMs?: number;
  /** How often in a row all that is missing may be issued again before `run` rejects; without limit unless given. A new record ends the row. */
  readonly maxRestarts?: number;
  /** Returns the names of the workers that can draw for the job now, and whose counts count; unless given, there are some. */
  readonly workers?: () => readonly string[];
  /** Has shards drawn a second time; null, or absent: nobody does. */
  readonly redrawing?: Redrawing | null;
  /** Called when all that is missing is to be issued again because its tasks are lost. @param count how often that was so in this run */
  readonly onRestart?: (count: number) => void;
  /** Called after every record that `run` folded, those that were in the ledger before included. */
  readonly onProgress: (record: LedgerRecord, effects: Effects, sequence: number) => void;
}

/**
 * Runs the loop of one job: reads the ledger, folds its records, issues tasks, and tells workers which images are decided. It keeps nothing
 * that must last: started on any ledger of the job, however many coordinators wrote to it, it reaches the same certificates. Three parts run
 * side by side: one follows the ledger and alone changes the fold, one issues, one wakes it once a second. An error of a port ends all three.
 */
export class Coordinator {
  private readonly issuer: Issuer;
  /** Set when the part that issues may have something to do. */
  private readonly wake = new AutoResetEvent();
  /** Images of which this process has recorded that they failed. */
  private readonly gaveUp = new Set<number>();
  /** Tasks that were reported exhausted, until their failure is recorded. */
  private readonly exhausted: Pick<Task, 'name' | 'shards'>[] = [];
  private readonly ended = new AbortController();
  /** Tasks of a coordinator before this one, until it has begun. */
  private found: Task[] = [];
  /** True once all that the ledger held at the start is folded: from then on tasks are issued and decided images announced. */
  private begun = false;
  private cancelling = false;
  /** True once the cancellation was recorded. Until it is folded, it is recorded again at each tick: the ledger may have lost it. */
  private cancelRecorded = false;
  private ticked = false;
  /** When the queue last answered, in monotonic milliseconds; null before it has. */
  private heardAt: number | null = null;
  private idleTicks = 0;
  private sequenceAtTick = 0;
  private ownRecords = 0;
  /** Answers of workers whose counts do not count: what they held is issued again at the next tick, and not faster. */
  private readonly worthless: { readonly task: string; readonly effects: Effects }[] = [];
  private restartsInARow = 0;

  constructor(private readonly options: CoordinatorOptions) {
    const { stragglerMs = STRAGGLER_MS, patienceMs = PATIENCE_MS } = options;
    this.issuer = new Issuer({ ...options, stragglerMs, patienceMs });
  }

  get counters(): Readonly<IssueCounters> {
    return this.issuer.counters;
  }

  /** When the oldest task that was issued and is not answered was issued, in monotonic milliseconds; null if there is none. */
  get oldestTaskAt(): number | null {
    return this.issuer.oldestAt;
  }

  /** True if all is decided, and what is to be drawn a second time waits for a worker. */
  get lacksSecondWorker(): boolean {
    return this.options.fold.isDone() && (this.options.redrawing?.lacksWorker ?? false);
  }

  /**
   * Folds and issues until every image is decided or the job is over, and all that the ledger is known to hold is folded; or until `signal`
   * aborts. To be called once.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { fold, ledger, queue, job } = this.options;
    const until = AbortSignal.any([signal, this.ended.signal]);
    setMaxListeners(0, until);
    // What is in the queue already, or in the hands of workers, is not issued again. Asked before the size: what was answered since is known.
    this.found = await queue.tasks(job);
    const known = ledger.size();
    if (fold.sequence >= known) this.begin();
    until.addEventListener('abort', () => this.wake.set(), { once: true });
    this.wake.set();
    const parts = [this.follow(known, until), this.issue(until), this.tick(until)];
    try {
      await Promise.all(parts);
    } finally {
      this.ended.abort();
      await Promise.allSettled(parts);
    }
  }

  /** Records that the job is cancelled; `run` ends when it has folded that. May be called before `run`. */
  cancel(): void {
    this.cancelling = true;
    this.wake.set();
  }

  /** Takes note of a task that was handed out too often and never answered. If its answer comes after all, it counts like any other. */
  taskExhausted(task: Pick<Task, 'name' | 'shards'>): void {
    this.exhausted.push(task);
    this.wake.set();
  }

  /** Folds the records of the ledger, those that come later included. @param known how many it held at the start */
  private async follow(known: number, until: AbortSignal): Promise<void> {
    const { fold, ledger, onProgress, clock, redrawing } = this.options;
    const turns = new Turns(() => clock.now());
    for await (const { sequence, record } of ledger.read(fold.sequence, until)) {
      const effects = (redrawing ?? fold).apply(record, sequence);
      this.restartsInARow = 0;
      if (this.begun) {
        const author = authorOf(record);
        const isWorthless = author !== null && fold.distrusted.has(author);
        if (isWorthless) this.worthless.push({ task: record.task, effects });
        else this.issuer.folded(record.task, effects);
        this.announce(effects.decided);
      } else if (sequence >= known) {
        this.begin();
      }
      onProgress(record, effects, sequence);
      this.endIfDone();
      this.wake.set();
      await turns.next();
    }
  }

  /**
   * Ends `run` once nothing more will be decided, and not before the records behind the last decision are folded: one of them may refute
   * the job, and a coordinator that reads the ledger later would see it.
   */
  private endIfDone(): void {
    const { fold, ledger } = this.options;
    if (this.begun && this.isDone() && fold.sequence >= ledger.size()) this.ended.abort();
  }

  /** Returns true if nothing more will be decided, and no redraw is waited for. */
  private isDone(): boolean {
    const { fold, redrawing } = this.options;
    if (!fold.isDone()) return false;
    return fold.isOver || (redrawing?.isSettled ?? true);
  }

  /** Announces what is decided and lets tasks be issued. */
  private begin(): void {
    const { fold } = this.options;
    this.begun = true;
    this.announce([...fold.images].flatMap(([image, { ending }]) => (ending ? [image] : [])));
    this.issuer.restart();
    this.issuer.adopt(this.found.splice(0));
    this.wake.set();
    this.endIfDone();
  }

  /** Tells workers which images need no more samples: of a job that was cancelled or refuted all of them. */
  private announce(decided: readonly number[]): void {
    const { fold, stop } = this.options;
    stop.announce(fold.isOver ? [...fold.images.keys()] : decided);
  }

  private async tick(until: AbortSignal): Promise<void> {
    const { clock } = this.options;
    while (!until.aborted) {
      await clock.sleep(TICK_MS, until);
      this.ticked = true;
      this.wake.set();
    }
  }

  private async issue(until: AbortSignal): Promise<void> {
    for (;;) {
      await this.wake.wait();
      if (until.aborted) return;
      const { ticked } = this;
      this.ticked = false;
      if (this.begun && this.isDone()) {
        // The ledger lost the records that are still to come: waiting for them would never end.
        if (ticked && this.idleFor(true)) this.ended.abort();
        continue;
      }
      if (this.cancelling && (ticked || !this.cancelRecorded)) {
        this.cancelRecorded = true;
        await this.record({ task: CANCEL_TASK, cancelled: true });
      }
      if (this.begun) {
        await this.recordFailures();
        await this.redraw(ticked);
        if (ticked)
          for (const { task, effects } of this.worthless.splice(0)) this.issuer.folded(task, effects);
        const allIssued = this.hasWorkers() && (await this.issuer.refill());
        if (ticked && !this.options.fold.isDone()) await this.reconcile(allIssued);
      } else if (ticked && this.idleFor(true)) {
        // The ledger lost its last records while it was read: waiting for them would never end.
        this.begin();
      }
    }
  }

  /** Returns false if all that are there draw what does not count: for them nothing is issued. */
  private hasWorkers(): boolean {
    const { fold, workers } = this.options;
    if (fold.distrusted.size === 0 || workers === undefined) return true;
    return workers().length > 0;
  }

  /** Issues what is to be drawn a second time, and records what was found by it. */
  private async redraw(ticked: boolean): Promise<void> {
    const { redrawing } = this.options;
    if (!redrawing) return;
    for (const finding of await redrawing.issue(ticked)) {
      await this.record({ task: `${this.options.taskPrefix}.own.${++this.ownRecords}`, ...finding });
      redrawing.recorded();
    }
  }

  /** To be called once a tick. Returns true, and counts anew, once `stuck` was true and nothing was folded for so many ticks in a row. */
  private idleFor(stuck: boolean, ticks = IDLE_TICKS): boolean {
    const { sequence } = this.options.fold;
    this.idleTicks = stuck && sequence === this.sequenceAtTick ? this.idleTicks + 1 : 0;
    this.sequenceAtTick = sequence;
    if (this.idleTicks < ticks) return false;
    this.idleTicks = 0;
    return true;
  }

  /**
   * Issues shards again. All that are missing, if their tasks are lost: the queue has no task of the job, or every task was answered, and no
   * record has come for some ticks. Otherwise those of tasks that take too long, but only while no task waits in the queue: else the copies
   * would delay other tasks.
   * @param allIssued true if every shard was issued; if not, a task takes too long only after `patienceMs`
   */
  private async reconcile(allIssued: boolean): Promise<void> {
    const { queue, job, fold, ledger } = this.options;
    const { issuer } = this;
    const depth = issuer.unanswered > 0 ? await queue.depth(job) : null;
    this.noticeSilence();
    // Its reader is sent nothing, though there is something: what seems to be missing may be there.
    const isBlind = fold.sequence < ledger.size() && fold.sequence === this.sequenceAtTick;
    const ticks = isBlind ? BEHIND_TICKS : IDLE_TICKS;
    if (this.idleFor(depth ? depth.waiting + depth.taken === 0 : allIssued, ticks)) {
      await this.issueAgain();
    } else if (depth?.waiting === 0 && !isBlind) {
      await issuer.overtake(!allIssued);
    }
  }

  /**
   * Takes note of the time that this process was stopped, or that the queue took to answer: workers had no way to answer in it. To be called
   * when the queue has answered, about once a tick.
   */
  private noticeSilence(): void {
    const now = this.options.clock.now();
    const unheardMs = now - (this.heardAt ?? now) - TICK_MS;
    if (unheardMs > TICK_MS) this.issuer.unheard(unheardMs);
    this.heardAt = now;
  }

  /** Issues all that is missing again. @throws Error if that has not helped `maxRestarts` times in a row */
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

  /** Records which images failed too often, and which shards no worker could answer. The fold gives images up when it reads that record. */
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
