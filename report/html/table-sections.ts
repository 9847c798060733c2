import { tableHtml } from '../tables/table-html.js';
import { tableLatex } from '../tables/table-latex.js';
import { tableMarkdown, type Table } from '../tables/table.js';
import { escapeHtml, escapeLines } from './escape-html.js';

/** Returns a table as HTML, and as Markdown and LaTeX to copy. */
export function tableSection(table: Table): string {
  return `<div class="scroll" tabindex="0" role="group" aria-label="${escapeHtml(table.title)}">${tableHtml(table)}</div>
<details class="copy"><summary>Copy as Markdown or LaTeX</summary>
${copied(`${table.name}-markdown`, 'Markdown', tableMarkdown(table))}
${copied(`${table.name}-latex`, 'LaTeX', tableLatex(table))}
</details>`;
}

const copied = (id: string, name: string, text: string): string =>
  `<pre id="${id}" tabindex="0">${escapeLines(text)}</pre>
<button type="button" data-copies="${id}" hidden>Copy ${name}</button>`;
