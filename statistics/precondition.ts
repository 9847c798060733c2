import { SmoothcertError } from '../shared/errors.js';

/**
 * Throws unless a part of a claim is covered by the theorems. Users do not meet this error: coordinator/core/check-job.ts
 * says in words what is wrong with a job. It is here so that no certificate comes from a claim that nobody checked.
 *
 * @param part what is claimed, as the end of a sentence
 * @throws INTERNAL
 */
export function requireCovered(covered: boolean, part: string): asserts covered {
  if (covered) return;
  throw new SmoothcertError(
    'INTERNAL',
    `No theorem covers this claim: ${part}.`,
    'Report this with the job.json of the run; nothing was certified.',
  );
}
