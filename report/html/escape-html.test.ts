import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneLine } from '../../shared/safe-text.js';
import { openHtml } from '../../test/support/html-document.js';
import { escapeHtml, jsonForHtml } from './escape-html.js';

/** Returns what a reader of this HTML is shown in its first paragraph, and the title of it. */
function readBack(html: string): { text: string | null; title: string | null; elements: number } {
  const { document } = openHtml(`<!doctype html><html><body>${html}</body></html>`);
  const paragraph = document.querySelector('p')!;
  return {
    text: paragraph.textContent,
    title: paragraph.getAttribute('title'),
    elements: [...document.body.querySelectorAll('*')].length,
  };
}

describe('escapeHtml', () => {
  it('leaves any text as text, in an element and in an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const html = `<p title="${escapeHtml(text)}">${escapeHtml(text)}</p>`;
        expect(readBack(html)).toEqual({ text: oneLine(text), title: oneLine(text), elements: 1 });
      }),
    );
  });

  it('makes a line break, an escape and a mark of direction visible', () => {
    expect(escapeHtml('a\nb\u001b[2J\u202ec')).toBe('a\\nb\\u{1b}[2J\\u{202e}c');
  });
});

describe('jsonForHtml', () => {
  it('ends no script element, begins no comment, and gives the same value back', () => {
    const hostile = { name: '</script><img src=x onerror=alert(1)><!--', others: ['<!--<script>', ']]>'] };
    const text = jsonForHtml(hostile);
    expect(text).not.toContain('<');
    expect(JSON.parse(text)).toEqual(hostile);
  });
});
