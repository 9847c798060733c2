import type { ImageState } from '../core/image-state.js';
import type { JobFold } from '../core/job-fold.js';
import { resultRowOf, type ResultRow } from './result-rows.js';
import { NO_ROW_NAMES, type LabelOf, type RowNames } from './row-names.js';
import { areNamed, tsvHeader, tsvLine } from './tsv-lines.js';

/** Yields the rows of the images that are decided, in image order, with the states that they come from. */
export function* rowsOf(
  fold: JobFold,
  labelOf: LabelOf,
  names: RowNames = NO_ROW_NAMES,
): Generator<{ row: ResultRow; state: ImageState }> {
  for (const [image, state] of fold.images) {
    const row = resultRowOf(fold, image, labelOf(image), names);
    if (row) yield { row, state };
  }
}

/** Yields the lines of results.jsonl, each with its end. All that write this file call it, so that equal jobs give equal bytes. */
export function* jsonLines(fold: JobFold, labelOf: LabelOf, names = NO_ROW_NAMES): Generator<string> {
  for (const { row } of rowsOf(fold, labelOf, names)) yield `${JSON.stringify(row)}\n`;
}

/** Yields the lines of results.tsv, the header first, each with its end. */
export function* tsvLines(fold: JobFold, labelOf: LabelOf, names = NO_ROW_NAMES): Generator<string> {
  const named = areNamed(names);
  yield `${tsvHeader(fold.job.claim, named)}\n`;
  for (const { row, state } of rowsOf(fold, labelOf, names)) yield `${tsvLine(row, state.micros, named)}\n`;
}
