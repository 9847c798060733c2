import { otherNoise, wasDrawnInFloat } from '../../shared/other-noise.js';
import type { JobLinks } from '../../shared/ports/exchange.js';
import type { Task } from '../../shared/ports/task-queue.js';
import { NO_TRACER } from '../../shared/telemetry/tracer.js';
import { READING_LEDGER } from '../../shared/waiting-reasons.js';
import type { WorkOrder } from '../../shared/work-order.js';
import { dataSetsIn } from '../artifacts/stored-data-set.js';
import { namesOfJob } from '../artifacts/stored-names.js';
import type { RunPorts } from './run-ports.js';
import { endsCancelled, endsDrawing } from './fatal-errors.js';
import type { RunningJob } from '../observe/gauges.js';
import { JobMeter } from '../observe/job-meter.js';
import type { JobReports } from '../observe/job-reports.js';
import { JobTrace } from '../observe/job-trace.js';
import type { ImageFacts } from '../results/row-names.js';
import { Coordinator } from './coordinator.js';
import type { JobCloser } from './job-closer.js';
import { ledgerBytesOf } from '../core/ledger-bytes.js';
import { WorkersDistrusted } from '../core/job-fold.js';
import { refutationOf } from '../core/refutation.js';
import { Redrawing, type RedrawingOptions } from './redrawing.js';
import { LiveJob } from './live-job.js';
import type { ShownJob } from './shown-job.js';
import { hasEnded, type StoredJob } from './stored-job.js';
import { workOrderOf, type PreparedEntry } from './work-order-of.js';

/** How often in a row all that is missing is issued again without an answer; then the job is begun again, and workers get its order again. */
const MAX_RESTARTS = 3;
const PREFIX_BYTES = 6;

/** The parts of a job's runner that drawing it uses. */
export interface DrawingParts {
  readonly stored: StoredJob;
  readonly shown: ShownJob;
  readonly reports: JobReports;
  readonly closer: JobCloser;
  /** Returns how many tasks of a job of this numeric class may be unanswered. */
  readonly window: (numericClass: string) => number;
  /** Called after every record that was folded. */
  readonly onRecord: () => void;
}

/** Draws one job that was prepared: opens its ledger, lets a `Coordinator` fold and issue until it is decided, has it ended. */
export class JobDrawing {
  private coordinator: Coordinator | null = null;
  private links: JobLinks | null = null;
  private readonly meter: JobMeter;
  /** Workers whose records of this job do not count, as its ledger says. */
  private readonly distrusted = new Set<string>();

  constructor(
    private readonly ports: RunPorts,
    private readonly parts: DrawingParts,
  ) {
    this.meter = new JobMeter(ports.metrics, ports.now);
  }

  /**
   * Draws until the job has ended or `until` aborts. Does nothing if the job has ended elsewhere.
   * @throws what another try may mend, which reads the ledger from its beginning
   */
  async run(entry: PreparedEntry, until: AbortSignal): Promise<void> {
    const { stored, shown, closer } = this.parts;
    const order = workOrderOf(entry);
    shown.wait(READING_LEDGER);
    try {
      const { artifacts, dataSets = dataSetsIn(artifacts) } = this.ports;
      const labelOf = await dataSets.labels(entry.spec.data.digest);
      const names = await namesOfJob(artifacts, entry.spec);
      // Right before the ledger and the order are made: those of a job that has ended are not made again.
      if (!(await stored.reread(until))) return;
      while (await this.draw(entry, order, { labelOf, names }, until));
    } catch (error) {
      const cancelled = stored.entry.cancelRequested && endsCancelled(error);
      if (until.aborted || !(cancelled || endsDrawing(error))) throw error;
      await closer.endWithoutResults(cancelled ? 'cancelled' : 'failed', error, order);
    }
  }

  /** Records that the job is cancelled, so that it ends once that is folded. Returns false, and does nothing, if no ledger is open. */
  cancel(): boolean {
    this.coordinator?.cancel();
    return this.coordinator !== null;
  }

  /** Takes note of a task that was handed out too often and never answered. Does nothing if no ledger is open: what is missing is issued then anyway. */
  exhausted(task: Task): void {
    this.coordinator?.taskExhausted(task);
  }

  /** True if all is decided, and what is to be drawn a second time waits for a worker. */
  get lacksSecondWorker(): boolean {
    return this.coordinator?.lacksSecondWorker ?? false;
  }

  /** Counts what was issued until now, and returns the state of the job for the metrics. */
  forMetrics(numericClass: string | undefined): Omit<RunningJob, 'state'> {
    const { links, coordinator } = this;
    const { labelled } = this.parts.shown;
    if (coordinator) this.meter.issued(coordinator.counters);
    return {
      queue: links && numericClass !== undefined ? { numericClass, tasks: links.queue } : null,
      lag: links && labelled ? Math.max(0, links.ledger.size() - labelled.fold.sequence) : 0,
      oldestTaskAt: coordinator?.oldestTaskAt ?? null,
    };
  }

