import type { Claim } from '../../shared/job.js';
import type { JobFold } from '../../coordinator/core/job-fold.js';
import { rowsOf } from '../../coordinator/results/result-lines.js';
import type { ResultRow } from '../../coordinator/results/result-rows.js';
import { NO_ROW_NAMES, classOf, type LabelOf } from '../../coordinator/results/row-names.js';
import { correctOf, radiusText, secondsText } from '../../coordinator/results/tsv-lines.js';
import { csvText, type Cell } from '../../report/csv.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';

/** The file of the same rows for spreadsheets and data frames. */
export const CSV_FILE = 'results.csv';

/** Returns the header of results.csv, with its end. What is not certified has other columns than what is, and a prediction has no radius. */
export function csvHeader({ bound, stop }: Pick<Claim, 'bound' | 'stop'>): string {
  const [classColumn, ...proof] =
    stop.kind === 'predict'
      ? ['class', 'p_value']
      : BOUNDS[bound].proves
        ? ['class', 'radius', 'p_lower']
        : ['approximate_class', 'approximate_radius'];
  const first = ['image', 'file', 'label', 'label_name', 'outcome', classColumn, 'class_name', 'correct'];
  return csvText([[...first, ...proof, 'samples', 'stop', 'seconds']]);
}

/**
 * Returns one line of results.csv, with its end: radii as results.tsv has them, `correct` 1, 0 or, without a label, empty; empty, too, what
 * is not known or does not exist. @param seconds as results.tsv has them
 */
export function csvLine(row: ResultRow, seconds: string): string {
  const { image, file, label, label_name, outcome, class_name, samples, stop } = row;
  const start: Cell[] = [image, named(file), label, named(label_name), outcome, classOf(row)];
  return csvText([[...start, named(class_name), correctOf(row), ...proofOf(row), samples, stop, seconds]]);
}

function proofOf(row: ResultRow): Cell[] {
  if (!('radius' in row)) return [row.p_value];
  return BOUNDS[row.bound].proves ? [radiusText(row), row.p_lower] : [radiusText(row)];
}

const named = (name: string | undefined): Cell => name ?? null;

/** Yields the lines of results.csv, the header first, each with its end. */
export function* csvLines(fold: JobFold, labelOf: LabelOf, names = NO_ROW_NAMES): Generator<string> {
  yield csvHeader(fold.job.claim);
  for (const { row, state } of rowsOf(fold, labelOf, names)) yield csvLine(row, secondsText(state.micros));
}
