import type { JobView } from '../../../api/job-view.js';
import type { JobAnswer } from '../../../api/page-api.js';
import { jobDigest, type Normalisation } from '../../../shared/job.js';
import { decidedOf } from '../../../shared/job-progress.js';
import { claimSentence, ruleWords } from '../../../statistics/claim-words.js';
import { describeNoise, scaleOf } from '../../../statistics/noises/scale.js';

/** Hexadecimal digits of a digest that stands for a name. */
const SHOWN_DIGITS = 12;

/**
 * Returns a job as the JSON API tells it.
 * @param classes names of its classes by number; null if they are not known
 */
export function jobAnswerOf(view: JobView, classes: readonly string[] | null): JobAnswer {
  const { spec, job, progress } = view;
  const { names } = spec;
  const { noise, sigma } = spec;
  return {
    id: view.id,
    name: names?.job ?? null,
    model: names?.model ?? spec.model.digest.slice(0, SHOWN_DIGITS),
    data: names?.data ?? spec.data.digest.slice(0, SHOWN_DIGITS),
    noise: describeNoise({ kind: noise, scale: scaleOf(noise, sigma) }),
    sigma,
    rule: ruleWords(spec),
    normalisation: normalisationWords(spec.normalisation),
    alpha: spec.alpha,
    claim: claimSentence(spec),
    // Only a request that was checked and not created has none yet.
    seed: spec.seed ?? '',
    digest: job === null ? null : jobDigest(job),
    state: view.state,
    createMs: view.createMs,
    startMs: view.startMs,
    endMs: view.endMs,
    progress,
    decided: decidedOf(progress),
    outlook: view.outlook,
    waiting: view.waiting,
    error: view.error,
    refusals: view.refusals,
    notes: [view.roundingNote, view.batchNote].filter((note) => note !== null),
    classes,
  };
}

/** Returns what is done to pixels before they go to the model; null: nothing. */
function normalisationWords({ inputScale, mean, std }: Normalisation): string | null {
  const scaled = inputScale === 1 ? [] : [`scale ${inputScale}`];
  const isPlain = mean.every((value) => value === 0) && std.every((value) => value === 1);
  const shifted = isPlain ? [] : [`mean ${mean.join(', ')}`, `std ${std.join(', ')}`];
  const words = [...scaled, ...shifted];
  return words.length === 0 ? null : words.join('; ');
}
