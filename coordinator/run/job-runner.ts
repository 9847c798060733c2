import type { JobView } from '../../api/job-view.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import type { Task } from '../../shared/ports/task-queue.js';
import type { RunningJob } from '../observe/gauges.js';
import { JobReports } from '../observe/job-reports.js';
import { sentenceOf } from './fatal-errors.js';
import { stateOf, viewOf } from '../observe/job-view-of.js';
import { waitingAfter } from '../observe/waiting-of.js';
import type { RunPorts } from './run-ports.js';
import { ResultsInUse } from '../results/results-in-use.js';
import { JobCloser } from './job-closer.js';
import { JobDrawing } from './job-drawing.js';
import { JobPreparation } from './job-preparation.js';
import { noProgressOf } from './live-job.js';
import { ShownJob } from './shown-job.js';
import { StoredJob } from './stored-job.js';
import { preparedEntry, workOrderOf } from './work-order-of.js';

/**
 * Runs one job from its entry to its ending:
 *
 *   pending   a worker is asked what the model is like; the job is made of its answer and stored (`JobPreparation`)
 *   replayed  the ledger is opened and read from its beginning
 *   drawing   shards are issued and counted until every image is decided or the job is cancelled (`JobDrawing`)
 *   ended     results are stored, workers told, and last the ending is stored (`JobCloser`)
 *
 * It knows one job and the ports. It does not know other jobs, requests, or who holds the lease. All that must last is in the stores:
 * whatever throws, at whatever moment, the job is begun again from them, here or in another process.
 */
export class JobRunner {
  readonly shown: ShownJob;
  private readonly stored: StoredJob;
  private readonly reports: JobReports;
  private readonly closer: JobCloser;
  private readonly preparation: JobPreparation;
  private readonly drawing: JobDrawing;
  private interruption = new AbortController();
  /** How often in a row the job was begun again without a record that was folded. */
  private faults = 0;

  /** @param window returns how many tasks of a job of this numeric class may be queued or taken */
  constructor(
    private readonly ports: RunPorts,
    entry: JobEntry,
    window: (numericClass: string) => number,
    inUse = new ResultsInUse(),
  ) {
    const shown = new ShownJob(() => ports.clock.now());
    this.shown = shown;
    const stored = new StoredJob(ports.jobs, entry);
    const reports = new JobReports(ports.log, entry.id);
    const closer = new JobCloser(ports, stored, shown, reports, inUse);
    const onRecord = () => void (this.faults = 0);
    this.stored = stored;
    this.reports = reports;
    this.closer = closer;
    this.preparation = new JobPreparation(ports, stored, shown, reports, closer);
    this.drawing = new JobDrawing(ports, { stored, shown, reports, closer, window, onRecord });
  }

  /** The job's entry, as it was last read or written. */
  get entry(): JobEntry {
    return this.stored.entry;
  }

  /** True once nothing is left to do: the job has ended, or was forgotten. */
  get over(): boolean {
    return this.stored.over;
  }

  view(): JobView {
    const { shown, entry } = this;
    const { exchange } = this.ports;
    const around = {
      reason: shown.waiting,
      presences: exchange.presences(),
      connected: exchange.connected,
      hasQuorum: exchange.hasQuorum,
      quiet: shown.isQuiet(),
      lacksSecondWorker: this.drawing.lacksSecondWorker,
    };
    return viewOf(entry, shown.progress() ?? noProgressOf(entry), around, shown.outlook());
  }

  /** Returns its state for the metrics. */
  forMetrics(): RunningJob {
    const { entry } = this;
    return { state: stateOf(entry), ...this.drawing.forMetrics(entry.job?.draw.numericClass) };
  }

  /** Runs until the job is over or `signal` aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!this.over && !signal.aborted) {
      this.interruption = new AbortController();
      const until = AbortSignal.any([signal, this.interruption.signal]);
      try {
        await this.attempt(until);
      } catch (error) {
        if (!until.aborted) await this.backOff(error, until);
      }
    }
    this.shown.end();
  }

  /** Takes note of a newer entry, for example that the job is to be cancelled. */
  notice(entry: JobEntry): void {
    const { stored } = this;
    if (stored.over || stored.entry.ending !== null) return;
    const cancelled = entry.cancelRequested && !stored.entry.cancelRequested;
    if (!cancelled && entry.ending === null) return;
    stored.entry = { ...stored.entry, cancelRequested: entry.cancelRequested };
    // What does not issue tasks stops, and begins anew with the entry that the store has.
    if (entry.ending !== null || !this.drawing.cancel()) this.interruption.abort();
    this.shown.changes.notify();
  }

  /** Takes note of a task that was handed out too often and never answered. */
  exhausted(task: Task): void {
    this.reports.exhausted(task);
    this.drawing.exhausted(task);
  }

  /** Takes one step on the way, from what the store says. */
  private async attempt(until: AbortSignal): Promise<void> {
    const { stored } = this;
    const goesOn = await stored.reread(until);
    const prepared = preparedEntry(stored.entry);
    if (!goesOn) {
      // Another coordinator ended it. Workers may have been told of it by this one before, or right now if it slept: they are told the end.
      if (prepared !== null) await this.ports.exchange.end(workOrderOf(prepared));
      stored.over = true;
    } else if (prepared !== null) {
      await this.drawing.run(prepared, until);
    } else if (stored.entry.cancelRequested) {
      await this.closer.endUndrawn('cancelled', null);
    } else {
      await this.preparation.run(until);
    }
  }

  /** Waits before the job is begun again, twice as long as the time before. */
  private async backOff(error: unknown, until: AbortSignal): Promise<void> {
    const { clock, metrics, limits } = this.ports;
    const { least, most } = limits.backoffMs;
    const ms = Math.min(least * 2 ** this.faults, most);
    this.faults += 1;
    metrics.add('smoothcert_job_restarts_total', 1);
    this.reports.restarted(ms, error);
    this.shown.restart(waitingAfter(error, sentenceOf(error)));
    await clock.sleep(ms, until);
  }
}
