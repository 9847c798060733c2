import path from 'node:path';
import { writeAtomically } from '../shared/adapters/local/files.js';
import { certificateOf } from '../coordinator/certificates.js';
import type { JobFold } from '../coordinator/job-fold.js';
import { tsvHeader, tsvLine } from '../coordinator/results-table.js';

/**
 * Writes results.jsonl and results.tsv: the images that are decided, in image order, each file whole or not at
 * all. @throws SmoothcertError DISK_FULL or FOLDER_UNUSABLE
 */
export async function writeResults(folder: string, fold: JobFold, labels: Int32Array | null): Promise<void> {
  await writeAtomically(path.join(folder, 'results.jsonl'), jsonLines(fold, labels));
  await writeAtomically(path.join(folder, 'results.tsv'), tsvLines(fold, labels));
}

function* certificates(fold: JobFold, labels: Int32Array | null) {
  for (const [image, state] of fold.images) {
    const certificate = certificateOf(fold, image, labels?.[image] ?? null);
    if (certificate) yield { certificate, state };
  }
}

function* jsonLines(fold: JobFold, labels: Int32Array | null) {
  for (const { certificate } of certificates(fold, labels)) yield `${JSON.stringify(certificate)}\n`;
}

function* tsvLines(fold: JobFold, labels: Int32Array | null) {
  yield `${tsvHeader(fold.job.claim.bound)}\n`;
  for (const { certificate, state } of certificates(fold, labels))
    yield `${tsvLine(certificate, state.micros)}\n`;
}
