import { NO_COUNTS, totalOf } from '../../shared/counts.js';
import type { Norm } from '../../shared/job.js';
import { RULES } from '../../statistics/rules.js';
import { printLowerProbability, printUp } from '../../statistics/radius.js';
import { approximationOf } from '../core/approximation.js';
import type { Held } from '../core/decision.js';
import { freshVotes } from '../core/fresh-samples.js';
import type { Ending, ImageState } from '../core/image-state.js';
import type { JobFold } from '../core/job-fold.js';
import { PROBABILITY_DIGITS, publicationOf } from '../core/publication.js';
import { claimedOf, drawnOf, type DecidedRow } from './decided-row.js';
import { runnerUpProof, type RunnerUpProof } from './runner-up-proof.js';

/** The outcome for one image of a job that certifies, as results.jsonl holds it. */
export interface Certificate extends DecidedRow {
  /** `approximate` is no certificate: the normal approximation, which proves nothing. */
  readonly outcome: 'certified' | 'approximate' | 'abstained' | 'failed';
  /** Radius in pixels of [0, 1], rounded down; the certified ball is open. 0 without a certificate. */
  readonly radius: number;
  /** Only of a certificate of `target`: the radius as the job has it, digit by digit. */
  readonly target?: string;
  /** Only where the outcome is `approximate`: by another name, so that nothing takes it for what is certified. */
  readonly approximate_class?: number;
  /** Likewise; null where the approximation gives no radius. */
  readonly approximate_radius?: number | null;
  readonly norm: Norm;
  /** Upper bound on the probability that a sample votes otherwise, rounded up; null without a certificate. */
  readonly delta_upper: string | null;
  /** 1 − delta_upper; may be below ½ with the runner-up. Do not recompute the radius from it: too few digits near 1. */
  readonly p_lower: string | null;
  /** Only of a job with the runner-up; null without a certificate. */
  readonly runner_up?: RunnerUpProof | null;
}

/** Returns the certificate of an image that is decided; null for one that is not, and for all of a job that an audit has refuted. */
export function certificateOf(fold: JobFold, image: number, label: number | null): Certificate | null {
  if (fold.refuted !== null) return null;
  const state = fold.images.get(image)!;
  const { ending } = state;
  if (!ending) return null;
  const result = resultOf(fold, state, ending);
  const correct = label === null || result.class === null ? null : result.class === label;
  return row({ image, label, correct, ...common(fold, state), ...result });
}

/** The part of a certificate that is calculated from the counts. */
type Result = Pick<
  Certificate,
  'outcome' | 'class' | 'radius' | 'delta_upper' | 'p_lower' | 'stop' | 'proved_by' | 'counts'
> &
  Partial<Pick<Certificate, 'target' | 'approximate_class' | 'approximate_radius' | 'detail' | 'runner_up'>>;

/** Results of images, calculated once: a certificate is written to several files and told to several clients. */
const results = new WeakMap<ImageState, Result>();

function resultOf(fold: JobFold, state: ImageState, ending: Ending): Result {
  const known = results.get(state);
  if (known) return known;
  const result = { ...nothing(fold, state), ...calculated(fold, state, ending) };
  results.set(state, result);
  return result;
}

function calculated(fold: JobFold, state: ImageState, ending: Ending) {
  if (ending.outcome === 'failed') {
    return { outcome: 'failed', stop: ending.code, detail: ending.detail } as const;
  }
  const { stop } = ending;
  const proof = ending.outcome === 'certified' ? proofOf(fold, state, ending.held) : null;
  if (proof !== null) return { outcome: 'certified', stop, ...proof } as const;
  const approximation = approximationOf(fold, state);
  const outcome = approximation === null ? 'abstained' : 'approximate';
  return { outcome, stop, ...approximation } as const;
}

function common({ job: { claim }, decision }: JobFold, { prefixes }: ImageState) {
  const { samples, looks } = drawnOf(prefixes);
  const shown =
    claim.stop.kind === 'two-stage'
      ? looks.filter((_, look) => look === 0 || look === looks.length - 1)
      : looks;
  return { norm: decision.norm, ...claimedOf(claim), samples, looks: shown };
}

const nothing = ({ job: { claim } }: JobFold, { prefixes }: ImageState) => ({
  class: null,
  radius: 0,
  delta_upper: null,
  p_lower: null,
  ...(claim.runnerUp ? { runner_up: null } : {}),
  proved_by: null,
  counts: prefixes.at(-1) ?? NO_COUNTS,
});

/** Returns what the held certificate proves; null if nothing is left of it after rounding against the user. */
function proofOf(fold: JobFold, state: ImageState, held: Held) {
  const { looks, stop } = fold.job.claim;
  const published = publicationOf(fold.job.claim, fold.decision, held);
  if (published === null) return null;
  const { radius, delta, ...target } = published;
  const behindFirst = RULES[stop.kind].firstLookChooses;
  const counts = behindFirst
    ? freshVotes(looks, held.look, state.prefixes).counts
    : state.prefixes[held.look]!;
  return {
    class: held.classIndex,
    radius,
    ...target,
    delta_upper: printUp(delta, PROBABILITY_DIGITS),
    p_lower: printLowerProbability(delta, PROBABILITY_DIGITS),
    ...runnerUpProof(fold.decision, held, counts, PROBABILITY_DIGITS),
    proved_by: { begin: behindFirst ? looks[0]! : 0, end: totalOf(state.prefixes[held.look]!) },
    counts,
  };
}

/** Returns the certificate with its keys in one order, so that equal certificates are equal bytes. */
function row(c: Certificate): Certificate {
  return {
    image: c.image,
    label: c.label,
    outcome: c.outcome,
    class: c.class,
    correct: c.correct,
    radius: c.radius,
    ...(c.target === undefined ? {} : { target: c.target }),
    ...(c.approximate_class === undefined ? {} : { approximate_class: c.approximate_class }),
    ...(c.approximate_radius === undefined ? {} : { approximate_radius: c.approximate_radius }),
    norm: c.norm,
    delta_upper: c.delta_upper,
    p_lower: c.p_lower,
    ...(c.runner_up === undefined ? {} : { runner_up: c.runner_up }),
    alpha: c.alpha,
    ...(c.simultaneous === undefined ? {} : { simultaneous: c.simultaneous }),
    bound: c.bound,
    stop: c.stop,
    ...(c.detail === undefined ? {} : { detail: c.detail }),
    samples: c.samples,
    proved_by: c.proved_by,
    counts: c.counts,
    looks: c.looks,
  };
}
