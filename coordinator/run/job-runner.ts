import { randomBytes } from 'node:crypto';
import { SmoothcertError } from '../../shared/errors.js';
import type { JobView } from '../../api/job-view.js';
import type { JobLinks } from '../../shared/ports/exchange.js';
import type { JobEnding, JobEntry } from '../../shared/ports/job-store.js';
import type { Task } from '../../shared/ports/task-queue.js';
import { probeImagesOf } from '../../shared/preparation.js';
import type { Progress } from '../../shared/job-progress.js';
import { NO_TRACER, startBelow, within, type Tracer } from '../../shared/telemetry/tracer.js';
import type { WorkOrder } from '../../shared/work-order.js';
import { Coordinator } from './coordinator.js';
import { jobOf } from '../core/job-of.js';
import type { LabelOf } from '../results/results-rows.js';
import { labelsIn } from '../jobs/data-set.js';
import { DecisionLog } from '../observe/decision-log.js';
import { endsCancelled, endsDrawing, endsPreparation, sentenceOf, workIsLost } from '../observe/faults.js';
import { endingOf, endingWithout } from './job-ending.js';
import { JobMeter } from '../observe/job-meter.js';
import { JobReports } from '../observe/job-reports.js';
import { JobTrace } from '../observe/job-trace.js';
import { stateOf, viewOf } from '../jobs/job-view-of.js';
import { countOf, ledgerBytesOf } from './ledger-bytes.js';
import { LiveJob, noProgress } from './live-job.js';
import type { RunningJob } from '../observe/gauges.js';
import type { ServicePorts } from '../jobs/ports.js';
import { Pulse } from './pulse.js';
import { storeResults } from '../results/results.js';
import { ResultsInHand } from '../results/results-in-hand.js';
import { updateEntry } from '../jobs/update.js';
import { imagesOf, orderOf, readyOf, type Ready } from './work-order-of.js';

/** So often all that is missing is issued anew without an answer to any of it; then the job is begun again, with its order. */
const MOST_RESTARTS = 3;

/** What is drawn of a job, and the labels of its images. */
export interface Drawing {
  readonly live: LiveJob;
  readonly labelOf: LabelOf;
}

/**
 * One job from its entry to its ending:
 *
 *   pending   a worker is asked what the model is like; the job is made of its answer and stored
 *   replayed  the ledger is opened and read from its beginning
 *   drawing   shards are issued and counted until every image is decided or the job is cancelled
 *   ended     results are stored, workers told, and last the ending is stored
 *
 * All that must last is in the stores: whatever throws, at whatever moment, the job is begun again from them, here or in another
 * process. Counters that were shown do not go down here meanwhile: a replay is shown only once it has reached them.
 */
export class JobRunner {
  readonly pulse = new Pulse();
  /** Null before the ledger was read, and after the end: a job that has ended keeps no fold. */
  drawing: Drawing | null = null;
  log = new DecisionLog(0);
  /** Whether nothing is left to do: the job has ended, or was forgotten. */
  over = false;
  /** Resolves once what clients are shown is worth showing: the ledger read, or a reason why not. */
  readonly settled: Promise<void>;
  private settle!: () => void;
  private waitingFor: string | null = null;
  private coordinator: Coordinator | null = null;
  private links: JobLinks | null = null;
  private readonly meter: JobMeter;
  private interruption = new AbortController();
  private faults = 0;
  private refused = 0;
  private readonly reports: JobReports;
  private readonly tracer: Tracer;
  private trace: JobTrace | null = null;

  /** @param window how many tasks of a job of this numeric class may be queued or in hand */
  constructor(
    private readonly ports: ServicePorts,
    public entry: JobEntry,
    private readonly window: (numericClass: string) => number,
    private readonly inHand = new ResultsInHand(),
  ) {
    this.settled = new Promise((resolve) => (this.settle = resolve));
    this.meter = new JobMeter(ports.metrics, ports.now);
    this.reports = new JobReports(ports.log, entry.id);
    this.tracer = ports.tracer ?? NO_TRACER;
  }

  view(): JobView {
    return viewOf(this.entry, this.progress(), this.waitingFor, this.ports.exchange.presences());
  }

  /** What a scrape sees of it. */
  moment(): RunningJob {
    const { links, coordinator, drawing, entry } = this;
    if (coordinator) this.meter.issued(coordinator.counters);
    const numericClass = entry.job?.draw.numericClass;
    return {
      state: stateOf(entry),
      queue: links && numericClass !== undefined ? { numericClass, tasks: links.queue } : null,
      lag: links && drawing ? Math.max(0, links.ledger.size() - drawing.live.fold.sequence) : 0,
      oldestTaskAt: coordinator?.oldestTaskAt ?? null,
    };
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
    this.drawing = null;
    this.settle();
    this.pulse.beat();
  }

