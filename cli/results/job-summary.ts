import type { JobFold } from '../../coordinator/core/job-fold.js';
import { predictionOf } from '../../coordinator/results/predictions.js';
import type { ImageLabels } from '../../shared/image-labels.js';
import { renderPredictions, summarizePredictions, type PredictionSummary } from './prediction-summary.js';
import { renderSummary } from './summary-text.js';
import { summarize, type RunFigures, type Summary } from './summary.js';

/** The figures of a job: of its certificates, or of its predictions. */
export type JobSummary = Summary | PredictionSummary;

/** Returns the figures of a job whose votes are here. @param radii as of `summarize`; of certificates alone */
export function summarizeJob(
  fold: JobFold,
  labels: ImageLabels | null,
  run: RunFigures | null,
  radii?: readonly number[],
): JobSummary {
  if (fold.job.claim.stop.kind !== 'predict') return summarize(fold, labels, run, radii);
  const images = [...fold.images.keys()];
  const predictions = {
    job: fold.job,
    images: images.length,
    labelled: labels !== null,
    drawn: fold.tally.samples,
    rows: images.flatMap((i) => predictionOf(fold, i, labels?.[i] ?? null) ?? []),
  };
  return summarizePredictions(predictions, run);
}

/** Returns the summary of a job for a person. */
export const renderJobSummary = (summary: JobSummary): string =>
  'predicted' in summary ? renderPredictions(summary) : renderSummary(summary);
