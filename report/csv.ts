import { noFormula } from '../shared/safe-text.js';

/** A cell of a table: text, a number, or nothing. */
export type Cell = string | number | null;

/**
 * Returns lines of cells as CSV (RFC 4180, lines end with LF): numbers in full, and nothing for nothing. A text that a spreadsheet would take for a
 * formula begins with an apostrophe.
 */
export const csvText = (lines: readonly (readonly Cell[])[]): string =>
  lines.map((cells) => `${cells.map(quoted).join(',')}\n`).join('');

function quoted(cell: Cell): string {
  const text = typeof cell === 'string' ? noFormula(cell) : String(cell ?? '');
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