  /** Takes note of a newer entry, for example that the job is to be cancelled. */
  notice(entry: JobEntry): void {
    if (this.over || this.entry.ending !== null) return;
    const cancelled = entry.cancelRequested && !this.entry.cancelRequested;
    if (!cancelled && entry.ending === null) return;
    this.entry = { ...this.entry, cancelRequested: entry.cancelRequested };
    if (this.coordinator !== null && entry.ending === null) this.coordinator.cancel();
    else this.interruption.abort();
    this.pulse.beat();
  }

  /** A task that was handed out too often and never answered; once the job is begun again it counts as lost work. */
  exhausted(task: Task): void {
    this.reports.exhausted(task);
    this.coordinator?.taskExhausted(task);
  }

  private progress(): Progress {
    return this.drawing?.live.progress() ?? noProgress(imageCount(this.entry));
  }

  /** One step on the way, from what the store says. */
  private async attempt(until: AbortSignal): Promise<void> {
    const goesOn = await this.reread(until);
    const ready = readyOf(this.entry);
    if (!goesOn) {
      // Somebody else ended it, and what this process told workers, or tells them because it slept, must not stay.
      if (ready !== null) await this.ports.exchange.end(orderOf(ready));
      this.over = true;
      return;
    }
    if (ready !== null) return this.draw(ready, until);
    return this.entry.cancelRequested ? this.endUndrawn('cancelled', null) : this.prepare(until);
  }

  /** Takes the entry from the store; false if the job has ended or was forgotten. @throws the reason of `until` */
  private async reread(until: AbortSignal): Promise<boolean> {
    const stored = await this.ports.jobs.get(this.entry.id);
    // A process that was stopped for long does nothing more for a term that is over.
    until.throwIfAborted();
    if (stored !== null) this.entry = stored.entry;
    return stored !== null && stored.entry.ending === null;
  }

  /** Has a worker look at the model, and makes the job; the next attempt draws it. */
  private async prepare(until: AbortSignal): Promise<void> {
    const { id, spec } = this.entry;
    this.say('A worker is asked to look at the model.');
    this.reports.preparing();
    this.settle();
    try {
      const images = imagesOf(this.entry);
      const span = startBelow(this.tracer, this.entry.trace, 'smoothcert.job.prepare', {
        kind: 'client',
      });
      const trace = span.context;
      const request = { job: id, spec, probeImages: probeImagesOf(images), ...(trace && { trace }) };
      const wait = (why: string) => {
        this.say(why);
        this.reports.waiting(why);
      };
      const prepared = await within(span, () => this.ports.exchange.prepare(request, wait, until));
      if (prepared.modelDigest !== spec.model.digest) throw otherModel(prepared.modelDigest);
      const job = jobOf(spec, spec.data.digest, images, prepared);
      await this.update((entry) => {
        return entry.job || entry.ending ? entry : { ...entry, job, prepared, startMs: this.ports.now() };
      });
    } catch (error) {
      this.refused += 1;
      if (until.aborted || !endsPreparation(error, this.refused)) throw error;
      await this.endUndrawn('failed', error);
    }
  }

  /** Folds and issues until nothing is left to decide. */
  private async draw(entry: Ready, until: AbortSignal): Promise<void> {
    const order = orderOf(entry);
    this.say('Its ledger is read.');
    try {
      const labelOf = await labelsIn(this.ports.artifacts, entry.spec.data.digest);
      // Right before the ledger and the order are made: those of a job that has ended are not made again.
      if (!(await this.reread(until))) return;
      const links = await this.ports.exchange.open(order, ledgerBytesOf(entry.job));
      this.links = links;
      this.trace = new JobTrace(this.tracer, entry);
      try {
        const live = await this.drawWith(links, entry, order, labelOf, until);
        if (live !== null) await this.finish(live, labelOf, order);
      } finally {
        if (this.coordinator) this.meter.issued(this.coordinator.counters);
        this.trace.end();
        this.coordinator = null;
        this.links = null;
        await links.close();
      }
    } catch (error) {
      const cancelled = this.entry.cancelRequested && endsCancelled(error);
      if (until.aborted || !(cancelled || endsDrawing(error))) throw error;
      await this.ports.exchange.end(order);
      await this.end(this.endingWithout(cancelled ? 'cancelled' : 'failed', error));
    }
  }

