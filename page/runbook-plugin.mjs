import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Marked } from 'marked';
import { anchorOf } from '../scripts/heading-anchors.mjs';

const SOURCE = fileURLToPath(new URL('../docs/runbook.md', import.meta.url));
const NAME = 'virtual:runbook';

/** Links within the runbook lead to its sections on the page; other documents are not on the page, so their names stay as text. */
const links = {
  link({ href, tokens }) {
    const text = this.parser.parseInline(tokens);
    if (href.startsWith('#')) return `<a href="#/runbook/${href.slice(1)}">${text}</a>`;
    if (href.startsWith('runbook.md#'))
      return `<a href="#/runbook/${href.slice('runbook.md#'.length)}">${text}</a>`;
    return text;
  },
  table({ header, rows }) {
    const row = (cells, begin, end) =>
      `<tr>${cells.map(({ tokens }) => `<${begin}>${this.parser.parseInline(tokens)}</${end}>`).join('')}</tr>`;
    const head = row(header, 'th scope="col"', 'th');
    const body = rows.map((cells) => row(cells, 'td', 'td')).join('');
    return `<div class="scroller" tabindex="0" role="region" aria-label="Table"><table><thead>${head}</thead><tbody>${body}</tbody></table></div>`;
  },
};

/** Returns the sentence in bold with which a section begins, which says what has happened; empty without one. */
const summaryOf = (tokens) =>
  tokens.flatMap((token) => token.tokens ?? []).find(({ type }) => type === 'strong')?.text ?? '';

/** Returns the sections of the runbook: anchor, title, level, a sentence that sums it up, and the HTML of what is below each heading; empty where other headings follow at once. */
export function runbookSections(markdown = readFileSync(SOURCE, 'utf8')) {
  const marked = new Marked({ renderer: links });
  const sections = [];
  for (const token of marked.lexer(markdown)) {
    if (token.type === 'heading' && token.depth > 1)
      sections.push({ anchor: anchorOf(token.text), title: token.text, level: token.depth, tokens: [] });
    else sections.at(-1)?.tokens.push(token);
  }
  return sections.map(({ anchor, title, level, tokens }) => {
    const summary = title.startsWith('Smoothcert') ? summaryOf(tokens) : '';
    return { anchor, title, level, summary, html: marked.parser(tokens) };
  });
}

/** Lets the page import the sections of the runbook, as a file of their own. */
export function runbook() {
  return {
    name: 'runbook',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load: (id) =>
      id === `\0${NAME}` ? `export const sections = ${JSON.stringify(runbookSections())};` : null,
  };
}
