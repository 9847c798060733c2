import { SmoothcertError } from '../../shared/errors.js';
import { canonicalJson, jobDigest, type Job } from '../../shared/job.js';
import type { JobImages } from '../../shared/job-spec.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import { probeImagesOf, type Prepared } from '../../shared/preparation.js';
import type { WorkOrder } from '../../shared/work-order.js';
import { countOf } from './ledger-bytes.js';

/** An entry with what a worker found. */
export interface Ready extends JobEntry {
  readonly job: Job;
  readonly prepared: Prepared;
}

/** Null before a worker has looked at the model. */
export const readyOf = (entry: JobEntry): Ready | null =>
  entry.job && entry.prepared ? { ...entry, job: entry.job, prepared: entry.prepared } : null;

/** The images of a job: written into its entry when it is created. @throws SmoothcertError INTERNAL if they are not */
export function imagesOf({ spec, id }: JobEntry): JobImages {
  if (spec.images) return spec.images;
  throw new SmoothcertError('INTERNAL', `The job ${id} names no images.`, 'Report this as a bug.');
}

/** What workers are told of a job. */
export function orderOf({ id, spec, job, prepared }: Ready): WorkOrder {
  const images = job.claim.images;
  return {
    job: id,
    jobDigest: jobDigest(job),
    draw: job.draw,
    model: spec.model,
    device: spec.device,
    claim: canonicalJson(job.claim),
    probeImages: probeImagesOf(images),
    fingerprint: job.draw.numeric === 'same' ? prepared.fingerprint : null,
    imageLimit: images.start + (countOf(images) - 1) * images.step + 1,
  };
}
