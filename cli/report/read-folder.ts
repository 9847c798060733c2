import { createReadStream, existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { FileLedger } from '../../adapters/local/file-ledger.js';
import { FolderLock } from '../../adapters/local/folder-lock.js';
import { fieldsOfLine } from '../../analysis/populations/row-counts.js';
import { imageResultOf } from '../../analysis/results/image-result.js';
import type { ImageResult } from '../../analysis/results/result-set.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { refutationOf } from '../../coordinator/core/refutation.js';
import { resultRowOf } from '../../coordinator/results/result-rows.js';
import { replay } from '../../coordinator/run/replay.js';
import { SmoothcertError } from '../../shared/errors.js';
import { jobDigest, type Job } from '../../shared/job.js';
import { readImagesFile, type KnownImages } from '../certify/images-file.js';
import { readNotedJob, type NotedJob } from '../certify/job-file.js';

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
 * Reads the results of a folder: those of results.jsonl, or, where there is none, those that follow from the votes of its ledger.
 *
 * @throws FOLDER_UNUSABLE if it holds neither; JOB_FILE_DAMAGED, LABELS_MISMATCH, LEDGER_DAMAGED; MODEL_NOT_DETERMINISTIC of a job that is refuted
 */
export async function readFolder(folder: string): Promise<FolderResults> {
  const noted = await readNotedJob(folder);
  if (noted === null) throw unusable(folder, 'no job');
  const known = await readImagesFile(folder, noted.job.claim.images);
  const read = existsSync(path.join(folder, 'results.jsonl'))
    ? { results: await resultsOfFile(path.join(folder, 'results.jsonl'), noted.job), drawn: null }
    : await resultsOfLedger(folder, noted.job, known);
  return { ...noted, ...read, folder, files: known?.files ?? null };
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

async function resultsOfLedger(
  folder: string,
  job: Job,
  known: KnownImages | null,
): Promise<Pick<FolderResults, 'results' | 'drawn'>> {
  const file = path.join(folder, 'ledger');
  if (!existsSync(file)) throw unusable(folder, 'no results');
  const fold = await foldOf(folder, file, job);
  const refutation = refutationOf(fold);
  if (refutation !== null) throw refutation;
  const results = [...fold.images.keys()].flatMap((image) => {
    const row = resultRowOf(fold, image, known?.labels?.[image] ?? null);
    return row === null ? [] : (imageResultOf({ ...row }) ?? []);
  });
  return { results, drawn: fold.tally.samples };
}

async function foldOf(folder: string, file: string, job: Job): Promise<JobFold> {
  const lock = await FolderLock.acquire(folder);
  try {
    const ledger = await FileLedger.open(file, jobDigest(job));
    try {
      const fold = new JobFold(job);
      await replay(fold, ledger);
      return fold;
    } finally {
      await ledger.close();
    }
  } finally {
    lock.release();
  }
}

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
