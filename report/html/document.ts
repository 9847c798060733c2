import { createHash } from 'node:crypto';
import { escapeHtml } from './escape-html.js';
import { STYLE } from './style.js';

/** A part of a report below a heading of its own. */
export interface Section {
  /** Lower case and hyphens: the end of its address. */
  readonly id: string;
  readonly title: string;
  /** HTML. */
  readonly content: string;
}

export interface HtmlDocument {
  readonly title: string;
  /** HTML below the title. */
  readonly opening: string;
  readonly sections: readonly Section[];
  readonly footer: string;
  /** Text of the only script that runs. */
  readonly script: string;
}

/**
 * Returns a document that needs nothing else: the browser is told to fetch nothing, and to run no script but the one that is named, by its digest. What
 * the content holds as `<script type="application/json">` and `text/plain` is data.
 */
export function htmlDocument({ title, opening, sections, footer, script }: HtmlDocument): string {
  const digest = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
  const links = sections.map(({ id, title: named }) => `<li><a href="#${id}">${escapeHtml(named)}</a></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
${opening}
<nav aria-label="Sections"><ul>${links.join('')}</ul></nav>
</header>
<main>
${sections.map(sectionHtml).join('\n')}
</main>
<footer>${footer}</footer>
<script>${script}</script>
</body>
</html>
`;
}

const sectionHtml = ({ id, title, content }: Section): string =>
  `<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${escapeHtml(title)}</h2>
${content}
</section>`;
