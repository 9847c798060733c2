import { Marked } from 'marked';
import { anchorsOfHeadings } from '../scripts/heading-anchors.mjs';

/** A description is cut behind the last sentence that ends within so many characters. */
const DESCRIPTION = 200;
/** Cells with more characters than this get a width that can be read, and the table scrolls. */
const LONG_CELL = 50;
/** Words of code with at most so many characters stay on one line: `--quiet` is not broken at its hyphens. */
const LONG_WORD = 26;
/** Elements that stay, without attributes, in raw HTML, as GitHub leaves them. Everything else is shown as text. */
const ELEMENTS = /^<\/?(br|kbd|sub|sup|details|summary)\s*\/?>$/;

const escaped = (text) =>
  text.replace(
    /[&<>"']/g,
    (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[one],
  );

/** Returns a document's title (of its first heading), description (of its first paragraph) and headings with their anchors. */
export function readMarkdown(markdown) {
  const marked = new Marked();
  const tokens = marked.lexer(markdown);
  const headings = headingsOf(tokens);
  const paragraph = tokens.find(({ type }) => type === 'paragraph');
  return {
    title: headings[0]?.text ?? '',
    description: paragraph === undefined ? '' : firstSentences(plainText(paragraph.tokens)),
    headings,
  };
}

/**
 * How much a word counts in the search, by where it stands, from 0 to 10: on a page to read, and on one to look things up. Elsewhere it counts 1 and 0.3
 * (page.njk).
 */
const WEIGHTS = { title: [10, 4], heading: [8, 2], lead: [3, 0.6] };
const weight = (place, isReference) => ` data-pagefind-weight="${WEIGHTS[place][isReference ? 1 : 0]}"`;

/** Returns the headings in the order in which they come: level, text without marks, and anchor. */
function headingsOf(tokens) {
  const found = tokens.filter(({ type }) => type === 'heading');
  const texts = found.map((heading) => plainText(heading.tokens));
  const anchors = anchorsOfHeadings(texts);
  return found.map(({ depth }, at) => ({ level: depth, text: texts[at], anchor: anchors[at] }));
}

/** Returns the text that a reader sees of inline tokens. */
function plainText(tokens) {
  const text = tokens.map((token) => (token.tokens ? plainText(token.tokens) : visibleText(token))).join('');
  return text.replaceAll(/\s+/g, ' ');
}
const visibleText = ({ type, text }) => (type === 'html' ? '' : type === 'br' ? ' ' : (text ?? ''));

/** Returns the whole sentences at the beginning, or the whole words if the first sentence is too long. */
function firstSentences(text) {
  if (text.length <= DESCRIPTION) return text;
  const cut = text.slice(0, DESCRIPTION);
  const end = cut.search(/[.:](?= [^.:]*$)/);
  return end > 40 ? cut.slice(0, end + 1) : `${cut.replace(/\s\S*$/, '')} …`;
}

/**
 * Returns the HTML of a document. `addressOf(href)` gives the address of what a link or an image leads to; null where the site does not have it:
 * the text then stands without a link. `isReference`: a page to look things up, whose words count less in the search.
 */
export function renderMarkdown(markdown, addressOf, isReference) {
  const marked = new Marked();
  const tokens = marked.lexer(markdown);
  const headings = headingsOf(tokens);
  let tables = 0;
  let paragraphs = 0;
  marked.use({
    renderer: {
      heading({ depth, tokens: inline }) {
        const { anchor } = headings.shift() ?? { anchor: '' };
        const text = this.parser.parseInline(inline);
        const link =
          depth === 1
            ? ''
            : ` <a class="anchor" href="#${anchor}" aria-label="Link to here" data-pagefind-ignore>#</a>`;
        const weighs = weight(depth === 1 ? 'title' : 'heading', isReference);
        return `<h${depth} id="${anchor}"${weighs}>${text}${link}</h${depth}>\n`;
      },
      link({ href, tokens: inline }) {
        const text = this.parser.parseInline(inline);
        const address = addressOf(href);
        return address === null ? text : `<a href="${escaped(address)}">${text}</a>`;
      },
      paragraph({ tokens: inline }) {
        paragraphs += 1;
        const text = this.parser.parseInline(inline);
        return `<p${paragraphs === 1 ? weight('lead', isReference) : ''}>${text}</p>\n`;
      },
      codespan({ text }) {
        return `<code>${text.split(' ').map(codeWord).join(' ')}</code>`;
      },
      image({ href, text }) {
        return `<img src="${escaped(addressOf(href) ?? '')}" alt="${escaped(text)}" loading="lazy">`;
      },
      code({ text, lang }) {
        const name = lang ? ` class="language-${escaped(lang)}"` : '';
        return `<pre tabindex="0"><code${name}>${escaped(text)}\n</code></pre>\n`;
      },
      html({ text }) {
        return text
          .replaceAll(/<!--[\s\S]*?-->/g, '')
          .split(/(<[^>]*>)/)
          .map((part) => (ELEMENTS.test(part) ? part : escaped(part)))
          .join('');
      },
      table(table) {
        tables += 1;
        return tableHtml(table, tables, (inline) => this.parser.parseInline(inline));
      },
    },
  });
  return marked.parser(tokens);
}

const codeWord = (word) =>
  word.includes('-') && word.length <= LONG_WORD
    ? `<span class="word">${escaped(word)}</span>`
    : escaped(word);

/** Returns a table in a part that scrolls sideways, also by keyboard. */
function tableHtml({ header, rows, align }, number, inline) {
  const cell = (name, { tokens, text }, at) => {
    const side = align[at] === null ? '' : ` class="${align[at]}"`;
    const attribute = name === 'td' && text.length > LONG_CELL ? ' class="long"' : side;
    return `<${name}${attribute}>${inline(tokens)}</${name.split(' ')[0]}>`;
  };
  // A column without a name has no header.
  const head = header.map((one, at) => cell(one.text === '' ? 'td' : 'th scope="col"', one, at)).join('');
  const body = rows.map((row) => `<tr>${row.map((one, at) => cell('td', one, at)).join('')}</tr>`).join('\n');
  return `<div class="scroller" tabindex="0" role="region" aria-label="Table ${number}">
<table><thead><tr>${head}</tr></thead><tbody>
${body}
</tbody></table></div>\n`;
}
