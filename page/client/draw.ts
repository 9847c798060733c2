import { drawFigure } from '../../report/figures/draw-figure.js';
import type { Figure } from '../../report/figures/figure.js';

/**
 * Returns a figure as an element for this page, in the colours of the text around it: key and chart alone, for title and caption are text of the page.
 * To a screen reader it is one picture. The names that the charting library gives its parts are taken away: no part can be reached.
 * @param width in pixels
 */
export function svgOf(figure: Figure, document: Document, width: number): Element {
  const { title, caption, ...rest } = figure;
  const bare = { ...rest, title: '', caption: '' };
  const svg = drawFigure(bare, document, 'page', width) as unknown as Element;
  for (const part of svg.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  svg.querySelector('title')!.textContent = title;
  svg.querySelector('desc')!.append(` ${caption}`);
  return svg;
}
