import { randomBytes } from 'node:crypto';
import { SmoothcertError } from '../../shared/errors.js';
import { jobDigest, type Job } from '../../shared/job.js';
import type { JobImages } from '../../shared/job-spec.js';
import type { JobView } from '../../shared/job-view.js';
import type { JobLinks } from '../../shared/ports/exchange.js';
import type { JobEnding, JobEntry } from '../../shared/ports/job-store.js';
import type { Task } from '../../shared/ports/task-queue.js';
import { probeImagesOf, type Prepared } from '../../shared/preparation.js';
import type { Progress } from '../../shared/progress.js';
import type { WorkOrder } from '../../shared/work-order.js';
import { Coordinator } from '../coordinator.js';
import { jobOf } from '../job-of.js';
import type { LabelOf } from '../results-rows.js';
import { labelsIn } from './data-set.js';
import { DecisionLog } from './decision-log.js';
import { endsDrawing, endsPreparation, sentenceOf } from './faults.js';
import { endingOf, endingWithout } from './job-ending.js';
import { viewOf } from './job-view-of.js';
import { countOf, ledgerBytesOf } from './ledger-bytes.js';
import { LiveJob, noProgress } from './live-job.js';
import type { ServicePorts } from './ports.js';
import { Pulse } from './pulse.js';
import { storeResults } from './results.js';
import { updateEntry } from './update.js';

/** An entry with what a worker found. */
interface Ready extends JobEntry {
  readonly job: Job;
  readonly prepared: Prepared;
}

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
  private interruption = new AbortController();
  private faults = 0;
  private refused = 0;

  /** @param window how many tasks of a job of this numeric class may be queued or in hand */
  constructor(
    private readonly ports: ServicePorts,
    public entry: JobEntry,
    private readonly window: (numericClass: string) => number,
  ) {
    this.settled = new Promise((resolve) => (this.settle = resolve));
  }

  view(): JobView {
    return viewOf(this.entry, this.progress(), this.waitingFor, this.ports.exchange.presences());
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
    this.coordinator?.taskExhausted(task);
  }

  private progress(): Progress {
    return this.drawing?.live.progress() ?? noProgress(imageCount(this.entry));
  }

  /** One step on the way, from what the store says. */
  private async attempt(until: AbortSignal): Promise<void> {
    const stored = await this.ports.jobs.get(this.entry.id);
    if (stored !== null) this.entry = stored.entry;
    if (stored === null || this.entry.ending !== null) {
      this.over = true;
      return;
    }
    if (this.entry.job === null && this.entry.cancelRequested) return this.endWithout('cancelled', null);
    const ready = readyOf(this.entry);
    return ready === null ? this.prepare(until) : this.draw(ready, until);
  }

  /** Has a worker look at the model, and makes the job; the next attempt draws it. */
  private async prepare(until: AbortSignal): Promise<void> {
    const { id, spec } = this.entry;
    this.say('A worker is asked to look at the model.');
    this.settle();
    try {
      const images = imagesOf(this.entry);
      const request = { job: id, spec, probeImages: probeImagesOf(images) };
      const prepared = await this.ports.exchange.prepare(request, (why) => this.say(why), until);
      if (prepared.modelDigest !== spec.model.digest) throw otherModel(prepared.modelDigest);
      const job = jobOf(spec, spec.data.digest, images, prepared);
      await this.update((entry) => {
        return entry.job || entry.ending ? entry : { ...entry, job, prepared, startMs: this.ports.now() };
      });
    } catch (error) {
      this.refused += 1;
      if (until.aborted || !endsPreparation(error, this.refused)) throw error;
      await this.endWithout('failed', error);
    }
  }

  /** Folds and issues until nothing is left to decide. */
  private async draw(entry: Ready, until: AbortSignal): Promise<void> {
    const order = orderOf(entry);
    this.say('Its ledger is read.');
    try {
      const labelOf = await labelsIn(this.ports.artifacts, entry.spec.data.digest);
      const links = await this.ports.exchange.open(order, ledgerBytesOf(entry.job));
      try {
        const live = await this.drawWith(links, entry, order, labelOf, until);
        if (live !== null) await this.finish(live, labelOf, order);
      } finally {
        this.coordinator = null;
        await links.close();
      }
    } catch (error) {
      if (until.aborted || !endsDrawing(error)) throw error;
      await this.ports.exchange.end(order);
      await this.endWithout('failed', error);
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
    const live = new LiveJob(job, fingerprint, show);
    show(live, 0);
    const { clock, limits } = this.ports;
    this.coordinator = new Coordinator({
      ...{ job: id, fold: live.fold, ledger, queue, stop, clock, taskMicros: limits.taskMicros },
      taskPrefix: randomBytes(6).toString('hex'),
      window: () => this.window(job.draw.numericClass),
      onProgress: () => (this.faults = 0),
    });
    if (this.entry.cancelRequested) this.coordinator.cancel();
    await this.coordinator.run(until);
    return live.fold.isDone() ? live : null;
  }

  /** Stores the results, tells workers, and only then stores the ending: a job without an ending is begun again, and gets here again. */
  private async finish(live: LiveJob, labelOf: LabelOf, order: WorkOrder): Promise<void> {
    const results = await storeResults(this.ports.artifacts, live.fold, labelOf);
    await this.ports.exchange.end(order);
    await this.end(endingOf(live, this.ports.now(), results));
  }

  private endWithout(state: 'failed' | 'cancelled', error: SmoothcertError | null): Promise<void> {
    return this.end(endingWithout(state, this.ports.now(), this.progress(), error));
  }

  private async end(ending: JobEnding): Promise<void> {
    await this.update((entry) => (entry.ending ? entry : { ...entry, ending }));
    this.over = true;
    const { id } = this.entry;
    this.ports.log({ level: 'info', message: `The job has ended: ${ending.state}.`, job: id });
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
    const { id } = this.entry;
    const message = `The job is begun again in ${ms} ms: ${sentenceOf(error)}`;
    this.ports.log({ level: 'warn', message, job: id, cause: error });
    this.waitingFor = `It is begun again: ${sentenceOf(error)}`;
    this.settle();
    this.pulse.beat();
    await this.ports.clock.sleep(ms, until);
  }
}

const imageCount = ({ spec: { images } }: JobEntry): number => (images ? countOf(images) : 0);

/** The images of a job: written into its entry when it is created. */
function imagesOf({ spec, id }: JobEntry): JobImages {
  if (spec.images) return spec.images;
  throw new SmoothcertError('INTERNAL', `The job ${id} names no images.`, 'Report this as a bug.');
}

const readyOf = (entry: JobEntry): Ready | null =>
  entry.job && entry.prepared ? { ...entry, job: entry.job, prepared: entry.prepared } : null;

function orderOf({ id, spec, job, prepared }: Ready): WorkOrder {
  const images = job.claim.images;
  return {
    ...{ job: id, jobDigest: jobDigest(job), draw: job.draw, model: spec.model, device: spec.device },
    probeImages: probeImagesOf(images),
    fingerprint: job.draw.numeric === 'same' ? prepared.fingerprint : null,
    imageLimit: images.start + (countOf(images) - 1) * images.step + 1,
  };
}

function otherModel(digest: string): SmoothcertError {
  return new SmoothcertError(
    'MODEL_DIGEST_MISMATCH',
    `A worker looked at a model of digest ${digest}, which is not the one that was asked for.`,
    'Report this as a bug.',
  );
}
