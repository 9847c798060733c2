import type { JobNames } from '../job-names.js';
import { MAX_FILE_NAME, MAX_JOB_NAME } from '../job-limits.js';
import type { Check } from './check.js';
import type { smoothcert } from './generated.js';

/** Writes the names of a job as they are sent: an empty text where there is none. */
export function namesToWire({ job, model, data, images }: JobNames): smoothcert.v1.JobNames.$Properties {
  return { job: job ?? '', model: model ?? '', data: data ?? '', imagesDigest: images ?? '' };
}

/** Reads the names of a job. They are any text: who shows them escapes them. */
export function namesOfWire(check: Check, field: string, wire: smoothcert.v1.JobNames.$Properties): JobNames {
  const file = { most: MAX_FILE_NAME };
  return {
    job: check.text(`${field}.job`, wire.job ?? '', { most: MAX_JOB_NAME }) || null,
    model: check.text(`${field}.model`, wire.model ?? '', file) || null,
    data: check.text(`${field}.data`, wire.data ?? '', file) || null,
    images: wire.imagesDigest ? check.digest(`${field}.images_digest`, wire.imagesDigest) : null,
  };
}
