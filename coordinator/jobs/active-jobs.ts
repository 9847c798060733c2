import type { JobEntry } from '../../shared/ports/job-store.js';
import { ResultsInUse } from '../results/results-in-use.js';
import { JobRunner } from '../run/job-runner.js';
import { Retention } from './retention.js';
import type { ServicePorts } from './service-ports.js';
import { taskWindow } from './task-window.js';

/** The jobs that this coordinator runs while it holds the lease: a runner for each job that has not ended. */
export class ActiveJobs {
  /** By the job's id. */
  readonly runners = new Map<string, JobRunner>();
  private readonly running = new Set<Promise<void>>();
  private readonly retention: Retention;

  /** @param until aborts when the lease is lost or the process ends */
  constructor(
    private readonly ports: ServicePorts,
    readonly until: AbortSignal,
    private readonly inUse = new ResultsInUse(),
  ) {
    this.retention = new Retention(ports, inUse);
    const unlisten = ports.exchange.onExhausted((task) => this.runners.get(task.job)?.exhausted(task));
    until.addEventListener('abort', unlisten, { once: true });
  }

  /** Returns the runner of a job; begins one if there is none. @param entry of a job that has not ended, as far as is known */
  begin(entry: JobEntry): JobRunner {
    const known = this.runners.get(entry.id);
    if (known) return known;
    const window = (numericClass: string) => this.window(numericClass);
    const runner = new JobRunner(this.ports, entry, window, this.inUse);
    this.runners.set(entry.id, runner);
    const running = runner.run(this.until).then(() => {
      this.running.delete(running);
      this.runners.delete(entry.id);
    });
    this.running.add(running);
    return runner;
  }

  /** Runs every job of the store that has not ended, and tells the runners what other processes have changed. */
  async adopt(): Promise<void> {
    await this.adopted();
  }

  /** Does as `adopt`, and removes what ended long ago. To be called from time to time. */
  async sweep(): Promise<void> {
    await this.retention.sweep(await this.adopted());
  }

  private async adopted(): Promise<JobEntry[]> {
    const entries = (await this.ports.jobs.list()).map(({ entry }) => entry);
    for (const entry of entries) {
      this.runners.get(entry.id)?.notice(entry);
      if (entry.ending === null) this.begin(entry);
    }
    return entries;
  }

  /** Resolves once these jobs, or all, have something to show; at the latest after `ms`. */
  async settled(ms: number, runners: Iterable<JobRunner> = this.runners.values()): Promise<void> {
    await this.atMost(ms, Promise.all([...runners].map(({ shown }) => shown.settled)), this.until);
  }

  /** Resolves once every runner has ended; at the latest after `ms`, because one may hang on a port that does not answer. */
  ended(ms: number): Promise<void> {
    return this.atMost(ms, Promise.all(this.running));
  }

  private async atMost(ms: number, done: Promise<unknown>, until?: AbortSignal): Promise<void> {
    const over = new AbortController();
    const signal = until ? AbortSignal.any([until, over.signal]) : over.signal;
    await Promise.race([done, this.ports.clock.sleep(ms, signal)]);
    over.abort();
  }

  private window(numericClass: string): number {
    const ofClass = [...this.runners.values()].filter(({ entry }) => {
      return entry.job?.draw.numericClass === numericClass;
    });
    return taskWindow(numericClass, ofClass.length, this.ports.exchange.presences());
  }
}
