import type { Clock } from '../../shared/ports/clock.js';
import type { WorkerExchange } from '../../shared/ports/exchange.js';
import type { SmoothcertError } from '../../shared/errors.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import type { JobSource } from '../tasks/job-source.js';
import { isPassing } from '../tasks/task-loop.js';
import { unlessAborted } from '../tasks/unless-aborted.js';
import { ClusterJob } from './cluster-job.js';
import type { JobPool, Machine } from './machine.js';
import { PlaceQueue, placeToClear, turnMs } from './places.js';
import type { Refusals } from './refusals.js';

/** Who waits looks again after so many milliseconds, even if nothing has changed. */
const LONGEST_WAIT_MS = 30_000;

export interface ClusterJobsOptions {
  /** Name of this worker, unique in the cluster. */
  readonly worker: string;
  readonly exchange: Pick<WorkerExchange, 'open'>;
  readonly machine: Pick<Machine, 'start'>;
  /** Jobs that have processes at once; a further one waits for the place of one that is idle, or whose turn is over. */
  readonly maxJobs: number;
  /** Tasks of one job that are drawn at once; a further one waits. */
  readonly maxTasks: number;
  readonly clock: Clock;
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
 *
 * A job keeps its place for a turn (places.ts), so that models are not loaded for every other task; who waits for longest comes next.
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
  private readonly queue = new PlaceQueue();
  /** Milliseconds that the slowest start of processes took. */
  private slowestStart = 0;
  private draining = false;

  constructor(private readonly options: ClusterJobsOptions) {}

  waitOf(id: string): number {
    return this.options.refusals.waitOf(id);
  }

  hasPlace(id: string): boolean {
    return this.wanted.has(id) || this.wanted.size + this.closing.size < this.options.maxJobs;
  }

  /** As `JobSource.take`. Why a job cannot be drawn for is noted as a refusal if it is the job's fault. */
  async take(id: string, signal: AbortSignal): Promise<ClusterJob | null> {
    for (;;) {
      signal.throwIfAborted();
      const opening = this.wanted.get(id);
      if (!opening) {
        await this.getPlace(id, signal);
        continue;
      }
      const job = await unlessAborted(opening, signal);
      if (!job || job.ended.aborted) return null;
      if (this.opened.get(id) !== job) continue;
      if (job.tasks >= this.options.maxTasks) {
        await this.somethingChanges(signal);
        continue;
      }
      job.tasks += 1;
      job.idleSince = null;
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
    if (job.tasks === 0) job.idleSince = this.options.clock.now();
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
    for (const pool of this.pools) pool.drain();
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

  /** Waits for a place, and begins to open the job there; who waits for longest is next. @throws the reason of `signal` */
  private async getPlace(id: string, signal: AbortSignal): Promise<void> {
    this.queue.join(id);
    try {
      while (!this.wanted.has(id)) {
        signal.throwIfAborted();
        if (this.queue.first === id && this.hasPlace(id)) this.wanted.set(id, this.open(id));
        else await this.somethingChanges(signal, this.clearPlace());
      }
    } finally {
      this.queue.leave(id);
      // Another one waits for longest now.
      this.wake();
    }
  }

  private async open(id: string): Promise<ClusterJob | null> {
    const begun = this.options.clock.now();
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
      const now = this.options.clock.now();
      this.slowestStart = Math.max(this.slowestStart, now - begun);
      const job = new ClusterJob(links, processes, now, this.options.worker);
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
    const isDrawn = this.opened.get(job.id) === job || (this.closing.has(job) && job.tasks > 0);
    if (!isDrawn) return;
    this.refuse(job.id, error);
    this.forget(job);
  }

  private refuse(id: string, error: unknown): void {
    this.options.refusals.add(id, error);
    this.options.onRefusal(id, error);
  }

  /** Takes the place of a job if one is to be taken for those that wait. Returns after how many milliseconds to look again. */
  private clearPlace(): number {
    const turn = turnMs(this.slowestStart);
    // A place becomes free without it.
    if (this.closing.size > 0) return turn;
    const places = [...this.wanted.keys()].map((job) => {
      const { readyAt = null, idleSince = null } = this.opened.get(job) ?? {};
      return { job, readyAt, idleSince };
    });
    const { job, lookAgainMs } = placeToClear(places, turn, this.options.clock.now());
    // Its tasks are drawn to their end: of a model so slow that a task outlasts a turn nothing would be drawn otherwise.
    if (job !== null) this.dismiss(this.opened.get(job)!);
    return lookAgainMs;
  }

  /** Gives the job to nobody any more; its processes and links are closed when its last task is answered. */
  private forget(job: ClusterJob): void {
    if (this.opened.get(job.id) !== job) return;
    if (job.ended.aborted) this.options.refusals.remove(job.id);
    job.pool.drain();
    this.dismiss(job);
  }

  /** Gives the job to nobody any more; it is closed when its last task is drawn. */
  private dismiss(job: ClusterJob): void {
    this.opened.delete(job.id);
    this.wanted.delete(job.id);
    this.closing.add(job);
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

  /** Resolves when something changes, after `ms`, or when `signal` aborts. */
  private async somethingChanges(signal: AbortSignal, ms = LONGEST_WAIT_MS): Promise<void> {
    const changed = new AbortController();
    const wake = () => changed.abort();
    this.waiters.add(wake);
    await this.options.clock.sleep(ms, AbortSignal.any([signal, changed.signal]));
    this.waiters.delete(wake);
  }

  private wake(): void {
    for (const waiter of [...this.waiters]) waiter();
    this.waiters.clear();
  }
}
