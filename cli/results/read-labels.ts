import { existsSync } from 'node:fs';
import type { JobFold } from '../../coordinator/core/job-fold.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { ImageLabels } from '../../shared/image-labels.js';
import { linesOfFile } from '../../shared/text-lines.js';
import { readImageLine } from '../certify/images-file.js';

/** Characters of a row: more than one takes with the counts of a million classes. */
const LONGEST_ROW = 2 ** 24;

/**
 * Returns the labels by image, from the results.jsonl that `certify` wrote: the ledger has none. Null if the data had none, or
 * if the file is not there. @throws LABELS_MISMATCH if it lacks an image that is decided, or the label of some: they would be lost
 */
export async function readLabels(file: string, fold: JobFold): Promise<ImageLabels | null> {
  if (!existsSync(file)) return null;
  const found = new Map<number, number | null>();
  for await (const line of linesOfFile(file, LONGEST_ROW, (cause) => unknown(file, 'is damaged', cause))) {
    const row = readImageLine(line);
    if (row === null) throw unknown(file, 'is damaged');
    found.set(row.image, row.label);
  }
  const labels: Record<number, number> = {};
  let [labelled, unlabelled] = [0, 0];
  for (const [image, { ending }] of fold.images) {
    const label = found.get(image);
    if (label === undefined && ending !== null) throw unknown(file, `lacks image ${image}`);
    if (label === null) unlabelled += 1;
    if (label === undefined || label === null) continue;
    labels[image] = label;
    labelled += 1;
  }
  if (labelled > 0 && unlabelled > 0) throw unknown(file, 'has no label for some of its images');
  return labelled > 0 ? labels : null;
}

function unknown(file: string, why: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError(
    'LABELS_MISMATCH',
    `${file} ${why}, so that labels are unknown that the ledger does not hold.`,
    'Run the certify command of this folder again: it writes the file anew.',
    { cause },
  );
}
