import { stat } from 'node:fs/promises';
import { importDataSet } from '../../input/convert.js';
import type { Job } from '../../shared/job.js';
import { oneLine } from '../../shared/safe-text.js';
import { knownError } from '../command/known-error.js';
import type { InputNotes } from '../certify/job-notes.js';

/** The canonical data set of a job. */
interface JobData {
  readonly file: string;
  readonly bgr: boolean;
  /** Labels by index, as the digest of the job has them, null: the data have none; not there if only the file was named. */
  readonly labels?: Int32Array | null;
}

/** The canonical data set of a job, or a sentence that says why there is none. */
export type FoundData = JobData | { readonly missing: string };

/** Files that are named instead of those that job.json names. */
export interface NamedData {
  readonly data: string | null;
  readonly labels: string | null;
}

/**
 * Converts the data of a job again, as job.json says that they were read, into the file `into`. Data that are not there, or not those of the job, are no
 * error: the sentence that is returned says so.
 */
export async function dataOfJob(
  job: Job,
  input: InputNotes | null,
  named: NamedData,
  into: string,
): Promise<FoundData> {
  const data = named.data ?? input?.data ?? null;
  if (data === null) return { missing: 'job.json does not say where the images are.' };
  // A file of labels goes with the data that it was given with.
  const labels = named.labels ?? (named.data === null ? (input?.labels ?? null) : null);
  for (const file of labels === null ? [data] : [data, labels])
    if (!(await isPlain(file))) return { missing: `${oneLine(file)} cannot be read.` };
  const { features = false, clip = false, bgr = false } = input ?? {};
  try {
    const { digest, labels: found } = await importDataSet({
      data,
      into,
      range: job.claim.images,
      lattice: { features, noiseScale: job.draw.noise.scale },
      reading: { clip, bgr },
      ...(labels === null ? {} : { labels }),
    });
    if (digest === job.draw.dataDigest) return { file: into, bgr, labels: found };
    return { missing: `Images or labels of ${oneLine(data)} are not those of the job.` };
  } catch (error) {
    return { missing: oneLine(knownError(error).message) };
  }
}

/** A job.json may come from anybody, and name a device or a pipe that never ends. */
const isPlain = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile() || found.isDirectory(),
    () => false,
  );
