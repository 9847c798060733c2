import type { ImageNames } from '../../shared/job-names.js';
import type { ResultRow } from './result-row.js';

/** The names that rows have for files and classes, by index; null where there are none. */
export interface RowNames {
  readonly files: readonly (string | null)[] | null;
  readonly classes: ImageNames['classes'];
}

export const NO_ROW_NAMES: RowNames = { files: null, classes: null };

/** Returns the label of an image by its index in the data set; null if it has none. */
export type LabelOf = (image: number) => number | null;

/** The labels and names of the images of a job, which go into their rows beside their votes. */
export interface ImageFacts {
  readonly labelOf: LabelOf;
  readonly names: RowNames;
}

/** Returns the class that a row names: certified, predicted or approximate; null without one. */
export function classOf(row: ResultRow): number | null {
  return row.class ?? ('radius' in row ? (row.approximate_class ?? null) : null);
}

/** Returns a row with the names that are known, each behind what it names: the keys stay in one order, so that equal rows are equal bytes. */
export function withNames(row: ResultRow, { files, classes }: RowNames): ResultRow {
  if (files === null && classes === null) return row;
  const file = files?.[row.image];
  const named = (index: number | null) => (index === null ? undefined : classes?.[index]);
  const [labelName, className] = [named(row.label), named(classOf(row))];
  const { image, label, outcome, class: classIndex, ...rest } = row;
  return {
    image,
    ...(file ? { file } : {}),
    label,
    ...(labelName === undefined ? {} : { label_name: labelName }),
    outcome,
    class: classIndex,
    ...(className === undefined ? {} : { class_name: className }),
    ...rest,
  } as ResultRow;
}
