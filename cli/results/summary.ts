import { mostFrequent } from '../../analysis/check/evidence.js';
import type { FixedInstead } from '../../analysis/results/fixed-instead.js';
import { certifiesWrongly, type Outcomes } from '../../analysis/check/outcome.js';
import { certificateOf, type Certificate } from '../../coordinator/results/certificates.js';
import { forecastRadius } from '../../coordinator/core/forecast-radius.js';
import type { JobFold } from '../../coordinator/core/job-fold.js';
import { certifiedBy, provenRadius, type Proven } from '../../coordinator/results/proven-radius.js';
import type { ImageLabels } from '../../shared/image-labels.js';
import type { Claim, Job, Norm } from '../../shared/job.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { otherNorms, type OtherNorm } from '../../statistics/noises/other-norms.js';
import { commonRadii } from '../../statistics/noises/common-radii.js';
import type { DrawingFigures } from '../../worker/draw/drawing-figures.js';
import { curveEnd, type CurveEnd } from './curve-end.js';
import { fixedInsteadOf } from './fixed-instead-of.js';
import { byStop, sampleFigures, type SampleFigures } from './summary-lines.js';

/** The figures of a run. All shares and means are over ALL images of the job, abstained and failed ones included. */
export interface Summary extends SampleFigures {
  readonly images: number;
  readonly decided: number;
  readonly certified: number;
  /** Certificates whose class is the label, and others; null without labels. */
  readonly right: number | null;
  readonly wrong: number | null;
  /** Images with an approximation in place of a certificate; in no share and no mean. */
  readonly approximate: number;
  readonly abstained: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  /** Share of images certified to at least each radius, and correct where labels are known. */
  readonly accuracy: readonly { readonly radius: number; readonly share: number }[];
  readonly labelled: boolean;
  /** Probability of a wrong certificate: of an image, or of any in the job where `simultaneous`. Null for a bound that proves nothing. */
  readonly alpha: number | null;
  readonly simultaneous: boolean;
  /** The norm of all radii here. */
  readonly norm: Norm;
  /**
   * The worth of a certified radius in the other norms; null for a bound that proves nothing, and for jobs of version 0.1.0, which do not
   * say how many elements an input has.
   */
  readonly otherNorms: readonly OtherNorm[] | null;
  /**
   * Mean over all images of radius × correct (average certified radius); null without labels, for `target`, which asks
   * for no radius beyond those named, and for a bound that proves nothing.
   */
  readonly acr: number | null;
  /** Mean over all images of the radius, right or wrong; null for `target` and for a bound that proves nothing. */
  readonly meanRadius: number | null;
  /** The radii use a bound on the runner-up's probability, too. */
  readonly runnerUp: boolean;
  /**
   * Forecast of `meanRadius` at `budget` samples for each image; null but for `gain` and for a shared total that reached every image: the
   * others do not stop for lack of gain. Null also where only the certificates are known, and not the counts.
   */
  readonly forecastRadius: number | null;
  /** The largest radius that the rule and the bound can certify; null where they certify none. */
  readonly farthest: CurveEnd | null;
  /** The forecast of --stop fixed for as many samples, where it is nearly as good or better; null elsewhere, and where that is not known. */
  readonly fixedInstead: FixedInstead | null;
  /** Most samples of an image: forecast and cost are compared with it. */
  readonly budget: number;
  /** Nearly all images are certified, and almost none correctly: model, preprocessing and labels do not belong together. */
  readonly contradicted: boolean;
  /** Seconds and samples of this run of the command alone; null where nothing was to be drawn. */
  readonly seconds: number | null;
  readonly samplesPerSecond: number | null;
  /** Figures of the batches of this run; null where others drew, or nothing was to be drawn. */
  readonly batches: DrawingFigures | null;
}

export interface RunFigures {
  readonly seconds: number;
  readonly samples: number;
  readonly figures?: DrawingFigures | null;
}

/** The fields of a certificate that a summary needs. */
export type Row = Pick<
  Certificate,
  'image' | 'label' | 'outcome' | 'class' | 'correct' | 'radius' | 'stop' | 'samples'
>;

/** The input of a summary: the rows of a job, and what else is known of them. */
export interface Results<R extends Row> {
  readonly job: Job;
  /** Images of the job, decided or not. */
  readonly images: number;
  readonly rows: readonly R[];
  readonly labelled: boolean;
  /** Samples drawn, work ahead of decisions included. */
  readonly drawn: number;
  /** Radius that an image would be forecast to hold at the full budget; null: not known. */
  readonly forecast: ((row: R) => number) | null;
  /** Returns what a fixed number of samples would have given, if that is nearly as good as this mean radius; null: not known. */
  readonly fixedInstead: ((meanRadius: number) => FixedInstead | null) | null;
  /** The largest radius that is proved of an image. */
  readonly proven: (row: R) => Proven | null;
}

