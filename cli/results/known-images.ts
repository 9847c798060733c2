import { existsSync } from 'node:fs';
import path from 'node:path';
import type { JobFold } from '../../coordinator/core/job-fold.js';
import type { RowNames } from '../../coordinator/results/row-names.js';
import type { ImageLabels } from '../../shared/image-labels.js';
import { readImagesFile } from '../certify/images-file.js';
import type { AboutJob } from '../certify/job-notes.js';
import { readLabels } from './read-labels.js';

/** The labels of images, and the names for their rows. */
export interface LabelsAndNames {
  readonly labels: ImageLabels | null;
  readonly names: RowNames;
  /** A sentence on labels and file names that are lost; null if none are, as far as the folder tells. */
  readonly lost: string | null;
}

const LOST =
  'images.jsonl is not there, so that labels and file names are not known, if the data have any; the certify or predict command of this folder, run again, writes it and results.* anew. Nothing is drawn again.';

/**
 * Reads what a folder knows of its images beside their votes: from images.jsonl or, where a version before it wrote the folder, the labels
 * from results.jsonl. @throws LABELS_MISMATCH
 */
export async function knownImagesOf(
  folder: string,
  fold: JobFold,
  { classes, input }: Pick<AboutJob, 'classes' | 'input'>,
): Promise<LabelsAndNames> {
  const known = await readImagesFile(folder, fold.job.claim.images);
  if (known !== null) return { labels: known.labels, names: { files: known.files, classes }, lost: null };
  const results = path.join(folder, 'results.jsonl');
  // A version that says in job.json how the data were read has written images.jsonl, too.
  const wereKnown = input !== null || !existsSync(results);
  const labels = await readLabels(results, fold);
  return { labels, names: { files: null, classes }, lost: labels === null && wereKnown ? LOST : null };
}
