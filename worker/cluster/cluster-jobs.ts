import type { WorkerExchange } from '../../shared/ports/exchange.js';
import type { SmoothcertError } from '../../shared/errors.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import type { JobSource } from '../tasks/job-source.js';
import { isPassing } from '../tasks/task-loop.js';
import { unlessAborted } from '../tasks/unless-aborted.js';
import { ClusterJob } from './cluster-job.js';
import type { JobPool, Machine } from './machine.js';
import type { Refusals } from './refusals.js';

export interface ClusterJobsOptions {
  readonly exchange: Pick<WorkerExchange, 'open'>;
  readonly machine: Pick<Machine, 'start'>;
  /** Jobs that have processes at once; a further one waits for one that is idle. */
  readonly maxJobs: number;
  readonly refusals: Refusals;
  /** Called with the reason why a job cannot be drawn for. */
  readonly onRefusal: (job: string, error: unknown) => void;
  /** Called with the number of samples of each record that was stored. */
  readonly onDrawn: (samples: number) => void;
}

/**
 * The jobs that this worker draws for: each is opened when a task of it comes, and closed when it ends or when others need its place.
 *
 *   opening  its files are fetched and its processes started; who wants it waits
 *   open     its tasks are drawn
 *   closing  it is given to nobody any more; its processes end with its last task, and then its place is free
 */
export class ClusterJobs implements JobSource<ClusterJob> {
  /** Never rejects: a job that cannot be drawn for leaves the others alone. */
  readonly broken = new Promise<never>(() => undefined);
  /** Opening or open. */
  private readonly wanted = new Map<string, Promise<ClusterJob | null>>();
  private readonly opened = new Map<string, ClusterJob>();
  private readonly closing = new Set<ClusterJob>();
  private readonly closings = new Set<Promise<void>>();
  private readonly waiters = new Set<() => void>();
  private takes = 0;
  private draining = false;

  constructor(private readonly options: ClusterJobsOptions) {}

  waitOf(id: string): number {
    return this.options.refusals.waitOf(id);
  }

  /** As `JobSource.take`. Why a job cannot be drawn for is noted as a refusal if it is the job's fault. */
  async take(id: string, signal: AbortSignal): Promise<ClusterJob | null> {
    for (;;) {
      signal.throwIfAborted();
      const known = this.wanted.get(id);
      if (!known && !this.hasRoom()) {
        await unlessAborted(this.somethingChanges(), signal);
        continue;
      }
      const opening = known ?? this.open(id);
      if (!known) this.wanted.set(id, opening);
      const job = await unlessAborted(opening, signal);
      if (!job || job.ended.aborted) return null;
      if (this.opened.get(id) !== job) continue;
      job.tasks += 1;
      job.takenAt = ++this.takes;
      return job;
    }
  }

  done(job: ClusterJob, record: LedgerRecord | null): void {
    if (record) {
      const samples = record.counted.reduce((sum, { shard }) => sum + shard.end - shard.begin, 0);
      this.options.onDrawn(samples);
      if (samples > 0) this.options.refusals.remove(job.id);
    }
    job.tasks -= 1;
    if (job.tasks === 0 && this.closing.has(job)) this.close(job);
    this.wake();
  }

  /** Returns the pools of all jobs that have processes. */
  get pools(): readonly JobPool[] {
    return [...this.opened.values(), ...this.closing].map(({ pool }) => pool);
  }

  /** Returns the ids of the jobs that have tasks in hand. */
  get drawn(): readonly string[] {
    return [...this.opened.values(), ...this.closing].filter(({ tasks }) => tasks > 0).map(({ id }) => id);
  }

  /** Returns the jobs whose records find a full store, and what it said. */
  get unstored(): readonly { readonly job: string; readonly error: SmoothcertError }[] {
    return [...this.opened.values()].flatMap(({ id: job, full: error }) => (error ? [{ job, error }] : []));
  }

  /** Has all pools hand back what is not drawn; tasks that are being drawn are answered after the batch that is running. */
  drain(): void {
    this.draining = true;
    for (const { pool } of this.opened.values()) pool.drain();
  }

  /** Ends all processes at once; what they were drawing is handed back. To be called after `drain`. */
  kill(): void {
    for (const pool of this.pools) pool.kill();
  }

  /** Resolves when every job is closed and its processes are gone. To be called when no task is being drawn. */
  async end(): Promise<void> {
    await Promise.allSettled(this.wanted.values());
    for (const job of [...this.opened.values()]) this.forget(job);
    await Promise.all(this.closings);
  }

  private async open(id: string): Promise<ClusterJob | null> {
    try {
      const links = await this.options.exchange.open(id).catch((error: unknown) => {
        // That the exchange is away for a while says nothing about the job.
        if (!isPassing(error)) this.refuse(id, error);
        throw error;
      });
      if (!links) {
        this.wanted.delete(id);
        this.options.refusals.remove(id);
        this.wake();
        return null;
      }
      const processes = await this.options.machine.start(links).catch(async (error: unknown) => {
        this.refuse(id, error);
        await links.close();
        throw error;
      });
      const job = new ClusterJob(links, processes);
      this.opened.set(id, job);
      job.broken.catch((error: unknown) => this.failed(job, error));
      job.onEnded(() => this.forget(job));
      // Nobody waits for it any more.
      if (this.draining) this.forget(job);
      return job;
    } catch (error) {
      this.wanted.delete(id);
      this.wake();
      throw error;
    }
  }

  /** The job cannot be drawn for any more: what its processes hold is handed back, and it is tried again later. */
  private failed(job: ClusterJob, error: unknown): void {
    if (this.opened.get(job.id) !== job) return;
    this.refuse(job.id, error);
    this.forget(job);
  }

  private refuse(id: string, error: unknown): void {
    this.options.refusals.add(id, error);
    this.options.onRefusal(id, error);
  }

  /** Returns true if one more job may be opened; otherwise closes the one that is idle for longest, if any is. */
  private hasRoom(): boolean {
    const { maxJobs } = this.options;
    if (this.wanted.size + this.closing.size < maxJobs) return true;
    // One that was never taken is about to be.
    const idle = [...this.opened.values()].filter(({ tasks, takenAt }) => tasks === 0 && takenAt > 0);
    const [oldest] = idle.sort((a, b) => a.takenAt - b.takenAt);
    if (oldest && this.wanted.size >= maxJobs) this.forget(oldest);
    return false;
  }

  /** Gives the job to nobody any more; its processes and links are closed when its last task is answered. */
  private forget(job: ClusterJob): void {
    if (this.opened.get(job.id) !== job) return;
    this.opened.delete(job.id);
    this.wanted.delete(job.id);
    if (job.ended.aborted) this.options.refusals.remove(job.id);
    this.closing.add(job);
    job.pool.drain();
    if (job.tasks === 0) this.close(job);
  }

  private close(job: ClusterJob): void {
    const closing = job.close().finally(() => {
      this.closing.delete(job);
      this.closings.delete(closing);
      this.wake();
    });
    this.closings.add(closing);
  }

  private somethingChanges(): Promise<void> {
    return new Promise((resolve) => this.waiters.add(resolve));
  }

  private wake(): void {
    for (const waiter of this.waiters) waiter();
    this.waiters.clear();
  }
}
