import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { Marked } from 'marked';
import { readMarkdown, renderMarkdown } from './markdown.mjs';

/** The document with the order of the pages: links in lists below headings. */
const INDEX = 'docs/index.md';
/** Headings of the index: pages below them, and in no list, are looked up. The search lists them, and the index, behind those that
 * are read. */
const REFERENCE = ['Look it up', 'The project'];

/**
 * Reads the documents of a clone: docs/*.md, README.md, and what they link to, from document to document. Returns the pages in the order of docs/index.md,
 * with all that the layout shows, and the other files that links and images lead to.
 */
export function readSite(root) {
  const sources = documentsOf(root);
  const texts = new Map(sources.map((source) => [source, readFileSync(path.join(root, source), 'utf8')]));
  const groups = groupsOf(texts.get(INDEX), sources);
  const order = [...new Set([INDEX, ...groups.flatMap(({ sources: some }) => some)])];
  const isReference = (source) =>
    !groups.some(({ title, sources: some }) => !REFERENCE.includes(title) && some.includes(source));
  const files = new Set();
  const read = new Map([...texts].map(([source, text]) => [source, readMarkdown(text)]));
  // The heading of the README is the name of the project, as that of the first page is.
  const titleOf = (source) => (source === 'README.md' ? 'README' : read.get(source).title);
  const menu = (from) =>
    groups.map(({ title, sources: some, titles }) => ({
      title,
      pages: some.map((source, at) => ({
        title: titles[at],
        address: relative(from, outputOf(source)),
        current: outputOf(source) === from,
      })),
    }));
  const pages = sources.map((source) => {
    const output = outputOf(source);
    const at = order.indexOf(source);
    const neighbour = (step) => {
      const other = at < 0 ? undefined : order[at + step];
      return other === undefined
        ? null
        : { title: titleOf(other), address: relative(output, outputOf(other)) };
    };
    return {
      ...read.get(source),
      title: titleOf(source),
      source,
      output,
      top: '../'.repeat(output.split('/').length - 1),
      menu: menu(output),
      isReference: isReference(source),
      contents: contentsOf(read.get(source).headings),
      previous: neighbour(-1),
      next: neighbour(1),
      html: renderMarkdown(
        texts.get(source),
        (href) => addressOf(root, source, href, files),
        isReference(source),
      ),
    };
  });
  return { pages, files: [...files].sort(), menu };
}

/** Returns the path in the site: docs/a.md is a.html; what lies elsewhere keeps its folder, or stands in project/. */
export function outputOf(source) {
  const page = source.replace(/\.md$/, '.html');
  if (page.startsWith('docs/')) return page.slice('docs/'.length);
  return page.includes('/') ? page : `project/${page}`;
}

const relative = (from, to) => path.posix.relative(path.posix.dirname(from), to);
const isOutside = (href) => /^[a-z][a-z+.-]*:/i.test(href);

/** Returns the path in the clone that a link of a document leads to, and its anchor with `#`. */
function targetOf(source, href) {
  const [to, anchor = ''] = href.split(/(?=#)/);
  return { file: path.posix.join(path.posix.dirname(source), decodeURIComponent(to)), anchor };
}

/** Returns all documents of the site, by their paths in the clone. */
function documentsOf(root) {
  const inDocs = readdirSync(path.join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const found = new Set(['README.md', ...inDocs.sort().map((name) => `docs/${name}`)]);
  // A set is walked in the order of insertion, those included that are added meanwhile.
  for (const source of found) {
    for (const href of linksOf(readFileSync(path.join(root, source), 'utf8'))) {
      if (isOutside(href) || href.startsWith('#')) continue;
      const { file } = targetOf(source, href);
      if (file.endsWith('.md') && existsSync(path.join(root, file))) found.add(file);
    }
  }
  return [...found];
}

/** Returns the addresses of all links and images of a document. */
export function linksOf(markdown) {
  const links = [];
  const marked = new Marked();
  marked.walkTokens(marked.lexer(markdown), (token) => {
    if (token.type === 'link' || token.type === 'image') links.push(token.href);
  });
  return links;
}

/** Returns the groups of the menu: of each heading of the index its links to documents of the site. */
function groupsOf(index, documents) {
  const groups = [];
  const marked = new Marked();
  for (const token of marked.lexer(index)) {
    if (token.type === 'heading' && token.depth > 1)
      groups.push({ title: token.text, sources: [], titles: [] });
    if (token.type !== 'list') continue;
    marked.walkTokens([token], ({ type, href, text }) => {
      if (type !== 'link' || isOutside(href)) return;
      const { file } = targetOf(INDEX, href);
      if (file.endsWith('.md') && !documents.includes(file))
        throw new Error(`${INDEX} lists ${href}, and there is no such document.`);
      if (!documents.includes(file) || groups.at(-1)?.sources.includes(file)) return;
      groups.at(-1)?.sources.push(file);
      groups.at(-1)?.titles.push(text.replaceAll('`', ''));
    });
  }
  return groups.filter(({ sources }) => sources.length > 0);
}

/** Returns the address, in the site, of what a link of a document leads to, and adds files that are no pages to `files`. */
function addressOf(root, source, href, files) {
  if (isOutside(href) || href.startsWith('#')) return href;
  const { file, anchor } = targetOf(source, href);
  const from = outputOf(source);
  if (file.endsWith('.md')) return `${relative(from, outputOf(file))}${anchor}`;
  const inClone = path.join(root, file);
  // A folder is something to look at in a clone; the site has none.
  if (!existsSync(inClone) || statSync(inClone).isDirectory()) return null;
  files.add(file);
  return `${relative(from, fileOutputOf(file))}${anchor}`;
}

/** Returns the path in the site of a file that is no page. */
export const fileOutputOf = (file) =>
  file.startsWith('docs/') ? file.slice('docs/'.length) : `files/${file}`;

/** Pages with at least so many sections have a table of contents; sub-sections are in it up to so many entries. */
const LEAST_CONTENTS = 3;
const MOST_CONTENTS = 40;

function contentsOf(headings) {
  const sections = headings.filter(({ level }) => level === 2);
  const all = headings.filter(({ level }) => level === 2 || level === 3);
  if (sections.length < LEAST_CONTENTS) return [];
  return all.length <= MOST_CONTENTS ? all : sections;
}
