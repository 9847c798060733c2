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
const GAP = '  ';

/** Returns a table in as many columns of a terminal as there are: first names become shorter, then whole columns are left out. */
export function fittedTable(columns: readonly Column[], width: number): string {
  const filled = columns.filter(({ cells }) => cells.some((cell) => cell !== ''));
  const spares = filled.map(({ spare }) => spare).sort((a, b) => b - a);
  for (const limit of [Infinity, ...spares.filter((spare) => spare > 0)]) {
    const kept = filled.filter(({ spare }) => spare < limit);
    const widths = widthsOf(kept, width);
    if (widths !== null) return linesOf(kept, widths);
  }
  const least = filled.filter(({ spare }) => spare === 0);
  return linesOf(least, least.map(naturalWidth));
}

const naturalWidth = ({ title, cells }: Column): number =>
  Math.max(title.length, ...cells.map((cell) => cell.length));

/** Returns how wide each column is, the names as wide as the others let them be; null if that is too narrow for a name. */
function widthsOf(columns: readonly Column[], width: number): number[] | null {
  const widths = columns.map(naturalWidth);
  const names = columns.flatMap(({ isName }, at) => (isName ? [at] : []));
  let excess = widths.reduce((sum, one) => sum + one + GAP.length, -GAP.length) - width;
  while (excess > 0) {
    const widest = names.reduce((best, at) => (widths[at]! > (widths[best] ?? 0) ? at : best), -1);
    if (widest < 0 || widths[widest]! <= LEAST_NAME) return null;
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
