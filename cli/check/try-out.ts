import {
  candidatesFor,
  type Candidate,
  type PixelTreatment,
  type Shapes,
} from '../../analysis/check/candidates.js';
import {
  canBeBettered,
  clearlyBetter,
  suspectWithoutLabels,
  type Tried,
} from '../../analysis/check/clearly-better.js';
import { effortWithin, spreadOver } from '../../analysis/check/effort.js';
import { figuresOf, type Evidence, type Figures } from '../../analysis/check/evidence.js';
import { findingsOf, type Finding } from '../../analysis/check/findings.js';
import { labelFaultOf } from '../../analysis/check/label-order.js';
import { unitFaultsOf } from '../../analysis/check/unit-faults.js';
import { SmoothcertError } from '../../shared/errors.js';
import { colourAxis } from '../../shared/dataset/colour-axis.js';
import type { Device, NoiseSpec } from '../../shared/job.js';
import type { TrialOutcome, TrialPreprocessing, TrialSubject } from '../../worker/trial/messages.js';
import { TrialProcess } from '../../worker/trial/trial-process.js';

/** Images on which the time of a row is measured first. */
const FIRST_IMAGES = 2;
/** Share of the time that the given treatment may take. */
const SHARE_OF_GIVEN = 0.25;

export interface TryOutOptions {
  readonly modelFile: string;
  readonly output: string | null;
  readonly device: Device;
  readonly dataFile: string;
  readonly noise: Pick<NoiseSpec, 'kind' | 'scale'>;
  /** Standard deviation of the noise. */
  readonly sigma: number;
  /** True: the values are no pixels, and have no usual treatments. */
  readonly features: boolean;
  /** The treatment that the flags ask for; the data file has its channels in that order already. */
  readonly given: PixelTreatment;
  /** At least one. */
  readonly images: readonly number[];
  /** Label of each of them; null without labels. */
  readonly labels: readonly number[] | null;
  readonly classNames: readonly string[] | null;
  /** Noisy copies of each image. */
  readonly copies: number;
  /** True: alternatives are run with noise, too, and those without hope as well, so that they can be shown. */
  readonly thorough: boolean;
  /** Time for running the model, once it is loaded. */
  readonly budgetMs: number;
}

/** A treatment and what the model answered in it. */
export interface Shown {
  readonly candidate: Candidate;
  readonly figures: Figures;
}

export interface CheckReport {
  readonly subject: TrialSubject;
  readonly treatment: PixelTreatment;
  /** Null if the model does not take images that are prepared as given. */
  readonly given: Figures | null;
  /** Alternatives that were run, on few images at least. */
  readonly attempted: number;
  /** Those that were run on all images. */
  readonly tried: readonly Shown[];
  readonly findings: readonly Finding[];
}

/**
 * Runs the model on some images in the given treatment and in the usual ones, in a process of its own.
 * @param signal ends it. @throws the MODEL_* and DATA_* errors, DEVICE_UNAVAILABLE, CHILD_DIED; what the model refuses the images with, if it takes them in no treatment
 */
export async function tryOut(options: TryOutOptions, signal: AbortSignal): Promise<CheckReport> {
  const trial = new TrialProcess(signal);
  try {
    const { modelFile, output, device, dataFile, noise, images } = options;
    const subject = await trial.start({ modelFile, output, device, dataFile, noise, images });
    return await new TryOut(options, trial, subject).report();
  } finally {
    await trial.close();
  }
}

class TryOut {
  private readonly given: PixelTreatment;
  private images: readonly number[];
  private msPerRow = 0;
  private attempted = 0;
  /** Why the model does not take the first treatment that it does not take. */
  private refusal: SmoothcertError | null = null;
  private msLeft: number;

  constructor(
    private readonly options: TryOutOptions,
    private readonly trial: TrialProcess,
    private readonly subject: TrialSubject,
  ) {
    const { given, images, budgetMs } = options;
    // `auto` is another word for the layout that the model's shape tells.
    const layout = given.layout === 'auto' ? (subject.layout ?? given.layout) : given.layout;
    this.given = { ...given, layout };
    this.images = images;
    this.msLeft = budgetMs;
  }

