import type { PredictionRow } from '../../coordinator/results/predictions.js';
import type { Job } from '../../shared/job.js';
import { percentDown, percentUp } from '../../shared/written-numbers.js';
import type { DrawingFigures } from '../../worker/draw/drawing-figures.js';
import { batchRows } from './batch-rows.js';
import {
  byStop,
  countsLine,
  guaranteeLine,
  number,
  renderLines,
  sampleFigures,
  samplesLine,
  timeLine,
  wordsFor,
  type Line,
  type SampleFigures,
} from './summary-lines.js';
import type { RunFigures } from './summary.js';

/** The figures of a run of `predict`. All shares are of ALL images of the job, abstained and failed ones included. */
export interface PredictionSummary extends SampleFigures {
  readonly images: number;
  readonly decided: number;
  readonly predicted: number;
  /** Predictions that are the label, and others; null without labels. */
  readonly right: number | null;
  readonly wrong: number | null;
  readonly abstained: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  readonly labelled: boolean;
  /** Probability of a wrong class: of an image, or of any in the job where `simultaneous`. */
  readonly alpha: number;
  readonly simultaneous: boolean;
  /** Share of images whose predicted class is the label; null without labels. */
  readonly accuracy: number | null;
  /** Share of images that abstain. */
  readonly abstaining: number;
  /** Most samples of an image. */
  readonly budget: number;
  /** Seconds and samples of this run of the command alone; null where nothing was to be drawn. */
  readonly seconds: number | null;
  readonly samplesPerSecond: number | null;
  /** Figures of the batches of this run; null where others drew, or nothing was to be drawn. */
  readonly batches: DrawingFigures | null;
}

/** The fields of a row that a summary of predictions needs. */
export type PredictedRow = Pick<
  PredictionRow,
  'image' | 'label' | 'outcome' | 'class' | 'correct' | 'stop' | 'samples'
>;

/** The rows of a job of `predict`, and what else is known of them. */
export interface Predictions {
  readonly job: Job;
  /** Images of the job, decided or not. */
  readonly images: number;
  readonly rows: readonly PredictedRow[];
  readonly labelled: boolean;
  /** Samples drawn, work ahead of decisions included. */
  readonly drawn: number;
}

/** Returns the figures of predictions. */
export function summarizePredictions(
  { job: { claim }, images, rows, labelled, drawn }: Predictions,
  run: RunFigures | null,
): PredictionSummary {
  const share = (holds: (row: PredictedRow) => boolean): number => rows.filter(holds).length / images;
  const predicted = rows.filter((row) => row.outcome === 'predicted').length;
  const right = labelled ? rows.filter((row) => row.correct === true).length : null;
  return {
    images,
    decided: rows.length,
    predicted,
    right,
    wrong: right === null ? null : predicted - right,
    abstained: byStop(rows, 'abstained'),
    failed: byStop(rows, 'failed'),
    labelled,
    alpha: claim.alpha,
    simultaneous: claim.simultaneous ?? false,
    accuracy: labelled ? share((row) => row.correct === true) : null,
    abstaining: share((row) => row.outcome === 'abstained'),
    budget: claim.looks.at(-1)!,
    ...sampleFigures(rows, drawn, claim),
    seconds: run && run.seconds,
    samplesPerSecond: run && (run.seconds > 0 ? run.samples / run.seconds : 0),
    batches: run?.figures ?? null,
  };
}

const ABSTAINED: Readonly<Record<string, string>> = {
  futile: 'the class was forecast to be out of reach',
  budget: 'no class decided within the budget',
};

/** Returns the summary for a person; every line says what its figures are of. */
export function renderPredictions(s: PredictionSummary): string {
  const whole = s.decided === s.images;
  return renderLines([
    ['images', `${number(s.images)}${whole ? '' : `, ${number(s.decided)} decided so far`}`],
    ['predicted', countsLine(s.predicted, s)],
    ['guarantee', guaranteeLine('class', s.alpha, s)],
    ...Object.entries(s.abstained).map(([stop, n]): Line => [
      'abstained',
      `${number(n)} (${wordsFor(ABSTAINED, stop)})`,
    ]),
    ...Object.entries(s.failed).map(([code, n]): Line => ['failed', `${number(n)} (${code})`]),
    ...(whole ? shareLines(s) : []),
    ...(s.seconds === null ? [] : [['time', timeLine(s.seconds, s.samplesPerSecond ?? 0)] as const]),
    ...(s.batches === null ? [] : batchRows(s.batches)),
  ]);
}

/** Shares of all images: only of a finished job, because the images that are decided first are the clear ones. */
function shareLines(s: PredictionSummary): Line[] {
  return [
    ...(s.accuracy === null
      ? []
      : [['accuracy', `${percentDown(s.accuracy)} predicted and correct`] as const]),
    ['abstaining', percentUp(s.abstaining)],
    ['samples', samplesLine(s, s.usualSamples !== null)],
  ];
}
