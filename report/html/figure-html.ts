import { parseHTML } from 'linkedom';
import { drawFigure } from '../figures/draw-figure.js';
import type { Figure } from '../figures/figure.js';
import type { SvgDocument, SvgElement } from '../figures/svg-frame.js';
import { escapeHtml } from './escape-html.js';

/** Widths of the two drawings of a chart in pixels: for half of a wide window, and for a phone. The style shows the one that fits, so that texts stay legible. */
const WIDTHS = { wide: 600, narrow: 320 } as const;

/** The parts of an element of this library that are used beside those that figures use. */
interface DrawnElement extends SvgElement {
  querySelector(selector: string): DrawnElement | null;
  querySelectorAll(selector: string): Iterable<DrawnElement>;
  removeAttribute(name: string): void;
  remove(): void;
}

/** Returns a figure with title and caption as text, so that they are read out, found and wrapped on a small screen. */
export function figureHtml(figure: Figure): string {
  const title = escapeHtml(figure.title);
  return `<figure>
<h3>${title}</h3>
<div class="chart">${drawing(figure, 'wide')}${drawing(figure, 'narrow')}</div>
<figcaption>${escapeHtml(figure.caption)}</figcaption>
</figure>`;
}

const drawing = (figure: Figure, size: keyof typeof WIDTHS): string =>
  `<div class="${size}">${svgOf(figure, WIDTHS[size])}</div>`;

/**
 * Returns key and chart as SVG in the colours of the text around them. To a screen reader it is one picture: the names that the charting library gives its
 * parts are taken away, as no part can be reached.
 */
function svgOf(figure: Figure, width: number): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>') as unknown as {
    readonly document: SvgDocument;
  };
  const bare = { ...figure, title: '', caption: '' };
  const svg = drawFigure(bare, document, 'page', width) as DrawnElement;
  for (const part of svg.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  svg.querySelector('title')!.textContent = figure.title;
  return svg.outerHTML;
}
