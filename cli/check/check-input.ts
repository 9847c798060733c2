import { spreadOver } from '../../analysis/check/effort.js';
import { isWrong, type Finding } from '../../analysis/check/findings.js';
import type { ImportedDataSet } from '../../input/convert.js';
import type { JobImages } from '../../shared/job-spec.js';
import { SmoothcertError } from '../../shared/errors.js';
import { scaleOf } from '../../statistics/noises/scale.js';
import type { JobConfig } from '../certify/job-config.js';
import { adviceOf, noteOf, type Subject } from './finding-words.js';
import { tryOut, type CheckReport } from './try-out.js';

/** Returns the indices of the images of a job. */
export function indicesOf({ start, stop, step }: JobImages): number[] {
  return Array.from({ length: Math.ceil((stop - start) / step) }, (_, at) => start + at * step);
}

/** Images that are looked at, at most. */
const MOST_IMAGES = 100;
/** For `check`: noisy copies of each, and time for running the model. */
const THOROUGH = { copies: 2, budgetMs: 20_000, thorough: true } as const;
/** For the commands that begin a job: no more than a user does not mind. */
const QUICK = { copies: 1, budgetMs: 2_000, thorough: false } as const;
/** A quick check that has not ended by then, model loaded and all, is given up. */
const QUICK_LIMIT_MS = 10_000;

/** The parts of a job that a check looks at. */
export type Checked = Pick<
  JobConfig,
  'model' | 'output' | 'device' | 'noise' | 'sigma' | 'features' | 'normalisation' | 'layout' | 'bgr'
>;

/** Checks a model and the images of a range. @throws as `tryOut` */
export async function checkInput(
  config: Checked,
  data: ImportedDataSet,
  images: readonly number[],
  how: { copies: number; budgetMs: number; thorough: boolean } = THOROUGH,
  signal: AbortSignal = new AbortController().signal,
): Promise<CheckReport> {
  const chosen = spreadOver(images, MOST_IMAGES);
  const { labels } = data;
  return tryOut(
    {
      modelFile: config.model,
      output: config.output,
      device: config.device,
      dataFile: data.file,
      noise: { kind: config.noise, scale: scaleOf(config.noise, config.sigma) },
      sigma: config.sigma,
      features: config.features,
      given: {
        normalisation: config.normalisation,
        layout: config.layout,
        bgr: config.bgr,
        transposed: false,
      },
      images: chosen,
      labels: labels && chosen.map((image) => labels[image]!),
      classNames: data.classNames,
      ...how,
    },
    signal,
  );
}

export const subjectOf = (
  { treatment, subject }: CheckReport,
  { classNames, labels }: ImportedDataSet,
): Subject => ({
  given: treatment,
  imageShape: subject.imageShape,
  classNames,
  labelRange: labels && [
    labels.reduce((a, b) => Math.min(a, b), Infinity),
    labels.reduce((a, b) => Math.max(a, b), 0),
  ],
});

/** Returns the error for the first finding that is one; null if there is none. */
export function strictError(report: CheckReport, data: ImportedDataSet): SmoothcertError | null {
  const first = report.findings.find(isWrong);
  if (first === undefined) return null;
  const { what, remedy } = adviceOf(first, subjectOf(report, data));
  return new SmoothcertError('CHECK_FAILED', what, `${remedy} If it is right as it is, leave --strict out.`);
}

/** The note of a quick check. */
export interface QuickNote {
  readonly about: Finding['kind'];
  readonly text: string;
}

/** How a command that begins a job checks its input. */
export interface QuickCheckOptions {
  /** True: a finding is an error. */
  readonly strict: boolean;
  /** Hears why a check could not be made; nothing else depends on it. */
  readonly tell: (line: string) => void;
  /** Gives the check up. */
  readonly signal: AbortSignal;
}

/**
 * Checks the input of a job that is about to begin, within a few seconds. Resolves with a note if something is clearly wrong, else null; null,
 * too, if the check cannot be made. @throws CHECK_FAILED, with `strict`
 */
export async function quickCheck(
  config: Checked,
  data: ImportedDataSet,
  images: readonly number[],
  { strict, tell, signal }: QuickCheckOptions,
): Promise<QuickNote | null> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(QUICK_LIMIT_MS)]);
  let report: CheckReport;
  try {
    report = await checkInput(config, data, images, QUICK, until);
  } catch (error) {
    tell(`The preprocessing could not be checked: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
  const error = strict ? strictError(report, data) : null;
  if (error !== null) throw error;
  const first = report.findings.find((finding) => isWrong(finding) && finding.kind !== 'unfit');
  return first === undefined ? null : { about: first.kind, text: noteOf(first, subjectOf(report, data)) };
}
