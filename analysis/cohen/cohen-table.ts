/**
 * Files in the form of the script certify.py of Cohen, Rosenfeld and Kolter (ICML 2019), as the field publishes them; results.tsv of a job is
 * one, too. One row an image, six cells between tabs; those of a job may have two more, for names.
 */

export const COHEN_COLUMNS = ['idx', 'label', 'predict', 'radius', 'correct', 'time'] as const;
/** Columns that stand behind the others where files and classes have names. */
const OF_NAMES = ['file', 'class_name'];

export interface CohenRow {
  /** Of the file, from 1; the header is line 1. */
  readonly line: number;
  readonly index: number;
  /** −1: the data have no labels. */
  readonly label: number;
  /** −1: abstained. */
  readonly predict: number;
  /** As it is written, for example "0.953": how it was rounded matters. */
  readonly radius: string;
  /** Null: there is no label to compare with. */
  readonly correct: boolean | null;
  /** Null where it is no time. */
  readonly seconds: number | null;
}

/** A line that is no row, and why, as the end of a sentence. */
export interface CohenFault {
  readonly line: number;
  readonly reason: string;
}

export interface CohenTable {
  readonly rows: readonly CohenRow[];
  readonly faults: readonly CohenFault[];
}

/** Returns the rows of a file, and the lines that are none. Empty lines are passed over. Null if the header is another one. */
export function parseCohenTable(text: string): CohenTable | null {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const columns = lines[0]!.trim().split('\t');
  const headers = [COHEN_COLUMNS, [...COHEN_COLUMNS, ...OF_NAMES]].map((header) => header.join());
  if (!headers.includes(columns.join())) return null;
  const rows: CohenRow[] = [];
  const faults: CohenFault[] = [];
  lines.forEach((content, at) => {
    if (at === 0 || content.trim() === '') return;
    // The names at the end may be empty.
    const cells = columns.length > COHEN_COLUMNS.length ? content.split('\t') : content.trim().split('\t');
    const read = cells.length === columns.length ? rowOf(cells, at + 1) : countFault(cells, columns);
    if (typeof read === 'string') faults.push({ line: at + 1, reason: read });
    else rows.push(read);
  });
  return { rows, faults };
}

const countFault = (cells: readonly string[], columns: readonly string[]): string =>
  `it has ${cells.length} cells and not ${columns.length}`;

/** Returns a row, or why the cells are none. */
function rowOf(cells: readonly string[], line: number): CohenRow | string {
  const [idx, label, predict, radius, correct, time] = cells as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if (!/^\d{1,10}$/.test(idx)) return 'its idx is no whole number';
  if (!/^(-1|\d{1,10})$/.test(label)) return 'its label is no class';
  if (!/^(-1|\d{1,10})$/.test(predict)) return 'its predict is no class, nor −1';
  if (!/^\d+(\.\d*)?(e[+-]?\d{1,3})?$/i.test(radius)) return 'its radius is no number of at least 0';
  if (!/^(0|1|True|False|unknown)$/.test(correct)) return 'its correct is neither 0 nor 1';
  if (correct === 'unknown' && label !== '-1') return 'its correct is unknown, and it has a label';
  return {
    line,
    index: Number(idx),
    label: Number(label),
    predict: Number(predict),
    radius,
    correct: correct === 'unknown' ? null : correct === '1' || correct === 'True',
    seconds: secondsOf(time),
  };
}

/** Returns the seconds of "0:00:14.285714", "1 day, 0:00:01" or "14.28"; null of anything else. */
function secondsOf(time: string): number | null {
  if (/^\d+(\.\d*)?(e[+-]?\d+)?$/i.test(time)) return Number(time);
  const clock = /^(?:(\d+) days?, )?(\d+):(\d{2}):(\d{2}(?:\.\d+)?)$/.exec(time);
  if (!clock) return null;
  const [, days = '0', hours, minutes, seconds] = clock;
  return 86_400 * Number(days) + 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds);
}
