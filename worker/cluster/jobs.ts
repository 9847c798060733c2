import type { WorkerExchange } from '../../shared/ports/exchange.js';
import type { ArtifactCache } from './artifacts/cache.js';
import type { Pool } from '../draw/pool.js';
import { isPassing } from './draw-task.js';
import { JobInHand, type PoolSettings } from './job-in-hand.js';
import type { Refusals } from './refusals.js';
import { unlessAborted } from './unless-aborted.js';

export interface JobsOptions {
  readonly exchange: Pick<WorkerExchange, 'open'>;
  readonly cache: ArtifactCache;
  readonly pool: PoolSettings;
  /** Jobs that have children at once; a further one waits for one that is idle. */
  readonly most: number;
  readonly refusals: Refusals;
  /** Told why a job cannot be drawn for. */
  readonly onRefusal: (job: string, error: unknown) => void;
}

/**
 * The jobs that this worker draws for: begun when a task of one comes, ended when they end or others need the room. A job is
 *
 *   beginning  its artifacts are fetched and its children started; who wants it waits
 *   open       tasks are drawn
 *   leaving    nobody gets it any more; it is closed with its last task, and its room is free once its children are gone
 */
export class Jobs {
  /** Beginning or open. */
  private readonly inHand = new Map<string, Promise<JobInHand | null>>();
  private readonly opened = new Map<string, JobInHand>();
  private readonly leaving = new Set<JobInHand>();
  private readonly closings = new Set<Promise<void>>();
  private readonly waiters = new Set<() => void>();
  private takes = 0;
  private draining = false;

  constructor(private readonly options: JobsOptions) {}

  /**
   * The job with one more task, to be given back with `done`. Null if there is no such job (any more).
   * @throws why it cannot be drawn for, which is noted if it is the job's fault; the reason of `signal`
   */
  async take(id: string, signal: AbortSignal): Promise<JobInHand | null> {
    for (;;) {
      signal.throwIfAborted();
      const known = this.inHand.get(id);
      if (!known && !this.hasRoom()) {
        await unlessAborted(this.somethingChanges(), signal);
        continue;
      }
      const beginning = known ?? this.begin(id);
      if (!known) this.inHand.set(id, beginning);
      const job = await unlessAborted(beginning, signal);
      if (!job || job.links.ended.aborted) return null;
      if (this.opened.get(id) !== job) continue;
      job.tasks += 1;
      job.takenAt = ++this.takes;
      return job;
    }
  }

  done(job: JobInHand): void {
    job.tasks -= 1;
    if (job.tasks === 0 && this.leaving.has(job)) this.close(job);
    this.wake();
  }

  /** Of all jobs that have children. */
  get pools(): readonly Pool[] {
    return [...this.opened.values(), ...this.leaving].map(({ pool }) => pool);
  }

  /** Hands back what is not drawn yet; tasks in hand are answered after the batch that is running. */
  drain(): void {
    this.draining = true;
    for (const job of this.opened.values()) job.pool.drain();
  }

  /** Ends all children, whatever they are at; what they held is handed back. */
  kill(): void {
    for (const job of [...this.opened.values(), ...this.leaving]) job.kill();
  }

  /** Resolves when every job is given back and its children are gone. To be called when no task is in hand. */
  async end(): Promise<void> {
    await Promise.allSettled(this.inHand.values());
    for (const job of [...this.opened.values()]) this.forget(job);
    await Promise.all(this.closings);
  }

  /** It cannot be drawn for (any more): what its children hold is handed back, and another try comes later. */
  failed(job: JobInHand, error: unknown): void {
    if (this.opened.get(job.id) !== job) return;
    this.refuse(job.id, error);
    this.forget(job);
  }

  private async begin(id: string): Promise<JobInHand | null> {
    try {
      const links = await this.options.exchange.open(id).catch((error: unknown) => {
        // That the exchange is away for a while says nothing about the job.
        if (!isPassing(error)) this.refuse(id, error);
        throw error;
      });
      if (!links) {
        this.inHand.delete(id);
        this.options.refusals.remove(id);
        this.wake();
        return null;
      }
      const { cache, pool } = this.options;
      const job = await JobInHand.begin(links, cache, pool).catch(async (error: unknown) => {
        this.refuse(id, error);
        await links.close();
        throw error;
      });
      this.opened.set(id, job);
      job.pool.broken.catch((error: unknown) => this.failed(job, error));
      job.onEnded(() => this.forget(job));
      // Nobody waits for it any more.
      if (this.draining) this.forget(job);
      return job;
    } catch (error) {
      this.inHand.delete(id);
      this.wake();
      throw error;
    }
  }

  private refuse(id: string, error: unknown): void {
    this.options.refusals.add(id, error);
    this.options.onRefusal(id, error);
  }

  /** Whether one more job may begin; if not, and one is idle, that one goes. */
  private hasRoom(): boolean {
    const { most } = this.options;
    if (this.inHand.size + this.leaving.size < most) return true;
    // One that was never taken is about to be.
    const idle = [...this.opened.values()].filter(({ tasks, takenAt }) => tasks === 0 && takenAt > 0);
    const [oldest] = idle.sort((a, b) => a.takenAt - b.takenAt);
    if (oldest && this.inHand.size >= most) this.forget(oldest);
    return false;
  }

  /** Takes no more tasks for it; its children and links go when the last task is answered. */
  private forget(job: JobInHand): void {
    if (this.opened.get(job.id) !== job) return;
    this.opened.delete(job.id);
    this.inHand.delete(job.id);
    if (job.links.ended.aborted) this.options.refusals.remove(job.id);
    this.leaving.add(job);
    job.pool.drain();
    if (job.tasks === 0) this.close(job);
  }

  private close(job: JobInHand): void {
    const closing = job.close().finally(() => {
      this.leaving.delete(job);
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
