import type { Study } from '../../analysis/study/study.js';
import { fileNames, rulesTable, sizesTable, lossTable } from '../../report/tables/study-tables.js';
import { fittingColumns, tableText, type Table } from '../../report/tables/table.js';
import { whole } from '../../shared/written-numbers.js';
import { oneLine } from '../../shared/safe-text.js';

/** Numbers of samples that a terminal is shown, times every power of ten, and the last one. */
const SHOWN = [1, 2.5, 5];
/** Characters of a line of tables and claims. */
const WIDTH = 100;
/** Columns of the tables that a terminal is shown; the files have all. */
const SIZE_COLUMNS = 7;
const RULE_COLUMNS = 7;

/** Returns what a person reads: the most important tables, the claims, and where the rest is. */
export function studyText(study: Study, folder: string, files: readonly string[]): string {
  const names = fileNames(study.drawings);
  const parts = study.drawings.flatMap((drawing, at) => {
    const { name, images, failed, labelled, selection } = drawing;
    const missing = failed > 0 ? `, ${whole(failed)} more failed` : '';
    const labels = labelled ? '' : ', without labels: ACR is the mean radius, accuracy the certified share';
    return [
      `${name}: ${whole(images)} images${missing}, α = ${study.alpha}, ${whole(selection)} samples choose the class${labels}.`,
      shown(fewColumns(fewRows(sizesTable(drawing, names[at]!)), SIZE_COLUMNS)),
      shown(fewColumns(withoutFixed(rulesTable(drawing, names[at]!)), RULE_COLUMNS)),
    ];
  });
  const several = study.drawings.length > 1 ? [shown(fewRows(lossTable(study)))] : [];
  const where = `Tables (CSV), figures (SVG) and study.json, ${files.length} files, are in ${folder}.`;
  return `${[...parts, ...several, claimsText(study), oneLine(where)].map(printable).join('\n')}\n`;
}

/** Folder names may be in it. */
const printable = (text: string): string => text.split('\n').map(oneLine).join('\n');

/** Returns the text of a table that is no wider than `WIDTH`. */
const shown = (table: Table): string => tableText(fittingColumns(table, WIDTH, `${table.name}.csv`));

function claimsText({ checks }: Study): string {
  const lines = checks.flatMap(({ drawing, claim, found, verdict }) => [
    ...wrapped(`${drawing ?? 'all drawings'}: ${verdict}: ${claim}.`, 2),
    ...wrapped(`${found}.`, 6),
  ]);
  return `The paper's claims, and what this model gave\n${lines.join('')}`;
}

/** Returns lines that are no wider than `WIDTH`, broken at spaces; those behind the first one are indented further. */
function wrapped(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = ' '.repeat(indent - 1);
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(`${line}\n`);
      line = ' '.repeat(indent + 1);
    }
    line += ` ${word}`;
  }
  return [...lines, `${line}\n`];
}

/** Keeps the rows of round numbers of samples, and the last one. */
function fewRows(table: Table): Table {
  const isShown = (n: number) => SHOWN.some((round) => Number.isInteger(Math.log10(n / round)));
  const rows = table.rows.filter(([n], at) => at === table.rows.length - 1 || isShown(n as number));
  return { ...table, rows };
}

const fewColumns = (table: Table, count: number): Table => ({
  ...table,
  columns: table.columns.slice(0, count),
  rows: table.rows.map((cells) => cells.slice(0, count)),
});

/** Leaves out `fixed` at sizes that are not round: the table of sizes has them. */
function withoutFixed(table: Table): Table {
  return { ...table, rows: table.rows.filter((cells) => !cells.includes('fixed')) };
}
