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
}

/**
 * Reads what a folder knows of its images beside their votes: from images.jsonl or, where a version before it wrote the folder, the labels
 * from results.jsonl. @throws LABELS_MISMATCH
 */
export async function knownImagesOf(
  folder: string,
  fold: JobFold,
  { classes }: Pick<AboutJob, 'classes'>,
): Promise<LabelsAndNames> {
  const known = await readImagesFile(folder, fold.job.claim.images);
  if (known !== null) return { labels: known.labels, names: { files: known.files, classes } };
  const labels = await readLabels(path.join(folder, 'results.jsonl'), fold);
  return { labels, names: { files: null, classes } };
}
