import { stat } from 'node:fs/promises';
import { importDataSet } from '../../input/convert.js';
import type { Job } from '../../shared/job.js';
import { oneLine } from '../../shared/safe-text.js';
import { knownError } from '../command/known-error.js';
import type { InputNotes } from '../certify/job-notes.js';

/** The canonical data set of a job, or why there is none. */
export type FoundData = { readonly file: string; readonly bgr: boolean } | { readonly missing: string };

/** Files that are named instead of those that job.json names. */
export interface NamedData {
  readonly data: string | null;
  readonly labels: string | null;
}

const REMEDY = 'smoothcert report with --data, and --labels if certify had them, shows pictures.';

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
  if (data === null)
    return { missing: `There are no pictures: job.json does not say where the data are. ${REMEDY}` };
  // A file of labels goes with the data that it was given with.
  const labels = named.labels ?? (named.data === null ? (input?.labels ?? null) : null);
  const { features = false, clip = false, bgr = false } = input ?? {};
  try {
    if (!(await isPlain(data)) || (labels !== null && !(await isPlain(labels))))
      return {
        missing: `There are no pictures: ${oneLine(labels === null ? data : `${data} or ${labels}`)} cannot be read. ${REMEDY}`,
      };
    const { digest } = await importDataSet({
      data,
      into,
      range: job.claim.images,
      lattice: { features, noiseScale: job.draw.noise.scale },
      reading: { clip, bgr },
      ...(labels === null ? {} : { labels }),
    });
    if (digest === job.draw.dataDigest) return { file: into, bgr };
    return {
      missing: `There are no pictures: the images or labels of ${oneLine(data)} are not those of the job. ${REMEDY}`,
    };
  } catch (error) {
    const { message } = knownError(error);
    return { missing: `There are no pictures: ${oneLine(message)} ${REMEDY}` };
  }
}

/** A job.json may come from anybody, and name a device or a pipe that never ends. */
const isPlain = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile() || found.isDirectory(),
    () => false,
  );
