import { createReadStream, existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fieldsOfLine } from '../../analysis/populations/row-counts.js';
import { imageResultOf } from '../../analysis/results/image-result.js';
import type { ImageResult } from '../../analysis/results/result-set.js';
import type { JobFold } from '../../coordinator/core/job-fold.js';
import { refutationOf } from '../../coordinator/core/refutation.js';
import { resultRowOf } from '../../coordinator/results/result-rows.js';
import type { ImageLabels } from '../../shared/image-labels.js';
import { SmoothcertError } from '../../shared/errors.js';
import { imageCount } from '../../shared/job-spec.js';
import type { Job } from '../../shared/job.js';
import { readImagesFile } from '../certify/images-file.js';
import { readNotedJob, type NotedJob } from '../certify/job-file.js';
import { imagesOfDrawn, readFold } from '../results/read-fold.js';

/** The job of a folder with its results, as a report needs them. */
export interface FolderResults extends NotedJob {
  readonly folder: string;
  readonly results: readonly ImageResult[];
  /** Samples drawn, work ahead of decisions included; null: not known. */
  readonly drawn: number | null;
  /** File names of the images by their index; null: they have none. */
  readonly files: readonly (string | null)[] | null;
}

/**
 * Reads the results of a folder: those of results.jsonl, or, where it lacks images or is not there, those that follow from the votes of the ledger by
 * now. The folder is only read, also while another process draws in it.
 *
 * @throws FOLDER_UNUSABLE if it holds neither; JOB_FILE_DAMAGED, LABELS_MISMATCH, LEDGER_DAMAGED; MODEL_NOT_DETERMINISTIC of a job that is refuted
 */
export async function readFolder(folder: string): Promise<FolderResults> {
  const noted = await readNotedJob(folder);
  if (noted === null) throw unusable(folder, 'no job');
  const { job, about } = noted;
  const known = await readImagesFile(folder, job.claim.images);
  const files = known?.files ?? null;
  const [file, ledger] = [path.join(folder, 'results.jsonl'), path.join(folder, 'ledger')];
  const written = existsSync(file) ? await resultsOfFile(file, job) : null;
  if (written?.length === imageCount(job.claim.images) || (written !== null && !existsSync(ledger)))
    return { ...noted, results: written, drawn: null, folder, files };
  if (!existsSync(ledger)) throw unusable(folder, 'no results');
  const fold = await readFold(folder, job);
  const refutation = refutationOf(fold);
  if (refutation !== null) throw refutation;
  const { labels } = await imagesOfDrawn(folder, fold, about);
  return { ...noted, results: resultsOfFold(fold, labels), drawn: fold.tally.samples, folder, files };
}

async function resultsOfFile(file: string, { claim }: Job): Promise<ImageResult[]> {
  const { start, stop, step } = claim.images;
  const results: ImageResult[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const fields = fieldsOfLine(line);
    const result = fields === null ? null : imageResultOf(fields);
    const last = results.at(-1)?.image ?? -1;
    const fits = result !== null && result.image > last && result.image >= start && result.image < stop;
    if (!fits || (result.image - start) % step !== 0) throw damaged(file, results.length + 1);
    results.push(result);
  }
  return results;
}

const resultsOfFold = (fold: JobFold, labels: ImageLabels | null): ImageResult[] =>
  [...fold.images.keys()].flatMap((image) => {
    const row = resultRowOf(fold, image, labels?.[image] ?? null);
    return row === null ? [] : (imageResultOf({ ...row }) ?? []);
  });

const unusable = (folder: string, holds: string) =>
  new SmoothcertError(
    'FOLDER_UNUSABLE',
    `${folder} holds ${holds}.`,
    'Name the folder that certify wrote to (--out).',
  );

const damaged = (file: string, line: number) =>
  new SmoothcertError(
    'JOB_FILE_DAMAGED',
    `${file} is not what smoothcert wrote: line ${line} is no result of its job.`,
    `Run smoothcert results ${path.dirname(file)}, which writes it again from the votes.`,
  );
