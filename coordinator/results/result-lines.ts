import { certificateOf, type Certificate } from './certificates.js';
import type { ImageState } from '../core/image-state.js';
import type { JobFold } from '../core/job-fold.js';
import { tsvHeader, tsvLine } from './tsv-lines.js';

/** Returns the label of an image by its index in the data set; null if it has none. */
export type LabelOf = (image: number) => number | null;

/** Yields the certificates of the images that are decided, in image order, with the states that they come from. */
function* certificatesOf(
  fold: JobFold,
  labelOf: LabelOf,
): Generator<{ certificate: Certificate; state: ImageState }> {
  for (const [image, state] of fold.images) {
    const certificate = certificateOf(fold, image, labelOf(image));
    if (certificate) yield { certificate, state };
  }
}

/** Yields the lines of results.jsonl, each with its end. All that write this file call it, so that equal jobs give equal bytes. */
export function* jsonLines(fold: JobFold, labelOf: LabelOf): Generator<string> {
  for (const { certificate } of certificatesOf(fold, labelOf)) yield `${JSON.stringify(certificate)}\n`;
}

/** Yields the lines of results.tsv, the header first, each with its end. */
export function* tsvLines(fold: JobFold, labelOf: LabelOf): Generator<string> {
  yield `${tsvHeader(fold.job.claim.bound)}\n`;
  for (const { certificate, state } of certificatesOf(fold, labelOf))
    yield `${tsvLine(certificate, state.micros)}\n`;
}
