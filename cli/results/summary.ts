import { mostFrequent } from '../../analysis/check/evidence.js';
import { certifiesWrongly, type Outcomes } from '../../analysis/check/outcome.js';
import { certificateOf, type Certificate } from '../../coordinator/results/certificates.js';
import { forecastRadius } from '../../coordinator/core/forecast-radius.js';
import type { JobFold } from '../../coordinator/core/job-fold.js';
import { certifiedBy, provenRadius, type Proven } from '../../coordinator/results/proven-radius.js';
import type { Claim, Job, Norm } from '../../shared/job.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { NORM_NAMES, otherNorms, type OtherNorm } from '../../statistics/noises/other-norms.js';
import { roundRadii } from '../../statistics/noises/round-radii.js';
import type { DrawingFigures } from '../../worker/draw/drawing-figures.js';
import { batchRows } from './batch-rows.js';
import { printDown } from '../../statistics/radius.js';
import {
  byStop,
  guaranteeLine,
  number,
  percent,
  renderLines,
  sampleFigures,
  samplesLine,
  timeLine,
  type SampleFigures,
} from './summary-lines.js';

/** The figures of a run. All shares and means are over ALL images of the job, abstained and failed ones included. */
export interface Summary extends SampleFigures {
  readonly images: number;
  readonly decided: number;
  readonly certified: number;
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
  /** Budget that the forecast is for. */
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
  /** The largest radius that is proved of an image. */
  readonly proven: (row: R) => Proven | null;
}

