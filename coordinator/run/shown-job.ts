import type { LabelledFold } from '../results/row-stream.js';
import type { ImageFacts } from '../results/row-names.js';
import type { Outlook } from '../../shared/outlook.js';
import type { Waiting } from '../../shared/waiting.js';
import type { Progress } from '../../shared/job-progress.js';
import { DecisionLog } from '../observe/decision-log.js';
import { OutlookMeter } from '../observe/outlook-meter.js';
import type { LiveJob } from './live-job.js';
import { ChangeNotifier } from '../observe/change-notifier.js';

/** A fold that has not grown for so long is one that somebody should be told of. */
const QUIET_MS = 30_000;

/**
 * A job that this process runs, as clients see it. It outlives the folds of the job: when the job is begun again, clients see
 * the fold before until the new one has read as much of the ledger, so that no counter goes down.
 */
export class ShownJob {
  /** Tells watches that something changed. */
  readonly changes = new ChangeNotifier();
  log = new DecisionLog(0);
  /** The fold, and the labels and names of its images; null before the ledger was read, and after the end, because an ended job keeps no fold. */
  labelled: LabelledFold | null = null;
  /** Why the job waits, as far as its runner knows; null while samples are drawn. */
  waiting: Waiting | null = null;
  /** Resolves once there is something to show: the ledger was read, or there is a reason why it was not. */
  readonly settled: Promise<void>;
  private settle!: () => void;
  private live: LiveJob | null = null;
  private meter: OutlookMeter | null = null;
  /** When the fold that is shown has grown last. */
  private grownAt = 0;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(private readonly now: () => number) {
    this.settled = new Promise((resolve) => (this.settle = resolve));
  }

  /** Returns the progress of the fold that is shown; null without one. */
  progress(): Progress | null {
    return this.live?.progress() ?? null;
  }

  /** Returns how much is still to come; null while nothing is drawn. */
  outlook(): Outlook | null {
    return this.meter?.outlook() ?? null;
  }

  /** Returns true if a fold is shown that has not grown for long. */
  isQuiet(): boolean {
    return this.live !== null && this.now() - this.grownAt >= QUIET_MS;
  }

  /** Shows a fold, unless clients have seen a later one. To be called again whenever the fold has grown. */
  show(live: LiveJob, facts: ImageFacts): void {
    if (live.log.sequence < this.log.sequence) return;
    if (live !== this.live) {
      this.labelled = { fold: live.fold, ...facts };
      this.meter = new OutlookMeter(live.fold, this.now);
    }
    this.live = live;
    this.meter?.folded();
    this.log = live.log;
    this.waiting = null;
    this.grownAt = this.now();
    this.changed();
  }

  /** Says why the job does not get on, unless a fold is shown: then it does. */
  wait(why: Waiting): void {
    if (this.live !== null || this.waiting?.message === why.message) return;
    this.waiting = why;
    this.changes.notify();
  }

  /** Says why the job is begun again; what was shown stays. */
  restart(why: Waiting): void {
    this.waiting = why;
    this.changed();
  }

  /** Resolves `settled`, although there may be no fold. */
  ready(): void {
    this.settle();
  }

  /** Lets go of the fold. */
  end(): void {
    this.live = null;
    this.labelled = null;
    this.meter = null;
    this.changed();
  }

  private changed(): void {
    this.settle();
    this.changes.notify();
  }
}
