import { SmoothcertError } from '../../shared/errors.js';
import type { JobFold } from './job-fold.js';

/** Returns the error with which a job ends whose audit has found that votes are not independent; null if none has. */
export function refutationOf({ refuted }: Pick<JobFold, 'refuted'>): SmoothcertError | null {
  if (refuted === null) return null;
  return new SmoothcertError(
    refuted.code,
    refuted.detail,
    'This job has no certificates, and nothing that it counted may be used. Export the model in evaluation mode, without randomness, and certify it as a new job.',
  );
}
