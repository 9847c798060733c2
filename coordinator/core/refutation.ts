import { SmoothcertError } from '../../shared/errors.js';
import type { JobFold } from './job-fold.js';

const NO_CERTIFICATES = 'This job has no certificates, and nothing that it counted may be used.';

/**
 * Returns the error with which a job ends whose audit has found that votes are not independent, or of which workers disagree and nobody
 * could say who is right; null if it is not so.
 */
export function refutationOf({ refuted }: Pick<JobFold, 'refuted'>): SmoothcertError | null {
  if (refuted === null) return null;
  const remedy =
    refuted.code === 'COUNTS_DIFFER'
      ? 'Draw the samples on a machine that you trust to see which worker is wrong, stop that one, and create the job anew; with three workers the wrong one is found by itself.'
      : 'Export the model in evaluation mode, without randomness, and certify it as a new job.';
  return new SmoothcertError(refuted.code, refuted.detail, `${NO_CERTIFICATES} ${remedy}`);
}
