import path from 'node:path';
import { imageResultOf } from '../../analysis/results/image-result.js';
import type { ImageResult } from '../../analysis/results/result-set.js';
import type { JobFold } from '../../coordinator/core/job-fold.js';
import { refutationOf } from '../../coordinator/core/refutation.js';
import { resultRowOf } from '../../coordinator/results/result-rows.js';
import type { ImageLabels } from '../../shared/image-labels.js';
import { SmoothcertError } from '../../shared/errors.js';
import { IMAGES_FILE, readImagesFile, type KnownImages } from '../certify/images-file.js';
import { readNotedJob, type NotedJob } from '../certify/job-file.js';
import { readFold } from '../results/read-fold.js';
import { isPlainFile, readResultFile } from './result-file.js';

/** The job of a folder with its results, as a report needs them. */
export interface FolderResults extends NotedJob {
  readonly folder: string;
  readonly results: readonly ImageResult[];
  /** Samples drawn, work ahead of decisions included; null: not known. */
  readonly drawn: number | null;
  /** File names of the images by their index; null: they have none. */
  readonly files: readonly (string | null)[] | null;
  /** True if the results were made from the votes of the ledger; false if the folder has none, as one that was downloaded. */
  readonly fromVotes: boolean;
}

/**
 * Reads the results of a folder: those that follow from the votes of its ledger by now. Only where there is no ledger, those of results.jsonl: their
 * counts are then taken as they are. The folder is only read, also while another process draws in it.
 *
 * @throws FOLDER_UNUSABLE if it holds neither; JOB_FILE_DAMAGED, LABELS_MISMATCH, LEDGER_DAMAGED; MODEL_NOT_DETERMINISTIC of a job that is refuted
 */
export async function readFolder(folder: string): Promise<FolderResults> {
  const noted = await readNotedJob(folder);
  if (noted === null) throw folderHoldsNo(folder, 'job');
  const { job } = noted;
  const known = await knownImages(folder, noted);
  const about = { ...noted, folder, files: known?.files ?? null };
  if (!(await isPlainFile(path.join(folder, 'ledger')))) {
    const written = await readResultFile(folder, job);
    if (written === null) throw folderHoldsNo(folder, 'results');
    return { ...about, results: written, drawn: null, fromVotes: false };
  }
  const fold = await readFold(folder, job);
  const refutation = refutationOf(fold);
  if (refutation !== null) throw refutation;
  const results = resultsOfFold(fold, known?.labels ?? null);
  const labelled = known === null ? await labelledAs(folder, noted, results) : results;
  return { ...about, results: labelled, drawn: fold.tally.samples, fromVotes: true };
}

async function knownImages(folder: string, { job }: NotedJob): Promise<KnownImages | null> {
  return (await isPlainFile(path.join(folder, IMAGES_FILE)))
    ? readImagesFile(folder, job.claim.images)
    : null;
}

/** Returns results with the labels of results.jsonl, which alone has them in a folder of an earlier version; without any where it lacks an image. */
async function labelledAs(
  folder: string,
  { job }: NotedJob,
  results: readonly ImageResult[],
): Promise<readonly ImageResult[]> {
  const written = await readResultFile(folder, job);
  const labels = new Map(written?.map(({ image, label }) => [image, label]));
  if (!results.every(({ image }) => labels.has(image))) return results;
  return results.map((one) => withLabel(one, labels.get(one.image)!));
}

/** Returns a result with another label. */
export const withLabel = (result: ImageResult, label: number | null): ImageResult => ({
  ...result,
  label,
  correct: label === null || result.class === null ? null : result.class === label,
});

const resultsOfFold = (fold: JobFold, labels: ImageLabels | null): ImageResult[] =>
  [...fold.images.keys()].flatMap((image) => {
    const row = resultRowOf(fold, image, labels?.[image] ?? null);
    return row === null ? [] : (imageResultOf({ ...row }) ?? []);
  });

/** Returns the error of a folder that lacks what is wanted of it. */
export const folderHoldsNo = (folder: string, what: string) =>
  new SmoothcertError(
    'FOLDER_UNUSABLE',
    `${folder} holds no ${what}.`,
    'Name the folder that certify wrote to (--out).',
  );
