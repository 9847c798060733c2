/**
 * Files in the form of the script certify.py of Cohen, Rosenfeld and Kolter (ICML 2019), as the field publishes them; results.tsv of a job is
 * one, too. One row an image, six cells between tabs.
 */

export const COHEN_COLUMNS = ['idx', 'label', 'predict', 'radius', 'correct', 'time'] as const;

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
  readonly correct: boolean;
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
  if (lines[0]!.trim() !== COHEN_COLUMNS.join('\t')) return null;
  const rows: CohenRow[] = [];
  const faults: CohenFault[] = [];
  lines.forEach((content, at) => {
    if (at === 0 || content.trim() === '') return;
    const read = rowOf(content.trim().split('\t'), at + 1);
    if (typeof read === 'string') faults.push({ line: at + 1, reason: read });
    else rows.push(read);
  });
  return { rows, faults };
}

/** Returns a row, or why the cells are none. */
function rowOf(cells: readonly string[], line: number): CohenRow | string {
  if (cells.length !== COHEN_COLUMNS.length)
    return `it has ${cells.length} cells and not ${COHEN_COLUMNS.length}`;
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
  if (!/^(0|1|True|False)$/.test(correct)) return 'its correct is neither 0 nor 1';
  return {
    line,
    index: Number(idx),
    label: Number(label),
    predict: Number(predict),
    radius,
    correct: correct === '1' || correct === 'True',
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
