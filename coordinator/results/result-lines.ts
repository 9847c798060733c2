import { certificateOf, type Certificate } from './certificates.js';
import type { ImageState } from '../core/image-state.js';
import type { JobFold } from '../core/job-fold.js';
import { tsvHeader, tsvLine } from './tsv-lines.js';

/** The label of an image by its index in the data set; null if it has none. */
export type LabelOf = (image: number) => number | null;

/** Certificates of the images that are decided, in image order, with the states that they come from. */
export function* certificatesOf(
  fold: JobFold,
  labelOf: LabelOf,
): Generator<{ certificate: Certificate; state: ImageState }> {
  for (const [image, state] of fold.images) {
    const certificate = certificateOf(fold, image, labelOf(image));
    if (certificate) yield { certificate, state };
  }
}

/** The lines of results.jsonl, each with its end: one function for all who write it, so that equal jobs are equal bytes. */
export function* jsonLines(fold: JobFold, labelOf: LabelOf): Generator<string> {
  for (const { certificate } of certificatesOf(fold, labelOf)) yield `${JSON.stringify(certificate)}\n`;
}

/** The lines of results.tsv, the header first, each with its end. */
export function* tsvLines(fold: JobFold, labelOf: LabelOf): Generator<string> {
  yield `${tsvHeader(fold.job.claim.bound)}\n`;
  for (const { certificate, state } of certificatesOf(fold, labelOf))
    yield `${tsvLine(certificate, state.micros)}\n`;
}
