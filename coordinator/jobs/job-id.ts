import { createHash } from 'node:crypto';
import { canonicalJson } from '../../shared/job.js';
import type { JobSpec } from '../../shared/job-spec.js';

const ID_DIGITS = 20;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The id of the job that a request makes: a function of the request's id, so that the same request makes one job however often and
 * wherever it arrives. Safe as a part of a NATS subject.
 */
export function jobIdOf(requestId: string): string {
  return `j-${sha256(`smoothcert.v1.job\0${requestId}`).slice(0, ID_DIGITS)}`;
}

/** sha256 (hex) of the spec as it came: tells a repeated request from another one under the same id. */
export function requestDigestOf(spec: JobSpec): string {
  return sha256(canonicalJson(spec));
}