/** @param radii those to give shares at, if not those that the job suggests; any may be asked for (proven-radius.ts) */
export function summarize(
  fold: JobFold,
  labels: Int32Array | null,
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
  const mean = (value: (row: R) => number) => rows.reduce((sum, row) => sum + value(row), 0) / images;
  const radiusOfEach = claim.stop.kind !== 'target' && BOUNDS[claim.bound].proves;
  return {
    images,
    decided: rows.length,
    certified: rows.filter((row) => row.outcome === 'certified').length,
    approximate: rows.filter((row) => row.outcome === 'approximate').length,
    abstained: byStop(rows, 'abstained'),
    failed: byStop(rows, 'failed'),
    accuracy: accuracyAt(results, radii),
    labelled,
    alpha: BOUNDS[claim.bound].proves ? claim.alpha : null,
    simultaneous: claim.simultaneous ?? false,
    ...normsOf(results.job),
    acr: !labelled || !radiusOfEach ? null : mean((row) => (row.correct ? row.radius : 0)),
    meanRadius: radiusOfEach ? mean((row) => row.radius) : null,
    forecastRadius: forecast !== null && hasForecast(claim, rows) ? mean(forecast) : null,
    runnerUp: claim.runnerUp === true,
    budget: claim.looks.at(-1)!,
    ...sampleFigures(rows, drawn, claim.stop.kind === 'fixed' ? null : claim.stop),
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

/** Shares of the images at the radii that the job suggests, or at any others. */
function accuracyAt<R extends Row>(
  { job, images, rows, labelled, proven }: Results<R>,
  radii?: readonly number[],
): Summary['accuracy'] {
  const counted = rows.flatMap((row) => {
    const found = radii === undefined ? certifiedBy(row) : proven(row);
    return found === null || (labelled && found.class !== row.label) ? [] : [found.radius];
  });
  return (radii ?? suggestedRadii(job)).map((radius) => ({
    radius,
    share: counted.filter((found) => found >= radius).length / images,
  }));
}

function suggestedRadii({ claim, draw }: Job): number[] {
  if (!BOUNDS[claim.bound].proves) return [];
  return claim.stop.kind === 'target' ? claim.stop.radii.map(Number) : roundRadii(draw.noise);
}

const RUNNER_UP = 'a bound on the class and one on the runner-up (--runner-up)';

const ABSTAINED: Readonly<Record<string, string>> = {
  abstain: 'more samples were forecast not to pay',
  futile: 'the smallest radius was forecast to be out of reach',
  planned: 'nothing certified by the samples that the pilot planned',
  budget: 'nothing certified within the budget',
};

const CONTRADICTED =
  'nearly all images are certified and almost none as its label. The certificates are right about the smoothed classifier; the model, its preprocessing and the labels do not belong together: smoothcert check looks for the reason.';

const radius4 = (radius: number) => printDown(radius, 4);

/** The summary for a person; every line says what its figures are of. */
export function renderSummary(s: Summary): string {
  const whole = s.decided === s.images;
  const rows: [string, string][] = [
    ['images', `${number(s.images)}${whole ? '' : `, ${number(s.decided)} decided so far`}`],
    ['certified', number(s.certified)],
    ...(s.alpha === null ? [] : [row('guarantee', guaranteeLine('certificate', s.alpha, s))]),
    ...(s.approximate === 0 ? [] : [row('approximate, no certificate', number(s.approximate))]),
    ...Object.entries(s.abstained).map(([stop, n]): [string, string] => [
      'abstained',
      `${number(n)} (${ABSTAINED[stop] ?? stop}${stop === 'budget' ? withoutSamples(s) : ''})`,
    ]),
    ...Object.entries(s.failed).map(([code, n]): [string, string] => ['failed', `${number(n)} (${code})`]),
    ...(whole ? outcomeRows(s) : totalRows(s)),
    ...(s.seconds === null ? [] : [row('time', timeLine(s.seconds, s.samplesPerSecond ?? 0))]),
    ...(s.batches === null ? [] : batchRows(s.batches)),
  ];
  return renderLines(rows) + renderNotes([s.contradicted ? CONTRADICTED : null]);
}

/** Returns the lines that follow a summary; none for a note that is null. */
export const renderNotes = (notes: readonly (string | null)[]): string =>
  notes.map((note) => (note === null ? '' : `Note: ${note}\n`)).join('');

const row = (name: string, value: string): [string, string] => [name, value];

/** Shares and means over all images: only of a finished job, because the images that are decided first are special. */
function outcomeRows(s: Summary): [string, string][] {
  return [
    ...(s.accuracy.length === 0
      ? []
      : [row(s.labelled ? 'certified accuracy' : 'certified share', accuracyLine(s))]),
    ...(s.acr === null ? [] : [row('average certified radius', radius4(s.acr))]),
    ...(s.meanRadius === null ? [] : [row('mean radius', meanRadiusLine(s.meanRadius, s))]),
    ...(s.runnerUp ? [row('proved by', RUNNER_UP)] : []),
    ...(s.otherNorms === null ? [] : [row('norms', normsLine(s.norm, s.otherNorms))]),
    row('samples', samplesLine(s, s.meanRadius === null)),
  ];
}

/** Images of a shared total that it did not reach. A given-up image has no samples either, but is no abstention. */
function withoutSamples({ totalSamples, undrawn, failed }: Summary): string {
  const reached = totalSamples === null || undrawn === 0 || Object.keys(failed).length > 0;
  return reached ? '' : `, ${number(undrawn)} of them without a sample`;
}

/** The line `samples` of images that share a total and are not decided yet: none is before the total is spent. */
const totalRows = ({ totalSamples, drawn }: Summary): [string, string][] =>
  totalSamples === null
    ? []
    : [
        row(
          'samples',
          `${number(drawn)} of a total of ${number(totalSamples)} drawn; most images are decided at the end, together`,
        ),
      ];

const accuracyLine = (s: Summary) =>
  s.accuracy.map(({ radius, share }) => `${percent(share)} at ${radius}`).join(', ');

function meanRadiusLine(mean: number, { forecastRadius: forecast, budget }: Summary): string {
  if (forecast === null || forecast === 0) return radius4(mean);
  return `${radius4(mean)}: ${percent(mean / forecast)} of the ${radius4(forecast)} forecast at ${number(budget)} samples an image`;
}

function normsLine(norm: Norm, others: readonly OtherNorm[]): string {
  const followed = others.map(
    (one) => `${one.divisor === '1' ? 'R' : `R/${one.divisor}`} in ${NORM_NAMES[one.norm]}`,
  );
  return `a radius R in ${NORM_NAMES[norm]} is one of ${followed.join(' and of ')}, too`;
}
