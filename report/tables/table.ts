import { oneLine } from '../../shared/safe-text.js';
import { csvText, type Cell } from '../csv.js';

/** A table as data: for people as text, for programs as CSV. */

export interface Column {
  readonly label: string;
  /** Returns a number of the column as people read it. Default: up to six digits. */
  readonly show?: (value: number) => string;
}

export interface Table {
  /** Of its file, without an ending: lower case, digits, points and hyphens. */
  readonly name: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Returns a number with four digits behind the point. */
export const four = (value: number): string => value.toFixed(4);

const DIGITS = 6;
/** Shows a cell that holds nothing. */
const NOTHING = '-';

/** Returns the cells of a table as people read them, the header first. */
export function shownOf({ columns, rows }: Table): string[][] {
  const shown = (cell: Cell, { show }: Column): string => {
    if (cell === null) return NOTHING;
    if (typeof cell === 'string') return cell;
    return show === undefined ? String(Number(cell.toPrecision(DIGITS))) : show(cell);
  };
  return [
    columns.map(({ label }) => label),
    ...rows.map((cells) => cells.map((cell, at) => shown(cell, columns[at]!))),
  ];
}

/** Returns true of a column with a text in it: it stands to the left. */
export const isTextColumn = ({ rows }: Table, at: number): boolean =>
  rows.some((cells) => typeof cells[at] === 'string');

/**
 * Returns the first columns of a table, as many as its text has room for; its title says where the others are.
 *
 * @param width in characters. @param where the file that has all columns
 */
export function fittingColumns(table: Table, width: number, where: string): Table {
  const { title, columns, rows } = table;
  let used = 0;
  const count = widthsOf(shownOf(table)).filter((one) => {
    used += GAP + one;
    return used <= width;
  }).length;
  if (count === columns.length) return table;
  return {
    ...table,
    title: `${title} (further columns are in ${where})`,
    columns: columns.slice(0, count),
    rows: rows.map((cells) => cells.slice(0, count)),
  };
}

/** Spaces before each column of the text. */
const GAP = 2;

const widthsOf = (lines: readonly string[][]): number[] =>
  lines[0]!.map((_, at) => Math.max(...lines.map((cells) => cells[at]!.length)));

/** Returns the table as text: its title, then columns that line up, numbers to the right. Lines end with LF. */
export function tableText(table: Table): string {
  const lines = shownOf(table);
  const widths = widthsOf(lines);
  const isText = table.columns.map((_, at) => isTextColumn(table, at));
  const text = lines.map((cells) =>
    cells
      .map((cell, at) => (isText[at] ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join('  ')
      .trimEnd(),
  );
  return `${table.title}\n${text.map((line) => `  ${line}\n`).join('')}`;
}

/** Returns a cell as Markdown shows it: it neither ends its cell nor begins HTML, an entity, a link or a picture. */
const escapeMarkdown = (cell: string): string =>
  oneLine(cell)
    .replace(/[\\|[\]]/g, '\\$&')
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('://', '&#58;//')
    .replace(/www\./gi, (found) => `${found.slice(0, -1)}&#46;`);

/** Returns the table as Markdown, without its title. */
export function tableMarkdown(table: Table): string {
  const [header, ...lines] = shownOf(table);
  const isText = table.columns.map((_, at) => isTextColumn(table, at));
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |\n`;
  const rule = line(isText.map((text) => (text ? '---' : '--:')));
  return `${line(header!)}${rule}${lines.map(line).join('')}`;
}

/** Returns the table as CSV (RFC 4180, lines end with LF), numbers in full. */
export function tableCsv({ columns, rows }: Table): string {
  return csvText([columns.map(({ label }) => label), ...rows]);
}
