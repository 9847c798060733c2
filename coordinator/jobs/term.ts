import type { JobEntry } from '../../shared/ports/job-store.js';
import { JobRunner } from '../run/job-runner.js';
import type { ServicePorts } from './ports.js';
import { ResultsInHand } from '../results/results-in-hand.js';
import { Retention } from './retention.js';
import { windowOf } from '../run/window.js';

/** From the lease's coming to its loss: the jobs that this coordinator runs meanwhile. */
export class Term {
  /** Those that have not ended, by id. */
  readonly runners = new Map<string, JobRunner>();
  private readonly running = new Set<Promise<void>>();
  private readonly retention: Retention;

  constructor(
    private readonly ports: ServicePorts,
    /** Aborts when the term ends. */
    readonly until: AbortSignal,
    private readonly inHand = new ResultsInHand(),
  ) {
    this.retention = new Retention(ports, inHand);
    const unlisten = ports.exchange.onExhausted((task) => this.runners.get(task.job)?.exhausted(task));
    until.addEventListener('abort', unlisten, { once: true });
  }

  /** The runner of a job that has not ended, as far as is known; begun now if there is none. */
  begin(entry: JobEntry): JobRunner {
    const known = this.runners.get(entry.id);
    if (known) return known;
    const window = (numericClass: string) => this.window(numericClass);
    const runner = new JobRunner(this.ports, entry, window, this.inHand);
    this.runners.set(entry.id, runner);
    const running = runner.run(this.until).then(() => {
      this.running.delete(running);
      this.runners.delete(entry.id);
    });
    this.running.add(running);
    return runner;
  }

  /** Runs every job of the store that has not ended: another coordinator, or this one before, may have left some there. */
  async adopt(): Promise<void> {
    await this.entries();
  }

  /** The same, from time to time; and forgets what ended long ago. */
  async sweep(): Promise<void> {
    await this.retention.sweep(await this.entries());
  }

  private async entries(): Promise<JobEntry[]> {
    const entries = (await this.ports.jobs.list()).map(({ entry }) => entry);
    for (const entry of entries) {
      this.runners.get(entry.id)?.notice(entry);
      if (entry.ending === null) this.begin(entry);
    }
    return entries;
  }

  /** Resolves once these jobs, or all, are worth showing, or after `ms`. */
  async settled(ms: number, runners: Iterable<JobRunner> = this.runners.values()): Promise<void> {
    await this.atMost(ms, Promise.all([...runners].map(({ shown }) => shown.settled)), this.until);
  }

  /** Resolves once every job let go, or after `ms`: what hangs on a port that is away does no harm. */
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
    return windowOf(numericClass, ofClass.length, this.ports.exchange.presences());
  }
}