  async report(): Promise<CheckReport> {
    const { features, normalisation, sigma } = { ...this.options, ...this.given };
    const given = await this.ofGiven();
    const all = features ? [] : candidatesFor(this.given, this.shapes(given?.classes ?? null));
    const labels = this.labels();
    const unfit = this.refusal;
    const tried = await this.alternatives(given, all);
    if (unfit !== null && tried.length === 0) throw unfit;
    const better =
      labels === null
        ? given && suspectWithoutLabels(given, tried)
        : clearlyBetter(given, tried, labels, all);
    const best = better?.tried.evidence ?? given;
    const units = features ? [] : unitFaultsOf({ normalisation, sigma, values: this.subject.values });
    const labelFinding =
      best && labels && labelFaultOf(best.plain, labels, best.classes, this.options.classNames);
    return {
      subject: this.subject,
      treatment: this.given,
      given: given && figuresOf(given, labels),
      attempted: this.attempted,
      tried: tried.map(({ candidate, evidence }) => ({ candidate, figures: figuresOf(evidence, labels) })),
      findings: findingsOf({ given, unfit, labels, units, better, labelFinding }),
    };
  }

  /** Runs the given treatment: on few images first, which tells on how many there is time for. */
  private async ofGiven(): Promise<Evidence | null> {
    const { copies, budgetMs } = this.options;
    const all = this.images;
    const first = await this.run(this.given, all.slice(0, FIRST_IMAGES), copies);
    if (first === null) return null;
    const most = Math.floor((SHARE_OF_GIVEN * budgetMs) / (this.msPerRow * (1 + copies)));
    if (all.length <= FIRST_IMAGES) return first;
    const count = Math.max(FIRST_IMAGES, Math.min(all.length, most));
    this.images = spreadOver(all, count);
    return this.run(this.given, this.images, copies);
  }

  private async alternatives(given: Evidence | null, all: readonly Candidate[]): Promise<Tried[]> {
    const { copies, thorough } = this.options;
    const labels = this.labels();
    if (all.length === 0) return [];
    const hopeless = labels !== null && given !== null && !canBeBettered(given, labels, all);
    if (hopeless && !thorough) return [];
    const noisy = thorough || labels === null ? copies : 0;
    const size = { candidates: all.length, images: this.images.length, rows: 1 + noisy };
    const effort = effortWithin(this.msLeft, { ...size, msPerRow: this.msPerRow });
    const runnable = all.slice(0, effort.candidates);
    this.attempted = runnable.length;
    if (effort.finalists === 0) return this.runAll(runnable, noisy);
    const fewer = spreadOver(this.images, effort.images);
    const screened = await this.runAll(runnable, 0, fewer);
    const right = ({ evidence }: Tried) => figuresOf(evidence, this.labelsOf(fewer));
    const merit = (one: Tried) => right(one).plain ?? 1 - right(one).largest.share;
    const best = screened.toSorted((a, b) => merit(b) - merit(a)).slice(0, effort.finalists);
    return this.runAll(
      best.map(({ candidate }) => candidate),
      noisy,
    );
  }

  private async runAll(
    candidates: readonly Candidate[],
    copies: number,
    images = this.images,
  ): Promise<Tried[]> {
    const tried: Tried[] = [];
    for (const candidate of candidates) {
      const evidence = await this.run(candidate.treatment, images, copies);
      if (evidence !== null) tried.push({ candidate, evidence });
    }
    return tried;
  }

  private async run(
    { normalisation, layout, bgr, transposed }: PixelTreatment,
    images: readonly number[],
    copies: number,
  ): Promise<TrialOutcome | null> {
    const reversed = bgr !== this.given.bgr;
    const preprocessing: TrialPreprocessing = { normalisation, layout, reversed, transposed };
    const outcome = await this.trial.outcomeOf({ preprocessing, images, copies });
    if (outcome instanceof SmoothcertError) {
      this.refusal ??= outcome;
      return null;
    }
    this.msPerRow = Math.max(outcome.ms / (images.length * (1 + copies)), Number.EPSILON);
    this.msLeft -= outcome.ms;
    return outcome;
  }

  /** Labels of the images that are run. */
  private labels(): readonly number[] | null {
    return this.labelsOf(this.images);
  }

  private labelsOf(some: readonly number[]): readonly number[] | null {
    const { images, labels } = this.options;
    return labels && some.map((image) => labels[images.indexOf(image)]!);
  }

  private shapes(classes: number | null): Shapes {
    const { imageShape, layouts, layout } = this.subject;
    const axis = colourAxis(imageShape);
    const grey = imageShape.length === 2 || (imageShape.length === 3 && imageShape.includes(1));
    return {
      channels: axis === null ? (grey ? 1 : 0) : 3,
      side: Math.max(...imageShape),
      classes,
      layouts,
      reversible: axis !== null,
      transposable: layout === 'flat' && axis !== null,
    };
  }
}
