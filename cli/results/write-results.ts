import { rm } from 'node:fs/promises';
import path from 'node:path';
import { storageError, writeAtomically } from '../../shared/files.js';
import { refutationOf } from '../../coordinator/core/refutation.js';
import type { JobFold } from '../../coordinator/core/job-fold.js';
import { jsonLines, tsvLines } from '../../coordinator/results/result-lines.js';
import { topkRows } from '../../coordinator/results/topk-counts.js';
import { TOPK_FILE } from './topk-file.js';

/**
 * Writes results.jsonl and results.tsv: the images that are decided, in image order, each file whole or not at
 * all. @throws SmoothcertError DISK_FULL or FOLDER_UNUSABLE
 */
export async function writeResults(folder: string, fold: JobFold, labels: Int32Array | null): Promise<void> {
  const labelOf = (image: number) => labels?.[image] ?? null;
  await writeAtomically(path.join(folder, 'results.jsonl'), jsonLines(fold, labelOf));
  await writeAtomically(path.join(folder, 'results.tsv'), tsvLines(fold, labelOf));
}

/**
 * Refuses to give results of a job that an audit has refuted; those that were written before are removed.
 * @throws MODEL_NOT_DETERMINISTIC, FOLDER_UNUSABLE
 */
export async function refuseRefuted(folder: string, fold: JobFold): Promise<void> {
  const refutation = refutationOf(fold);
  if (refutation === null) return;
  for (const name of ['results.jsonl', 'results.tsv', TOPK_FILE]) {
    const file = path.join(folder, name);
    await rm(file, { force: true }).catch((error: unknown) => {
      throw storageError(error, file);
    });
  }
  throw refutation;
}

/** Writes topk.txt, whole or not at all, of a finished job. @throws SmoothcertError DISK_FULL or FOLDER_UNUSABLE */
export async function writeTopkRows(folder: string, fold: JobFold, labels: Int32Array): Promise<void> {
  await writeAtomically(path.join(folder, TOPK_FILE), endLines(topkRows(fold, labels)));
}

function* endLines(lines: Iterable<string>) {
  for (const line of lines) yield `${line}\n`;
}
