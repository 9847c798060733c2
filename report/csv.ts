/** A cell of a table: text, a number, or nothing. */
export type Cell = string | number | null;

/** Returns lines of cells as CSV (RFC 4180, lines end with LF): numbers in full, and nothing for nothing. */
export const csvText = (lines: readonly (readonly Cell[])[]): string =>
  lines.map((cells) => `${cells.map(quoted).join(',')}\n`).join('');

function quoted(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
