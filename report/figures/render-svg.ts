import { parseHTML } from 'linkedom';
import { drawFigure } from './draw-figure.js';
import type { Figure } from './figure.js';
import type { SvgDocument } from './svg-frame.js';

/** Returns a figure as the text of an SVG file that needs nothing else. @param surface and @param width as of `drawFigure` */
export function renderSvg(figure: Figure, surface: 'paper' | 'page' = 'paper', width?: number): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>') as unknown as {
    readonly document: SvgDocument;
  };
  return `${drawFigure(figure, document, surface, width).outerHTML}\n`;
}
