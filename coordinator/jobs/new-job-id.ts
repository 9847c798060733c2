import { createHash } from 'node:crypto';
import { canonicalJson } from '../../shared/job.js';
import { JOB_ID_DIGITS } from '../../shared/job-id-pattern.js';
import { laterFieldsOf, type JobSpec } from '../../shared/job-spec.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Returns the id of the job that a request makes: a function of the request's id, so that a request makes one job however often it comes. */
export function jobIdOf(requestId: string): string {
  return `j-${sha256(`smoothcert.v1.job\0${requestId}`).slice(0, JOB_ID_DIGITS)}`;
}

/**
 * Returns the sha256 (hex) of the spec as it came: it tells a repeated request from another one with the same id. What version 0.1.0 did
 * not know is named only where it is asked for, so that a request of that version that is repeated to this one is known again.
 */
export function requestDigestOf({ noise, runnerUp, simultaneous, ...others }: JobSpec): string {
  return sha256(canonicalJson({ ...laterFieldsOf({ noise, runnerUp, simultaneous }), ...others }));
}
