import type { ImageState } from '../core/image-state.js';
import type { JobFold } from '../core/job-fold.js';
import { resultRowOf, type ResultRow } from './result-rows.js';
import { tsvHeader, tsvLine } from './tsv-lines.js';

/** Returns the label of an image by its index in the data set; null if it has none. */
export type LabelOf = (image: number) => number | null;

/** Yields the rows of the images that are decided, in image order, with the states that they come from. */
function* rowsOf(fold: JobFold, labelOf: LabelOf): Generator<{ row: ResultRow; state: ImageState }> {
  for (const [image, state] of fold.images) {
    const row = resultRowOf(fold, image, labelOf(image));
    if (row) yield { row, state };
  }
}

/** Yields the lines of results.jsonl, each with its end. All that write this file call it, so that equal jobs give equal bytes. */
export function* jsonLines(fold: JobFold, labelOf: LabelOf): Generator<string> {
  for (const { row } of rowsOf(fold, labelOf)) yield `${JSON.stringify(row)}\n`;
}

/** Yields the lines of results.tsv, the header first, each with its end. */
export function* tsvLines(fold: JobFold, labelOf: LabelOf): Generator<string> {
  yield `${tsvHeader(fold.job.claim)}\n`;
  for (const { row, state } of rowsOf(fold, labelOf)) yield `${tsvLine(row, state.micros)}\n`;
}