  /** Draws the job; resolves with true if its ledger is to be folded anew, without workers whose counts do not count. */
  private async draw(
    entry: PreparedEntry,
    order: WorkOrder,
    facts: ImageFacts,
    until: AbortSignal,
  ): Promise<boolean> {
    const { tracer = NO_TRACER } = this.ports;
    const links = await this.open(order, ledgerBytesOf(entry.job));
    if (links === null) return false;
    this.links = links;
    const trace = new JobTrace(tracer, entry);
    try {
      const { live, coordinator } = this.begin(links, entry, order, facts, trace);
      this.coordinator = coordinator;
      const { noise } = entry.job.draw;
      const older = wasDrawnInFloat(noise);
      if (older) this.parts.reports.waiting(`${otherNoise(noise).message} It is cancelled.`);
      if (older || this.parts.stored.entry.cancelRequested) coordinator.cancel();
      await coordinator.run(until);
      if (live.fold.isDone()) await this.end(live, facts, order);
      return false;
    } catch (error) {
      if (!(error instanceof WorkersDistrusted)) throw error;
      for (const worker of error.workers) this.distrusted.add(worker);
      return true;
    } finally {
      if (this.coordinator) this.meter.issued(this.coordinator.counters);
      trace.end();
      this.coordinator = null;
      this.links = null;
      await links.close();
    }
  }

  /** Ends the job with its results; with none if an audit has refuted it. */
  private async end(live: LiveJob, facts: ImageFacts, order: WorkOrder): Promise<void> {
    const { closer } = this.parts;
    const refutation = refutationOf(live.fold);
    if (refutation === null) await closer.endDrawn(live, facts, order);
    else await closer.endWithoutResults('failed', refutation, order);
  }

  /**
   * Opens the job. Null if it ended elsewhere while that took its time, which a lost lease lets happen: its order is then removed again, and
   * if the job was forgotten, its ledger, too, because nobody else would remove them.
   */
  private async open(order: WorkOrder, ledgerBytes: number): Promise<JobLinks | null> {
    const { exchange, jobs } = this.ports;
    const links = await exchange.open(order, ledgerBytes);
    const found = await jobs.get(order.job).catch(async (error: unknown) => {
      await links.close();
      throw error;
    });
    if (found !== null && !hasEnded(found.entry)) return links;
    await links.close();
    await exchange.end(order);
    if (found === null) await exchange.removeLedger(order.job);
    return null;
  }

  /** Makes an empty fold and the coordinator that folds the ledger into it; clients are shown it once all that the ledger holds is folded. */
  private begin(
    { ledger, queue, stop }: JobLinks,
    { id, job }: PreparedEntry,
    { fingerprint }: WorkOrder,
    facts: ImageFacts,
    trace: JobTrace,
  ): { live: LiveJob; coordinator: Coordinator } {
    const { clock, limits, randomBytes } = this.ports;
    const taskPrefix = randomBytes(PREFIX_BYTES).toString('hex');
    const { shown, reports, window, onRecord } = this.parts;
    const known = ledger.size();
    const show = (live: LiveJob, sequence: number) => {
      if (sequence >= known) shown.show(live, facts);
    };
    this.meter.opened(known);
    const live = new LiveJob(
      job,
      fingerprint,
      (folded, sequence, decided) => {
        this.meter.folded(folded.fold, sequence, decided);
        show(folded, sequence);
      },
      this.distrusted,
    );
    show(live, 0);
    const common = {
      job: id,
      fold: live.fold,
      queue: trace.over(queue),
      clock,
      taskPrefix,
      workers: () => this.workersOf(job),
    };
    const coordinator = new Coordinator({
      ...common,
      ledger,
      stop,
      taskMicros: limits.taskMicros,
      redrawing: this.redrawing(common, job),
      window: () => window(job.draw.numericClass),
      maxRestarts: MAX_RESTARTS,
      onRestart: (count) => reports.reissued(count),
      onProgress: (record, effects, sequence) => {
        onRecord();
        if (sequence > known) reports.folded(live.fold, record, effects);
        trace.folded(live.fold, record, effects);
      },
    });
    reports.drawing(live.fold.images.size, known);
    return { live, coordinator };
  }

  /** Returns the names of the workers that can draw for the job. */
  private workersOf({ draw }: PreparedEntry['job']): string[] {
    const { numericClass } = draw;
    const able = this.ports.exchange
      .presences()
      .filter((one) => one.numericClass === numericClass && !one.draining);
    return able.map(({ worker }) => worker).filter((worker) => !this.distrusted.has(worker));
  }

  /** Returns what has shards drawn a second time; null if nothing does, or two honest workers may count different votes. */
  private redrawing(
    common: Pick<RedrawingOptions, 'job' | 'fold' | 'queue' | 'clock' | 'taskPrefix' | 'workers'>,
    { draw }: PreparedEntry['job'],
  ): Redrawing | null {
    const { limits, randomBytes, metrics } = this.ports;
    if (limits.redrawShare === 0 || draw.numeric === 'any') return null;
    return new Redrawing({
      ...common,
      share: limits.redrawShare,
      draw: () => randomBytes(4).readUInt32LE() / 2 ** 32,
      onVerdict: (verdict) => {
        const outcome = verdict.kind === 'equal' ? 'equal' : 'different';
        metrics.add('smoothcert_redrawn_shards_total', 1, { outcome });
        if (verdict.kind !== 'equal') this.parts.reports.differs(verdict);
      },
    });
  }
}