/** @param radii those to give shares at, if not those that the job suggests; any may be asked for (proven-radius.ts) */
export function summarize(
  fold: JobFold,
  labels: ImageLabels | null,
  run: RunFigures | null,
  radii?: readonly number[],
): Summary {
  const images = [...fold.images.keys()];
  const results: Results<Certificate> = {
    job: fold.job,
    images: images.length,
    labelled: labels !== null,
    drawn: fold.tally.samples,
    rows: images.flatMap((i) => certificateOf(fold, i, labels?.[i] ?? null) ?? []),
    forecast: ({ image }) => forecastRadius(fold, image),
    fixedInstead: (meanRadius) => fixedInsteadOf(fold, meanRadius),
    proven: (row) => provenRadius(fold, row),
  };
  return summarizeRows(results, run, radii);
}

/** The same of rows, wherever they come from. */
export function summarizeRows<R extends Row>(
  results: Results<R>,
  run: RunFigures | null,
  radii?: readonly number[],
): Summary {
  const { rows, images, labelled, drawn, forecast } = results;
  const { claim } = results.job;
  const farthest = curveEnd(results.job);
  const mean = (value: (row: R) => number) => rows.reduce((sum, row) => sum + value(row), 0) / images;
  const radiusOfEach = claim.stop.kind !== 'target' && BOUNDS[claim.bound].proves;
  const certified = rows.filter((row) => row.outcome === 'certified');
  const right = labelled ? certified.filter(({ correct }) => correct === true).length : null;
  const meanRadius = radiusOfEach ? mean((row) => row.radius) : null;
  return {
    images,
    decided: rows.length,
    certified: certified.length,
    right,
    wrong: right === null ? null : certified.length - right,
    approximate: rows.filter((row) => row.outcome === 'approximate').length,
    abstained: byStop(rows, 'abstained'),
    failed: byStop(rows, 'failed'),
    accuracy: accuracyAt(results, radii ?? suggestedRadii(results.job, farthest), radii !== undefined),
    labelled,
    alpha: BOUNDS[claim.bound].proves ? claim.alpha : null,
    simultaneous: claim.simultaneous ?? false,
    ...normsOf(results.job),
    acr: !labelled || !radiusOfEach ? null : mean((row) => (row.correct ? row.radius : 0)),
    meanRadius,
    forecastRadius: forecast !== null && hasForecast(claim, rows) ? mean(forecast) : null,
    runnerUp: claim.runnerUp === true,
    farthest,
    fixedInstead: meanRadius === null ? null : (results.fixedInstead?.(meanRadius) ?? null),
    budget: claim.looks.at(-1)!,
    ...sampleFigures(rows, drawn, claim),
    contradicted: labelled && certifiesWrongly(outcomesOf(rows, images)),
    seconds: run && run.seconds,
    samplesPerSecond: run && (run.seconds > 0 ? run.samples / run.seconds : 0),
    batches: run?.figures ?? null,
  };
}

/** Counts certificates, and those that the labels confirm. */
function outcomesOf(rows: readonly Row[], images: number): Outcomes {
  const certified = rows.filter((row) => row.outcome === 'certified');
  const most = (values: readonly (number | null)[]) =>
    values.length === 0
      ? 0
      : Math.round(mostFrequent(values.map((value) => value ?? -1)).share * values.length);
  return {
    images,
    certified: certified.length,
    correct: certified.filter(({ correct }) => correct).length,
    ofOneClass: most(certified.map((row) => row.class)),
    ofOneLabel: most(certified.map(({ label }) => label)),
  };
}

/** Returns true if images stop where more samples would add radius, and what they would add can be told from the votes of each. */
function hasForecast({ stop }: Claim, rows: readonly Row[]): boolean {
  if (stop.kind !== 'budget') return stop.kind === 'gain';
  return rows.every(({ samples, outcome }) => samples > 0 || outcome === 'failed');
}

function normsOf({ claim, draw }: Job): Pick<Summary, 'norm' | 'otherNorms'> {
  const { norm } = NOISES[draw.noise.kind];
  const { lattice } = draw.noise;
  const stated = lattice !== undefined && BOUNDS[claim.bound].proves;
  return { norm, otherNorms: stated ? otherNorms(norm, lattice.dimension) : null };
}

/** Returns the shares of the images at some radii. @param asked true: somebody asked for them, and what the votes prove beyond the certificates counts */
export function accuracyAt<R extends Row>(
  { images, rows, labelled, proven }: Pick<Results<R>, 'images' | 'rows' | 'labelled' | 'proven'>,
  radii: readonly number[],
  asked: boolean,
): Summary['accuracy'] {
  const counted = rows.flatMap((row) => {
    const found = asked ? proven(row) : certifiedBy(row);
    return found === null || (labelled && found.class !== row.label) ? [] : [found.radius];
  });
  return radii.map((radius) => ({
    radius,
    share: counted.filter((found) => found >= radius).length / images,
  }));
}

function suggestedRadii({ claim }: Job, farthest: CurveEnd | null): number[] {
  if (claim.stop.kind === 'target') return claim.stop.radii.map(Number);
  return farthest === null ? [] : commonRadii(farthest.radius);
}
