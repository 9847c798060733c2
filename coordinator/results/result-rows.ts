import type { JobFold } from '../core/job-fold.js';
import { certificateOf } from './certificates.js';
import { predictionOf } from './predictions.js';
import type { ResultRow } from './result-row.js';
import { NO_ROW_NAMES, withNames, type RowNames } from './row-names.js';

export type { ResultRow };

/** Returns the row of an image; null for one that is not decided, and for all of a job that an audit has refuted. */
export function resultRowOf(
  fold: JobFold,
  image: number,
  label: number | null,
  names: RowNames = NO_ROW_NAMES,
): ResultRow | null {
  const { kind } = fold.job.claim.stop;
  const row = kind === 'predict' ? predictionOf(fold, image, label) : certificateOf(fold, image, label);
  return row === null ? null : withNames(row, names);
}

/** Returns the radius of a row; 0 where there is none. */
export const radiusOf = (row: ResultRow): number => ('radius' in row ? row.radius : 0);
