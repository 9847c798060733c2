import type { Claim } from '../../shared/job.js';
import { noFormula } from '../../shared/safe-text.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';
import { printDown } from '../../statistics/radius.js';
import type { Certificate } from './certificates.js';
import type { ResultRow } from './result-rows.js';
import { classOf, type RowNames } from './row-names.js';

/** The columns of Cohen et al.'s script certify.py. */
export const TSV_HEADER = 'idx\tlabel\tpredict\tradius\tcorrect\ttime';
/** Has no column `radius`, so that no script takes an approximation for a certificate. */
const APPROXIMATE_HEADER = 'idx\tlabel\tpredict\tapproximate_radius\tcorrect\ttime\tnote';
/** The columns of their script predict.py. */
const PREDICT_HEADER = 'idx\tlabel\tpredict\tcorrect\ttime';
/** Behind all others, where there are names: scripts that know columns by place find theirs. */
const NAMES_HEADER = '\tfile\tclass_name';
const RADIUS_DIGITS = 6;
/** `correct` of an image without a label: a word, because pandas takes nan for false in `correct & (radius >= r)`, and then gives an accuracy of 0. */
const NOT_KNOWN = 'unknown';

/** Returns true if rows have the columns of names. */
export const areNamed = ({ files, classes }: RowNames): boolean => files !== null || classes !== null;

/** Returns the header of results.tsv. @param named true: with the columns of names */
export function tsvHeader({ bound, stop }: Pick<Claim, 'bound' | 'stop'>, named = false): string {
  const header =
    stop.kind === 'predict' ? PREDICT_HEADER : BOUNDS[bound].proves ? TSV_HEADER : APPROXIMATE_HEADER;
  return named ? header + NAMES_HEADER : header;
}

/**
 * Returns one line of results.tsv: abstain is predict −1 and radius 0; without labels, label −1 and correct unknown; the radius is
 * rounded down, or as `target` has it; `time` is the recorded seconds of noise and inference.
 */
export function tsvLine(row: ResultRow, micros: number, named = false): string {
  const { image, label } = row;
  return [
    image,
    label ?? -1,
    classOf(row) ?? -1,
    ...('radius' in row ? [radiusText(row)] : []),
    correctOf(row) ?? NOT_KNOWN,
    secondsText(micros),
    ...(BOUNDS[row.bound].proves ? [] : ['approximate']),
    ...(named ? [cell(row.file), cell(row.class_name)] : []),
  ].join('\t');
}

/** Returns 1 if a row names its label, else 0: an abstention is not right. Null without a label, of which nobody can tell. */
export function correctOf(row: ResultRow): 0 | 1 | null {
  if (row.label === null) return null;
  return classOf(row) === row.label ? 1 : 0;
}

/** Returns recorded time as it is written. */
export const secondsText = (micros: number): string => (micros / 1e6).toFixed(6);

/** Returns the radius of a row as tables have it: 6 decimals, rounded down; of `target` as it was asked for; "nan" where there is none. */
export function radiusText(certificate: Certificate): string {
  const { target, radius, approximate_radius: approximate = radius } = certificate;
  if (target !== undefined) return target;
  return approximate === null ? 'nan' : printDown(approximate, RADIUS_DIGITS);
}

/** Returns a name as readers of tables take it: it has no tab and no line end, no spreadsheet takes it for a formula, and what has a quote is quoted. */
function cell(name = ''): string {
  const text = noFormula(name);
  return text.includes('"') ? `"${text.replaceAll('"', '""')}"` : text;
}
