import { escapeHtml } from '../html/escape-html.js';
import { isTextColumn, shownOf, type Table } from './table.js';

/**
 * Returns a table as HTML: its title as caption, a header that names each column, and the first cell of each row as the name of the row. All texts are
 * escaped. Cells of numbers have the class `number`.
 */
export function tableHtml(table: Table): string {
  const [header, ...lines] = shownOf(table);
  const isNumber = table.columns.map((_, at) => !isTextColumn(table, at));
  const look = (at: number) => (isNumber[at] ? ' class="number"' : '');
  const head = header!.map((text, at) => `<th scope="col"${look(at)}>${escapeHtml(text)}</th>`).join('');
  const rows = lines.map((cells) => {
    const written = cells.map((text, at) =>
      at === 0
        ? `<th scope="row"${look(at)}>${escapeHtml(text)}</th>`
        : `<td${look(at)}>${escapeHtml(text)}</td>`,
    );
    return `<tr>${written.join('')}</tr>\n`;
  });
  return `<table>
<caption>${escapeHtml(table.title)}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${rows.join('')}</tbody>
</table>
`;
}
