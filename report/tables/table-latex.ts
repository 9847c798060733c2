import { oneLine } from '../../shared/safe-text.js';
import { isTextColumn, shownOf, type Table } from './table.js';

/** Characters that LaTeX gives a meaning, or does not know by themselves with usual fonts. */
const WRITTEN: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '%': '\\%',
  _: '\\_',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': "''",
  α: '$\\alpha$',
  λ: '$\\lambda$',
  ρ: '$\\rho$',
  σ: '$\\sigma$',
  '≤': '$\\le$',
  '≥': '$\\ge$',
  '×': '$\\times$',
  '−': '$-$',
  '–': '--',
  '…': '\\dots{}',
};

const MEANT = new RegExp(
  `[${Object.keys(WRITTEN)
    .join('')
    .replace(/[\\\]^-]/g, '\\$&')}]`,
  'gu',
);

/** Returns a text as LaTeX shows it. */
export const escapeLatex = (text: string): string => oneLine(text).replace(MEANT, (one) => WRITTEN[one]!);

/** Returns a row so that the end of the row before does not take its beginning for its own option: `[` for a length, `*` for a page break. */
const behindRow = (row: string): string => (/^\s*[[*]/.test(row) ? `{}${row}` : row);

/** Returns a table as LaTeX, for the package booktabs: an environment `table` with a caption, numbers to the right. Lines end with LF. */
export function tableLatex(table: Table): string {
  const [header, ...lines] = shownOf(table);
  const columns = table.columns.map((_, at) => (isTextColumn(table, at) ? 'l' : 'r')).join('');
  const line = (cells: readonly string[]) => `${behindRow(cells.map(escapeLatex).join(' & '))} \\\\\n`;
  return `% Needs \\usepackage{booktabs}.
\\begin{table}
\\centering
\\caption{${escapeLatex(table.title)}}
\\begin{tabular}{${columns}}
\\toprule
${line(header!)}\\midrule
${lines.map(line).join('')}\\bottomrule
\\end{tabular}
\\end{table}
`;
}
