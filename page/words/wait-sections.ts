import type { ErrorCode } from '../../shared/errors.js';
import type { WaitCode } from '../../shared/waiting.js';

/** The sections of docs/runbook.md that say what to do about a reason to wait, by the anchors of their headings. */
export const WAIT_SECTIONS: Readonly<Record<WaitCode, string>> = {
  'no-worker': 'smoothcertjobswaiting',
  'no-worker-of-class': 'smoothcertjobsstalled',
  'all-refuse': 'smoothcertjobsrefused',
  preparing: 'why-a-job-waits',
  reading: 'why-a-job-waits',
  'store-full': 'smoothcertstorefull',
  'nats-away': 'smoothcertnatsunsteady',
  standby: 'smoothcertnotserving',
  restarting: 'smoothcertjobsrestart',
  busy: 'smoothcerttaskswait',
};

/** The section about images that failed, and about workers that refuse a job. */
export const FAILED_IMAGES_SECTION = 'smoothcertimagesfailing';
export const REFUSALS_SECTION = 'smoothcertjobsrefused';

const ERROR_SECTIONS: Readonly<Partial<Record<ErrorCode, string>>> = {
  DISK_FULL: 'smoothcertstorefull',
  NATS_UNREACHABLE: 'smoothcertnatsunsteady',
  MODEL_NOT_DETERMINISTIC: 'smoothcertjobsfailing',
  COUNTS_DIFFER: 'smoothcertdivergentcounts',
  FINGERPRINT_MISMATCH: REFUSALS_SECTION,
};

/** Returns the section about the error with which a job ended. */
export const errorSection = (code: ErrorCode): string => ERROR_SECTIONS[code] ?? 'smoothcertjobsfailing';
