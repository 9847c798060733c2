import type { WorkerExchange } from '../../shared/ports/exchange.js';
import type { ArtifactCache } from '../artifacts/cache.js';
import { JobInHand, type PoolSettings } from './job-in-hand.js';
import type { Refusals } from './refusals.js';

export interface JobsOptions {
  readonly exchange: WorkerExchange;
  readonly cache: ArtifactCache;
  readonly pool: PoolSettings;
  /** Jobs whose children are kept at once; a further one waits for one that is idle. */
  readonly most: number;
  readonly refusals: Refusals;
  /** Told why a job cannot be drawn for. */
  readonly onRefusal: (job: string, error: unknown) => void;
}

/** The jobs that this worker draws for: begun when a task of one comes, ended when they end or others need the room. */
export class Jobs {
  private readonly inHand = new Map<string, Promise<JobInHand | null>>();
  private readonly opened = new Map<string, JobInHand>();
  private waiters: (() => void)[] = [];
  private closing: Promise<unknown> = Promise.resolve();
  private clock = 0;

  constructor(private readonly options: JobsOptions) {}

  /**
   * The job with one more task, to be given back with `done`. Null if there is no such job (any more).
   * @throws why it cannot be drawn for; the refusal is noted
   */
  async take(id: string, signal: AbortSignal): Promise<JobInHand | null> {
    for (;;) {
      signal.throwIfAborted();
      const known = this.inHand.get(id);
      if (!known && this.inHand.size >= this.options.most && !this.evictIdle()) {
        await this.somethingChanges(signal);
        continue;
      }
      const beginning = known ?? this.begin(id);
      if (!known) this.inHand.set(id, beginning);
      const job = await beginning;
      if (!job) return null;
      if (this.opened.get(id) !== job) continue;
      job.tasks += 1;
      job.usedAt = ++this.clock;
      return job;
    }
  }

  done(job: JobInHand): void {
    job.tasks -= 1;
    if (job.tasks === 0) {
      if (this.opened.get(job.links.order.job) !== job) this.close(job);
      else this.endedJob(job);
    }
    this.wake();
  }

  /** Jobs in hand now. */
  get open(): readonly JobInHand[] {
    return [...this.opened.values()];
  }

  /** Hands back what is not drawn yet; tasks in hand are answered after the batch that is running. */
  drain(): void {
    for (const job of this.open) job.pool.drain();
  }

  /** Resolves when every job is given back and its children are gone. To be called when no task is in hand. */
  async end(): Promise<void> {
    await Promise.allSettled(this.inHand.values());
    for (const job of this.open) this.forget(job);
    await this.closing;
  }

  /** It cannot be drawn for (any more): what its children hold is handed back, and another try comes later. Returns false. */
  failed(job: JobInHand, error: unknown): false {
    const id = job.links.order.job;
    if (this.opened.get(id) === job) {
      this.options.refusals.add(id, error);
      this.options.onRefusal(id, error);
      this.forget(job);
    }
    return false;
  }

  private async begin(id: string): Promise<JobInHand | null> {
    const { exchange, cache, pool, refusals } = this.options;
    try {
      const links = await exchange.open(id);
      if (!links) {
        this.inHand.delete(id);
        return null;
      }
      const job = await JobInHand.begin(links, cache, pool).catch(async (error: unknown) => {
        await links.close();
        throw error;
      });
      this.opened.set(id, job);
      links.ended.addEventListener('abort', () => this.endedJob(job), { once: true });
      job.pool.broken.catch((error: unknown) => this.failed(job, error));
      this.endedJob(job);
      return job;
    } catch (error) {
      this.inHand.delete(id);
      refusals.add(id, error);
      this.options.onRefusal(id, error);
      this.wake();
      throw error;
    }
  }

  private endedJob(job: JobInHand): void {
    const open = this.opened.get(job.links.order.job) === job;
    if (open && job.tasks === 0 && job.links.ended.aborted) this.forget(job);
  }

  private evictIdle(): boolean {
    const idle = this.open.filter(({ tasks }) => tasks === 0).sort((a, b) => a.usedAt - b.usedAt)[0];
    if (idle) this.forget(idle);
    return idle !== undefined;
  }

  /** Takes no more tasks for it; its children and links go when the last task is answered. */
  private forget(job: JobInHand): void {
    const id = job.links.order.job;
    this.opened.delete(id);
    this.inHand.delete(id);
    if (job.links.ended.aborted) this.options.refusals.remove(id);
    job.pool.drain();
    if (job.tasks === 0) this.close(job);
    this.wake();
  }

  private close(job: JobInHand): void {
    this.closing = Promise.allSettled([this.closing, job.close()]);
  }

  private somethingChanges(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.waiters.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  private wake(): void {
    for (const waiter of this.waiters.splice(0)) waiter();
  }
}
