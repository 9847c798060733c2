import { NO_COUNTS, subtractCounts } from '../../shared/counts.js';
import { printSignificantUp } from '../../statistics/radius.js';
import type { Prediction } from '../core/decision.js';
import type { Ending, ImageState } from '../core/image-state.js';
import type { JobFold } from '../core/job-fold.js';
import { claimedOf, drawnOf, type DecidedRow } from './decided-row.js';

/** The outcome for one image of a job of `predict`, as results.jsonl holds it: a class and no radius. */
export interface PredictionRow extends DecidedRow {
  readonly outcome: 'predicted' | 'abstained' | 'failed';
  /** The smallest level at which the counts refute that the class is no more likely than another outcome, rounded up; null without a prediction. */
  readonly p_value: string | null;
}

const P_VALUE_DIGITS = 3;

/** Returns the row of an image of a job of `predict`; null for one that is not decided, and for all of a job that an audit has refuted. */
export function predictionOf(fold: JobFold, image: number, label: number | null): PredictionRow | null {
  if (fold.refuted !== null) return null;
  const state = fold.images.get(image)!;
  const { ending, prefixes } = state;
  if (ending === null) return null;
  const { samples, looks } = drawnOf(prefixes);
  const { detail, ...evidence } = evidenceOf(fold, state, ending);
  const { class: predicted, p_value, stop, proved_by, counts } = evidence;
  // The keys in one order, so that equal rows are equal bytes.
  return {
    image,
    label,
    outcome: evidence.outcome,
    class: predicted,
    correct: label === null || predicted === null ? null : predicted === label,
    p_value,
    ...claimedOf(fold.job.claim),
    stop,
    ...(detail === undefined ? {} : { detail }),
    samples,
    proved_by,
    counts,
    looks,
  };
}

/** The part of a row that depends on how the image ended. */
type Evidence = Pick<
  PredictionRow,
  'outcome' | 'class' | 'p_value' | 'stop' | 'detail' | 'proved_by' | 'counts'
>;

function evidenceOf(fold: JobFold, state: ImageState, ending: Ending): Evidence {
  if (ending.outcome === 'predicted') {
    return { outcome: 'predicted', stop: ending.stop, ...proofOf(fold, state, ending.prediction) };
  }
  const nothing = {
    class: null,
    p_value: null,
    proved_by: null,
    counts: state.prefixes.at(-1) ?? NO_COUNTS,
  };
  if (ending.outcome === 'failed') {
    return { ...nothing, outcome: 'failed', stop: ending.code, detail: ending.detail };
  }
  return { ...nothing, outcome: 'abstained', stop: ending.stop };
}

/** Returns the class with what proves it: the samples behind the pilot, or all where the only look takes all. */
function proofOf({ job: { claim } }: JobFold, { prefixes }: ImageState, prediction: Prediction) {
  const { classIndex, look, pValue } = prediction;
  const decisive = prefixes[look]!;
  return {
    class: classIndex,
    p_value: printSignificantUp(pValue, P_VALUE_DIGITS),
    proved_by: { begin: look === 0 ? 0 : claim.looks[0]!, end: claim.looks[look]! },
    counts: look === 0 ? decisive : subtractCounts(decisive, prefixes[0]!),
  };
}
