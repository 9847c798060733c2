/** A column of a table that is to fit a terminal. */
export interface Column {
  readonly title: string;
  readonly cells: readonly string[];
  /** 0: it always stays. The columns with the largest number are left out first. */
  readonly spare: number;
  /** True: its cells are names, of which the end may be left out. */
  readonly isName: boolean;
}

/** Characters that a name keeps at least. */
const LEAST_NAME = 10;
/** And those that it keeps while columns can be left out whose number is larger than the other. */
const READABLE_NAME = 20;
const IMPORTANT = 2;
const GAP = '  ';

/**
 * Returns a table in as many columns of a terminal as there are: names become a little shorter, then columns that matter less are left out, then
 * names become short, then the other columns are left out.
 */
export function fittedTable(columns: readonly Column[], width: number): string {
  const filled = columns.filter(({ cells }) => cells.some((cell) => cell !== ''));
  const spares = filled.map(({ spare }) => spare).sort((a, b) => b - a);
  const limits = [Infinity, ...spares.filter((spare) => spare > 0)];
  const readable = limits.filter((limit) => limit > IMPORTANT);
  const tries = [
    ...readable.map((limit) => [limit, READABLE_NAME] as const),
    ...limits.map((limit) => [Math.min(limit, readable.at(-1)!), LEAST_NAME] as const),
  ];
  for (const [limit, least] of tries) {
    const kept = filled.filter(({ spare }) => spare < limit);
    const widths = widthsOf(kept, width, least);
    if (widths !== null) return linesOf(kept, widths);
  }
  const least = filled.filter(({ spare }) => spare === 0);
  return linesOf(least, least.map(naturalWidth));
}

const naturalWidth = ({ title, cells }: Column): number =>
  Math.max(title.length, ...cells.map((cell) => cell.length));

/** Returns how wide each column is, the names as wide as the others let them be; null if that is less than the least of a name. */
function widthsOf(columns: readonly Column[], width: number, leastName: number): number[] | null {
  const widths = columns.map(naturalWidth);
  const names = columns.flatMap(({ isName }, at) => (isName ? [at] : []));
  let excess = widths.reduce((sum, one) => sum + one + GAP.length, -GAP.length) - width;
  while (excess > 0) {
    const widest = names.reduce((best, at) => (widths[at]! > (widths[best] ?? 0) ? at : best), -1);
    if (widest < 0 || widths[widest]! <= leastName) return null;
    widths[widest]! -= 1;
    excess -= 1;
  }
  return widths;
}

function linesOf(columns: readonly Column[], widths: readonly number[]): string {
  const rows = [
    columns.map(({ title }) => title),
    ...columns[0]!.cells.map((_, row) => columns.map(({ cells }) => cells[row]!)),
  ];
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) => fitted(cell, widths[at]!))
          .join(GAP)
          .trimEnd()}\n`,
    )
    .join('');
}

function fitted(cell: string, width: number): string {
  return cell.length <= width ? cell.padEnd(width) : `${cell.slice(0, width - 1)}…`;
}
