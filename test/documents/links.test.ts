import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOfHeadings } from '../../scripts/heading-anchors.mjs';
import { renderMarkdown } from '../../site/markdown.mjs';
import { readSite } from '../../site/pages.mjs';
import { ROOT } from '../harness/command.js';
import { deadLinks, filesWith, linksOfDocuments, linksOfPages } from '../support/dead-links.js';
import { openHtml } from '../support/html-document.js';
import { folderOfAllTests, folderOfEachTest } from '../support/temporary-folder.js';

/** Every link and every anchor of the documents leads somewhere, in the clone and on the site that is made of them. */

/** The documents of the clone that git knows; new ones that it does not ignore included. */
const documents = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(path.join(ROOT, file)));

describe('links of the documents', () => {
  const links = linksOfDocuments(ROOT, documents);

  it('lead somewhere', () => {
    expect(deadLinks(ROOT, links)).toEqual([]);
    expect(links.length).toBeGreaterThan(150);
    expect(links.filter(({ href }) => href.includes('#')).length).toBeGreaterThan(30);
  });
});

describe('the site', () => {
  const site = folderOfAllTests();
  const built = once(() => {
    execFileSync(process.execPath, ['site/build.mjs', site.path], { cwd: ROOT });
    return filesWith(site.path, '.html');
  });

  it('has a page for each document of docs/, and lists each in the menu', () => {
    const pages = built();
    const wanted = filesWith(path.join(ROOT, 'docs'), '.md').map((file) => file.replace(/\.md$/, '.html'));
    expect(wanted.filter((page) => !pages.includes(page))).toEqual([]);
    const { document } = openHtml(readFileSync(site.file('index.html'), 'utf8'));
    const menu = [...document.querySelectorAll('.menu .wide a')].map((link) => link.getAttribute('href'));
    expect(wanted.filter((page) => page !== 'index.html' && !menu.includes(page))).toEqual([]);
  });

  it('has no link that leads nowhere', () => {
    const links = linksOfPages(site.path, built());
    expect(deadLinks(site.path, links)).toEqual([]);
    expect(links.length).toBeGreaterThan(1_000);
  });

  it('gives each page a title of its own, a description, and one heading of the first level', () => {
    const pages = built().map((file) => openHtml(readFileSync(site.file(file), 'utf8')).document);
    const titles = pages.map((document) => document.querySelector('title')!.textContent);
    expect(titles).toEqual([...new Set(titles)]);
    for (const document of pages) {
      const description = document.querySelector('meta[name=description]')!.getAttribute('content')!;
      expect(description.length).toBeGreaterThan(20);
      expect([...document.querySelectorAll('h1')]).toHaveLength(1);
    }
  });

  it('leads from page to page, through every page of the menu and back', () => {
    built();
    const seen: string[] = [];
    for (let page: string | null = 'index.html'; page !== null;) {
      expect(seen).not.toContain(page);
      const { document } = openHtml(readFileSync(site.file(page), 'utf8'));
      const step = (rel: string) => document.querySelector(`a[rel=${rel}]`)?.getAttribute('href') ?? null;
      const from: string = path.dirname(page);
      const before = step('prev');
      expect(before === null ? undefined : path.join(from, before)).toBe(seen.at(-1));
      seen.push(page);
      const next: string | null = step('next');
      page = next === null ? null : path.join(from, next);
    }
    expect(seen.length).toBeGreaterThan(20);
  });
});

describe('the order of the site', () => {
  const folder = folderOfEachTest();

  it('has the README behind the start page', () => {
    const { pages } = readSite(ROOT);
    const start = pages.find(({ output }) => output === 'index.html');
    expect(start?.next).toEqual({ title: 'README', address: 'project/README.html' });
  });

  it('is not made where the index lists a page that is not there: the error names it', () => {
    mkdirSync(folder.file('docs'));
    writeFileSync(folder.file('README.md'), '# A\n');
    writeFileSync(folder.file('docs/index.md'), '# A\n\n## B\n\n- [C](gone.md#there)\n');
    expect(() => readSite(folder.path)).toThrow('docs/index.md lists gone.md#there');
  });
});

describe('code within a sentence', () => {
  const html = (markdown: string) => renderMarkdown(markdown, (href) => href, false);

  it('keeps a flag on one line, and breaks between words and within very long ones', () => {
    expect(html('`--no-check a`')).toContain('<code><span class="word">--no-check</span> a</code>');
    expect(html(`\`--${'long-'.repeat(9)}\``)).not.toContain('class="word"');
    expect(html('`a-<b`')).toContain('<span class="word">a-&lt;b</span>');
  });
});

describe('a dead link', () => {
  const folder = folderOfEachTest();

  it('in a document is found, an anchor too', () => {
    writeFileSync(
      folder.file('a.md'),
      '# A b\n\n## Twice\n\n## Twice\n\n[x](#a-b) [x](#twice-1) [x](b.md) [x](b.md#there) [x](https://a.example/)\n' +
        '`[x](code.md)`\n\n[x](c.md) [x](b.md#gone) [x](#twice-2) [x](https://) [x](/b.md) ![x](gone.svg)\n',
    );
    writeFileSync(folder.file('b.md'), '## There?\n');
    const found = deadLinks(folder.path, linksOfDocuments(folder.path, ['a.md', 'b.md']));
    expect(found.map(({ href, why }) => [href, why])).toEqual([
      ['c.md', 'no such file'],
      ['b.md#gone', 'no such anchor'],
      ['#twice-2', 'no such anchor'],
      ['https://', 'no address'],
      ['/b.md', 'not relative'],
      ['gone.svg', 'no such file'],
    ]);
  });

  it('in a page is found, an anchor too', () => {
    writeFileSync(
      folder.file('a.html'),
      '<p id="p"><a href="#p">x</a><a href="#q">x</a><img src="a.svg"><a href="a.html?q=1#p">x</a></p>',
    );
    const found = deadLinks(folder.path, linksOfPages(folder.path, ['a.html']));
    expect(found.map(({ href, why }) => [href, why])).toEqual([
      ['#q', 'no such anchor'],
      ['a.svg', 'no such file'],
    ]);
  });
});

describe('anchors', () => {
  /** As GitHub shows them. */
  it.each([
    ['What is skipped', 'what-is-skipped'],
    ['`gain` with `spending`', 'gain-with-spending'],
    ['Reports & figures: α', 'reports--figures-α'],
    ['snake_case, 2-nd (C++)', 'snake_case-2-nd-c'],
    ['σ² and Φ⁻¹', 'σ-and-φ'],
  ])('of %s are those of GitHub', (heading, anchor) => {
    expect(anchorsOfHeadings([heading, heading, heading])).toEqual([anchor, `${anchor}-1`, `${anchor}-2`]);
  });
});

/** Returns a function that computes its value the first time. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
