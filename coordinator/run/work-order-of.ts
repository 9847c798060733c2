import { SmoothcertError } from '../../shared/errors.js';
import { canonicalJson, jobDigest, type Job } from '../../shared/job.js';
import { imageCount, type JobImages } from '../../shared/job-spec.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import { probeImagesOf, type Prepared } from '../../shared/preparation.js';
import type { WorkOrder } from '../../shared/work-order.js';

/** The entry of a job that was prepared: it holds what a worker found, and the job that was made of it. */
export interface PreparedEntry extends JobEntry {
  readonly job: Job;
  readonly prepared: Prepared;
}

/** Returns the entry if the job was prepared; null before. */
export const preparedEntry = (entry: JobEntry): PreparedEntry | null =>
  entry.job && entry.prepared ? { ...entry, job: entry.job, prepared: entry.prepared } : null;

/** Returns the images of a job, which its entry names from its creation on. @throws SmoothcertError INTERNAL if it does not */
export function imagesOf({ spec, id }: JobEntry): JobImages {
  if (spec.images) return spec.images;
  throw new SmoothcertError('INTERNAL', `The job ${id} names no images.`, 'Report this as a bug.');
}

/** Returns what workers are told of a job. */
export function workOrderOf({ id, spec, job, prepared }: PreparedEntry): WorkOrder {
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
    imageLimit: images.start + (imageCount(images) - 1) * images.step + 1,
  };
}
