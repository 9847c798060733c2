import type { SizeRow } from './size-rows.js';

export type Verdict = 'holds' | 'does not hold' | 'cannot be told' | 'cannot be tested';

/** One of the paper's claims, what a drawing gave, and whether the claim holds there: the verdict follows from what was found. */
export interface Check {
  /** A short name that stays. */
  readonly id: CheckId;
  readonly claim: string;
  /** The name of the drawing; null for a claim about several. */
  readonly drawing: string | null;
  readonly found: string;
  readonly verdict: Verdict;
}

export type CheckId =
  'theorem-4.3' | 'theorem-4.5' | 'theorem-4.6' | 'hundredfold' | 'clt' | 'any-sigma' | 'prediction';

/** The finding about a claim: words, and true if the claim holds; null if chance alone may have made what was found. */
export interface Finding {
  readonly found: string;
  readonly holds: boolean | null;
}

/** Returns the check of a claim. @param finding null where the drawing has not what the claim is about; then `lacks` says what */
export function checkOf(
  named: Pick<Check, 'id' | 'claim' | 'drawing'>,
  finding: Finding | null,
  lacks: string,
): Check {
  if (finding === null) return { ...named, found: lacks, verdict: 'cannot be tested' };
  const { found, holds } = finding;
  if (holds === null) return { ...named, found, verdict: 'cannot be told' };
  return { ...named, found, verdict: holds ? 'holds' : 'does not hold' };
}

/** A closed form, or a prediction, that is off by more than this share at some size does not hold there. */
export const LARGEST_ERROR = 0.02;
/** Sizes from which closed forms are asked: not even the paper uses them below. */
export const LEAST_SIZE = 100;

/** Returns the rows of the sizes from which on closed forms are asked, where some radius is expected. */
export const askedOf = (rows: readonly SizeRow[]): SizeRow[] =>
  rows.filter(({ n, predicted }) => n >= LEAST_SIZE && predicted.meanRadius > 0);

/** A row, and what was asked of it. */
interface Asked<Row> {
  readonly row: Row;
  readonly value: number;
}

/** Returns the row whose value is farthest from 0, and the value; null of no rows. */
export const farthest = <Row>(rows: readonly Row[], value: (row: Row) => number): Asked<Row> | null =>
  mostOf(rows, value, Math.abs);

/** Returns the row with the largest value, and the value; null of no rows. */
export const largest = <Row>(rows: readonly Row[], value: (row: Row) => number): Asked<Row> | null =>
  mostOf(rows, value, (found) => found);

function mostOf<Row>(
  rows: readonly Row[],
  value: (row: Row) => number,
  weight: (value: number) => number,
): Asked<Row> | null {
  const [first, ...others] = rows.map((row) => ({ row, value: value(row) }));
  if (first === undefined) return null;
  return others.reduce((most, one) => (weight(one.value) > weight(most.value) ? one : most), first);
}

/** Returns from which size on all rows fulfil a condition, as the end of a sentence. Sizes ascend. */
export function fromWords<Row extends { readonly n: number }>(
  rows: readonly Row[],
  fulfils: (row: Row) => boolean,
): string {
  const first = rows.find((_, at) => rows.slice(at).every(fulfils));
  return first === undefined ? 'at no size here' : `from n = ${first.n} on`;
}
