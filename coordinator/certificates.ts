import type { Counts } from '../shared/counts.js';
import { NO_COUNTS, subtractCounts } from '../shared/counts.js';
import type { ErrorCode } from '../shared/errors.js';
import type { BoundName, Job } from '../shared/job.js';
import {
  certifiedRadius,
  printDown,
  printLowerProbability,
  printUp,
  publishedDelta,
} from '../shared/statistics/radius.js';
import type { ImageState } from './image-state.js';
import type { JobFold } from './job-fold.js';

/**
 * The outcome for one image, as results.jsonl holds it: a function of the job and the counts alone. No time, no
 * host, nothing that another run of the same job could write differently.
 */
export interface Certificate {
  readonly image: number;
  readonly label: number | null;
  readonly outcome: 'certified' | 'abstained' | 'failed';
  /** The certified class; null without a certificate. */
  readonly class: number | null;
  /** Whether it is the label; null without label or certificate. */
  readonly correct: boolean | null;
  /** L2 radius in pixels of [0, 1], rounded down; the certified ball is open. 0 without a certificate. */
  readonly radius: number;
  readonly norm: 'l2';
  /** Upper bound on the probability that a sample votes otherwise, rounded up; null without a certificate. */
  readonly delta_upper: string | null;
  /** 1 − delta_upper. Do not recompute the radius from it: too few digits near 1. */
  readonly p_lower: string | null;
  readonly alpha: number;
  readonly bound: BoundName;
  /** Why no more samples were drawn, or the code of the failure. */
  readonly stop: string;
  /** Sentence of a failure. */
  readonly detail?: string;
  /** Samples that the decision rests on: [0, samples) of the image. */
  readonly samples: number;
  /** Range of the samples whose counts prove the certificate; null without one. */
  readonly proved_by: { readonly begin: number; readonly end: number } | null;
  /** Counts of that range, or of all samples without a certificate. */
  readonly counts: Counts;
  /** Counts of [0, n) at every look taken. */
  readonly looks: readonly (Counts & { readonly n: number })[];
}

const PROBABILITY_DIGITS = 12;

/** The certificate of an image that is decided; null for one that is not. */
export function certificateOf(fold: JobFold, image: number, label: number | null): Certificate | null {
  const state = fold.images.get(image)!;
  if (!state.ending) return null;
  const { claim } = fold.job;
  const common = {
    ...{ norm: 'l2' as const, alpha: claim.alpha, bound: claim.bound },
    samples: state.look === 0 ? 0 : claim.looks[state.look - 1]!,
    looks: state.prefixes.map((counts, look) => ({ n: claim.looks[look]!, ...counts })),
  };
  const nothing = {
    ...{ class: null, correct: null, radius: 0, delta_upper: null, p_lower: null, proved_by: null },
    counts: state.prefixes.at(-1) ?? NO_COUNTS,
  };
  const { ending } = state;
  if (ending.outcome === 'failed') {
    return row({
      image,
      label,
      outcome: 'failed',
      ...nothing,
      ...common,
      ...failure(ending.code, ending.detail),
    });
  }
  const proof = ending.outcome === 'certified' ? proofOf(fold.job, state) : null;
  if (!proof) return row({ image, label, outcome: 'abstained', ...nothing, ...common, stop: ending.stop });
  const correct = label === null ? null : proof.class === label;
  return row({ image, label, outcome: 'certified', correct, ...proof, ...common, stop: ending.stop });
}

/** What the held certificate proves; null if nothing is left of it after rounding against the user. */
function proofOf(job: Job, state: ImageState) {
  const { held } = state;
  const radius = held && certifiedRadius(held.deltaUpper, job.draw.noise.scale);
  if (!held || radius === null) return null;
  const { looks, stop } = job.claim;
  const fixed = stop.kind === 'fixed';
  const whole = state.prefixes[held.look]!;
  const delta = publishedDelta(held.deltaUpper);
  return {
    class: held.classIndex,
    radius,
    delta_upper: printUp(delta, PROBABILITY_DIGITS),
    p_lower: printLowerProbability(delta, PROBABILITY_DIGITS),
    proved_by: { begin: fixed ? looks[0]! : 0, end: looks[held.look]! },
    counts: fixed ? subtractCounts(whole, state.prefixes[0]!) : whole,
  };
}

const failure = (code: ErrorCode, detail: string) => ({ stop: code, detail });

/** One order of keys, so that equal certificates are equal bytes. */
function row(c: Certificate): Certificate {
  const { image, label, outcome, correct, radius, norm, delta_upper, p_lower, alpha, bound, stop, detail } =
    c;
  const { samples, proved_by, counts, looks } = c;
  return {
    ...{
      image,
      label,
      outcome,
      class: c.class,
      correct,
      radius,
      norm,
      delta_upper,
      p_lower,
      alpha,
      bound,
      stop,
    },
    ...(detail === undefined ? {} : { detail }),
    ...{ samples, proved_by, counts, looks },
  };
}

export const TSV_HEADER = 'idx\tlabel\tpredict\tradius\tcorrect\ttime';
const RADIUS_DIGITS = 6;

/**
 * One line in the columns of Cohen et al.'s scripts: abstain is predict −1 and radius 0; without labels, label −1
 * and correct 0; the radius is rounded down; `time` is the recorded seconds of noise and inference.
 */
export function tsvLine(certificate: Certificate, micros: number): string {
  return [
    certificate.image,
    certificate.label ?? -1,
    certificate.class ?? -1,
    printDown(certificate.radius, RADIUS_DIGITS),
    certificate.correct ? 1 : 0,
    (micros / 1e6).toFixed(6),
  ].join('\t');
}
