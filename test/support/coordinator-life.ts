import { setImmediate } from 'node:timers/promises';
import { afterEach } from 'vitest';

import { Coordinator, type CoordinatorOptions } from '../../coordinator/run/coordinator.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { FileLedger } from '../../adapters/local/file-ledger.js';
import { MemoryQueue } from '../../adapters/local/memory-queue.js';
import { MemoryStop } from '../../adapters/local/memory-stop.js';
import { jobDigest, type Job } from '../../shared/job.js';
import type { TaskQueue } from '../../shared/ports/task-queue.js';
import type { VoteLedger } from '../../shared/ports/vote-ledger.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { allShards, counted, makeJob, makeRecord, rowsOf, voterOf, type Voter } from './jobs.js';
import { ManualClock, VoteDrawer, type VoteDrawerOptions } from './vote-drawer.js';
import { folderOfEachTest } from './temporary-folder.js';

/** Six images of every fate. */
export const JOB = makeJob({ images: 6, looks: [64, 96, 256, 512, 1024] });
export const voter = voterOf(11, (image) => [1, 0.97, 0.55, 0.9, 0.2, 0.999][image]!);

/** Returns the rows that a job must end with, by folding every shard in order. */
export function expectedRows(job: Job, by: Voter = voter): string[] {
  const fold = new JobFold(job);
  for (const shard of allShards(fold)) fold.apply(makeRecord(job, { counted: [counted(by, shard)] }));
  return rowsOf(fold);
}

export interface LifeOptions
  extends
    Partial<Omit<CoordinatorOptions, 'job'>>,
    Partial<Omit<VoteDrawerOptions, keyof CoordinatorOptions>> {
  /** Drawers of votes. */
  readonly slots?: number;
}

/** One life of a coordinator on a ledger, with real adapters and one drawer of votes a slot. */
function begin(job: Job, life: string, ledger: VoteLedger, options: LifeOptions) {
  const queue = options.queue ?? new MemoryQueue();
  const stop = new MemoryStop();
  const clock = new ManualClock();
  const fold = new JobFold(job);
  const ended = new AbortController();
  const records: LedgerRecord[] = [];
  const { slots = 2, ...given } = options;
  const common = { ledger, queue, stop };
  const coordinator = new Coordinator({
    ...common,
    fold,
    clock,
    taskPrefix: life,
    taskMicros: 2000,
    window: () => 4 * slots,
    onProgress: (record) => records.push(record),
    ...given,
    job: 'j-1',
  });
  let appending = 0;
  const append = (record: LedgerRecord) => {
    appending += 1;
    return ledger.append(record).finally(() => (appending -= 1));
  };
  const drawing = { ...common, voter, ...given, job, ledger: { append } };
  const drawers = Array.from({ length: slots }, () => new VoteDrawer(drawing));
  const running = coordinator.run(ended.signal).finally(() => ended.abort());
  const all = Promise.all([running, ...drawers.map((drawer) => drawer.run(ended.signal))]);
  all.catch(() => undefined);
  const end = async () => {
    ended.abort();
    await Promise.allSettled([all]);
    await ledger.close();
  };
  /** Lets time pass until the run has ended, but none while the disk is at work: what it has, if it loses nothing, is folded first. */
  const endInTime = async () => {
    const done = new AbortController();
    void all.catch(() => undefined).finally(() => done.abort());
    const isBehind = () => appending > 0 || (ledger instanceof FileLedger && fold.sequence < ledger.size());
    const goesOn = () => !done.signal.aborted;
    while (goesOn()) {
      await Promise.race([all.catch(() => undefined), clock.advance(1000)]);
      do await setImmediate();
      while (isBehind() && goesOn());
    }
    await all;
  };
  const abort = () => ended.abort();
  return { coordinator, ledger, queue, stop, clock, fold, records, all, endInTime, end, abort };
}

/** A ledger that loses some records after it has said that it has them. */
export class LossyLedger implements VoteLedger {
  constructor(
    private readonly kept: VoteLedger,
    private readonly loses: (record: LedgerRecord) => boolean,
    /** Places behind the last record that are empty. */
    private readonly gap = 0,
  ) {}

  append(record: LedgerRecord) {
    return this.loses(record) ? Promise.resolve('recorded' as const) : this.kept.append(record);
  }
  size() {
    return this.kept.size() + this.gap;
  }
  read(after: number, signal: AbortSignal) {
    return this.kept.read(after, signal);
  }
  sync() {
    return this.kept.sync();
  }
  close() {
    return this.kept.close();
  }
}

/** A queue in memory, full whenever it says so. */
export function queueThat(isFull: () => boolean): TaskQueue {
  const memory = new MemoryQueue();
  return {
    publish: (task) => (isFull() ? Promise.resolve('full') : memory.publish(task)),
    next: (signal) => memory.next(signal),
    depth: (job) => memory.depth(job),
    tasks: (job) => memory.tasks(job),
    purge: (job) => memory.purge(job),
    close: () => memory.close(),
  };
}

/** A folder of its own for each test of the file, with the ledger of its job. */
export function lives() {
  const folder = folderOfEachTest();
  const opened: FileLedger[] = [];
  const openLedger = async (job = JOB) => {
    const ledger = await FileLedger.open(folder.file('ledger'), jobDigest(job));
    opened.push(ledger);
    return ledger;
  };
  // Also those that a test leaves open: one that is closed already stays so.
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((ledger) => ledger.close()));
  });
  const live = async (job: Job, life: string, options: LifeOptions = {}) =>
    begin(job, life, options.ledger ?? (await openLedger(job)), options);
  return { live, openLedger };
}
