import * as Plot from '@observablehq/plot';
import type { Styled } from './curve-style.js';
import type { Point } from './figure.js';
import type { TextPlace } from './limit-text.js';

const LINE_WIDTH = 1.8;
const MARK_SIZE = 3.2;
/** Bars side by side fill this share of their category. */
const FILLED = 0.8;
const TEXT_SIZE = 11;
/** A character of such a text is about so wide, in pixels. */
const TEXT_CHARACTER = 6.6;

/** The place of a curve among the bars that stand side by side. */
export interface Side {
  readonly at: number;
  readonly of: number;
  /** Pixels between two categories. */
  readonly apart: number;
}

/** The place of one curve among the others of a figure. */
export interface Beside {
  /** Null if its bars do not stand beside others. */
  readonly side: Side | null;
  /** Of the text along an upright line; undefined without one. */
  readonly text: TextPlace | undefined;
}

/** Returns the marks of a curve. @param ink the colour of text */
export function marksOf(styled: Styled, { side, text }: Beside, ink: string) {
  const { curve, stretches, colour, dash, symbol } = styled;
  const all = stretches.flat();
  if (curve.kind === 'bars') return side === null ? [bars(all, colour)] : sideBars(styled, side, ink);
  if (curve.kind === 'band') return stretches.map((points) => band(points, styled));
  if (curve.kind === 'stairs') return stretches.flatMap((points) => stairs(points, styled));
  const lines = stretches
    .filter(({ length }) => length > 1 && dash !== null)
    .map((points) =>
      Plot.line([...points], {
        x: 'x',
        y: 'y',
        stroke: colour,
        strokeWidth: LINE_WIDTH,
        strokeDasharray: dash!,
      }),
    );
  if (curve.kind === 'limit') return [...lines, ...alongLine(all, text, ink)];
  const look = { x: 'x', y: 'y', stroke: colour, fill: colour } as const;
  if (symbol !== null) return [...lines, Plot.dot(all, { ...look, symbol, r: MARK_SIZE })];
  const alone = stretches.filter(({ length }) => length === 1).flat();
  return alone.length === 0
    ? lines
    : [...lines, Plot.dot(alone, { ...look, symbol: 'circle', r: MARK_SIZE })];
}

/** Returns bars about each x, as wide as the x are apart. */
function bars(points: readonly Point[], colour: string) {
  const gaps = points.slice(1).map(({ x }, at) => x - points[at]!.x);
  const half = Math.min(...gaps, 1) / 2;
  const boxes = points.map(({ x, y }) => ({ x1: x - half, x2: x + half, y }));
  return Plot.rectY(boxes, { x1: 'x1', x2: 'x2', y: 'y', fill: colour, inset: 0.5 });
}

/** Returns bars that leave room for those of the other curves in each category, with their texts above. */
function sideBars({ stretches, colour, dash, filling }: Styled, { at, of, apart }: Side, ink: string) {
  const wide = FILLED / of;
  const boxes = stretches.flat().map(({ x, y, text }) => {
    const x1 = x - FILLED / 2 + at * wide;
    return { x1, x2: x1 + wide, middle: x1 + wide / 2, y, text };
  });
  const edge = { stroke: colour, strokeWidth: 1.2, strokeDasharray: dash! };
  const drawn = Plot.rectY(boxes, {
    x1: 'x1',
    x2: 'x2',
    y: 'y',
    fill: colour,
    fillOpacity: filling!,
    inset: 1,
    ...edge,
  });
  const texts = boxes.filter(({ text }) => text !== undefined);
  const longest = texts.reduce((most, { text }) => Math.max(most, text!.length), 0);
  // Texts that would run into each other are left out.
  if (longest === 0 || longest * TEXT_CHARACTER > wide * apart) return [drawn];
  return [
    drawn,
    Plot.text(texts, { x: 'middle', y: 'y', text: 'text', dy: -7, fontSize: TEXT_SIZE, fill: ink }),
  ];
}

function band(points: readonly Point[], { colour, filling }: Styled) {
  return Plot.areaY([...points], {
    x: 'x',
    y1: (point: Point) => point.low ?? 0,
    y2: 'y',
    curve: 'step-before',
    fill: colour,
    fillOpacity: filling!,
  });
}

/** Returns stairs down to 0; of one point a mark, as there is no line. */
function stairs(points: readonly Point[], { colour, dash }: Styled) {
  const { x } = points.at(-1)!;
  if (points.length === 1) return [Plot.dot([...points], { x: 'x', y: 'y', fill: colour, r: MARK_SIZE })];
  return [
    Plot.line([...points, { x, y: 0 }], {
      x: 'x',
      y: 'y',
      curve: 'step-before',
      stroke: colour,
      strokeWidth: LINE_WIDTH,
      strokeDasharray: dash!,
    }),
  ];
}

/** Returns the text of the last point of a limit: along an upright line, where it has its place, and above one that lies. */
function alongLine(points: readonly Point[], place: TextPlace | undefined, ink: string) {
  const texts = points.slice(-1).filter(({ text }) => text !== undefined);
  if (texts.length === 0) return [];
  const look = { x: 'x', text: 'text', textAnchor: 'end', fontSize: TEXT_SIZE, fill: ink } as const;
  if (place === undefined) return [Plot.text(texts, { ...look, y: 'y', dx: -4, dy: -7 })];
  const dx = place.side === 'left' ? -7 : 8;
  return [Plot.text(texts, { ...look, y: () => place.y, rotate: -90, dx, dy: 3 })];
}
