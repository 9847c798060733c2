import { rm } from 'node:fs/promises';
import path from 'node:path';
import { storageError, writeAtomically } from '../../shared/files.js';
import { refutationOf } from '../../coordinator/core/refutation.js';
import { replay } from '../../coordinator/run/replay.js';
import type { VoteLedger } from '../../shared/ports/vote-ledger.js';
import type { JobFold } from '../../coordinator/core/job-fold.js';
import { jsonLines, tsvLines } from '../../coordinator/results/result-lines.js';
import { NO_ROW_NAMES, type RowNames } from '../../coordinator/results/row-names.js';
import { topkRows } from '../../coordinator/results/topk-counts.js';
import type { ImageLabels } from '../../shared/image-labels.js';
import { CSV_FILE, csvLines } from './csv-lines.js';
import { REPORT_FILE } from '../report/report-file.js';
import { TOPK_FILE } from './topk-file.js';

/**
 * Writes results.jsonl, results.tsv and results.csv: the images that are decided, in image order, each file whole or not at
 * all. @throws SmoothcertError DISK_FULL or FOLDER_UNUSABLE
 */
export async function writeResults(
  folder: string,
  fold: JobFold,
  labels: ImageLabels | null,
  names: RowNames = NO_ROW_NAMES,
): Promise<void> {
  const labelOf = (image: number) => labels?.[image] ?? null;
  await writeAtomically(path.join(folder, 'results.jsonl'), jsonLines(fold, labelOf, names));
  await writeAtomically(path.join(folder, 'results.tsv'), tsvLines(fold, labelOf, names));
  await writeAtomically(path.join(folder, CSV_FILE), csvLines(fold, labelOf, names));
}

/**
 * Refuses to give results of a job that an audit has refuted; those that were written before are removed.
 * @throws MODEL_NOT_DETERMINISTIC, FOLDER_UNUSABLE
 */
export async function refuseRefuted(folder: string, fold: JobFold): Promise<void> {
  const refutation = refutationOf(fold);
  if (refutation === null) return;
  await removeResults(folder);
  throw refutation;
}

/**
 * Draws, and refuses the job if what was recorded refutes it, also where drawing ends with an error: that a certificate does not hold
 * matters more. Resolves with what `draw` resolves with. @throws what `draw` throws; as `refuseRefuted`
 */
export async function refusingRefuted<T>(
  folder: string,
  fold: JobFold,
  ledger: VoteLedger,
  draw: () => Promise<T>,
): Promise<T> {
  try {
    return await draw();
  } catch (error) {
    // The ledger may be what has failed: its first error is told.
    await replay(fold, ledger).catch(() => undefined);
    await refuseRefuted(folder, fold);
    throw error;
  }
}

/** Removes the results that a folder holds; its job and its votes stay. @throws FOLDER_UNUSABLE */
export async function removeResults(folder: string): Promise<void> {
  for (const name of ['results.jsonl', 'results.tsv', CSV_FILE, TOPK_FILE, REPORT_FILE]) {
    const file = path.join(folder, name);
    await rm(file, { force: true }).catch((error: unknown) => {
      throw storageError(error, file);
    });
  }
}

/** Writes topk.txt, whole or not at all, of a finished job. @throws SmoothcertError DISK_FULL or FOLDER_UNUSABLE */
export async function writeTopkRows(folder: string, fold: JobFold, labels: ImageLabels): Promise<void> {
  await writeAtomically(path.join(folder, TOPK_FILE), endLines(topkRows(fold, labels)));
}

function* endLines(lines: Iterable<string>) {
  for (const line of lines) yield `${line}\n`;
}