  /** Null if `until` aborted before the end. */
  private async drawWith(
    { ledger, queue, stop }: JobLinks,
    { id, job }: Ready,
    { fingerprint }: WorkOrder,
    labelOf: LabelOf,
    until: AbortSignal,
  ): Promise<LiveJob | null> {
    const known = ledger.size();
    const show = (live: LiveJob, sequence: number) => {
      if (sequence >= known) this.show({ live, labelOf });
    };
    this.meter.opened(known);
    const live = new LiveJob(job, fingerprint, (folded, sequence, decided) => {
      this.meter.folded(folded.fold, sequence, decided);
      show(folded, sequence);
    });
    show(live, 0);
    const { clock, limits } = this.ports;
    const { reports, trace } = this;
    let [restarts, reissued] = [0, 0];
    const coordinator = new Coordinator({
      job: id,
      fold: live.fold,
      ledger,
      queue: trace?.over(queue) ?? queue,
      stop,
      clock,
      taskMicros: limits.taskMicros,
      taskPrefix: randomBytes(6).toString('hex'),
      // Asked whenever something is to be issued, and so after every restart. What is thrown here ends `run`.
      window: () => {
        const times = coordinator.counters.restarts;
        if (times > reissued) reports.reissued((reissued = times));
        if (times - restarts >= MOST_RESTARTS) throw workIsLost(MOST_RESTARTS);
        return this.window(job.draw.numericClass);
      },
      onProgress: (record, effects, sequence) => {
        this.faults = 0;
        ({ restarts } = coordinator.counters);
        if (sequence > known) reports.folded(live.fold, record, effects);
        trace?.folded(live.fold, record, effects);
      },
    });
    reports.drawing(live.fold.images.size, known);
    this.coordinator = coordinator;
    if (this.entry.cancelRequested) coordinator.cancel();
    await coordinator.run(until);
    return live.fold.isDone() ? live : null;
  }

  /** Stores the results, tells workers, and only then stores the ending: a job without an ending is begun again, and gets here again. */
  private async finish(live: LiveJob, labelOf: LabelOf, order: WorkOrder): Promise<void> {
    const held: string[] = [];
    const hold = (digest: string) => {
      held.push(digest);
      return this.inHand.hold(digest);
    };
    try {
      const results = await storeResults(this.ports.artifacts, live.fold, labelOf, hold);
      await this.ports.exchange.end(order);
      await this.end(endingOf(live, this.ports.now(), results));
    } finally {
      this.inHand.release(held);
    }
  }

  private endingWithout(state: 'failed' | 'cancelled', error: SmoothcertError | null): JobEnding {
    return endingWithout(state, this.ports.now(), this.progress(), error);
  }

  /** Ends a job of which nothing was drawn; if another coordinator has made it meanwhile, it is drawn instead. */
  private endUndrawn(state: 'failed' | 'cancelled', error: SmoothcertError | null): Promise<void> {
    return this.end(this.endingWithout(state, error), ({ job }) => job === null);
  }

  /** Stores an ending where there is none; not if `still` says that it is not one any more. */
  private async end(ending: JobEnding, still: (entry: JobEntry) => boolean = () => true): Promise<void> {
    await this.update((entry) => (entry.ending || !still(entry) ? entry : { ...entry, ending }));
    if (this.entry.ending === null && !this.over) return;
    this.over = true;
    // Another coordinator may have ended it first, and counted that.
    if (this.entry.ending === ending) {
      this.ports.metrics.add('smoothcert_jobs_ended_total', 1, { state: ending.state });
    }
    this.reports.ended(this.entry, ending);
  }

  private async update(change: (entry: JobEntry) => JobEntry): Promise<void> {
    const updated = await updateEntry(this.ports.jobs, this.entry.id, change);
    if (updated === null) this.over = true;
    else this.entry = updated;
  }

  /** Shows clients a fold, once it has reached what they have seen. */
  private show(drawing: Drawing): void {
    if (drawing.live.log.sequence < this.log.sequence) return;
    this.drawing = drawing;
    this.log = drawing.live.log;
    this.waitingFor = null;
    this.settle();
    this.pulse.beat();
  }

  private say(why: string): void {
    if (this.drawing !== null || this.waitingFor === why) return;
    this.waitingFor = why;
    this.pulse.beat();
  }

  private async backOff(error: unknown, until: AbortSignal): Promise<void> {
    const { least, most } = this.ports.limits.backoffMs;
    const ms = Math.min(least * 2 ** this.faults, most);
    this.faults += 1;
    this.ports.metrics.add('smoothcert_job_restarts_total', 1);
    this.reports.restarted(ms, error);
    this.waitingFor = `It is begun again: ${sentenceOf(error)}`;
    this.settle();
    this.pulse.beat();
    await this.ports.clock.sleep(ms, until);
  }
}

const imageCount = ({ spec: { images } }: JobEntry): number => (images ? countOf(images) : 0);

function otherModel(digest: string): SmoothcertError {
  return new SmoothcertError(
    'MODEL_DIGEST_MISMATCH',
    `A worker looked at a model of digest ${digest}, which is not the one that was asked for.`,
    'Report this as a bug.',
  );
}
