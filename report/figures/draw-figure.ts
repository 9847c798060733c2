import * as Plot from '@observablehq/plot';
import { categoryTicks, type CategoryTicks } from './category-axis.js';
import { marksOf } from './curve-marks.js';
import { styledCurves, type ShownCurve, type Styled } from './curve-style.js';
import type { Axis, Figure, Point } from './figure.js';
import { pixelsOf, textPlaces } from './limit-text.js';
import { frame, type Key, type Look, type SvgDocument, type SvgElement } from './svg-frame.js';

const WIDTH = 720;
const PLOT_HEIGHT = 420;
/** On narrow screens a chart is at least so high. */
const LEAST_HEIGHT = 280;
const FONT = 'system-ui, "DejaVu Sans", Arial, sans-serif';
const FONT_SIZE = 13;
const LEFT = 64;
const RIGHT = 40;
const TOP = 30;
const BOTTOM = 48;
/** Bars end so far below the upper end of their axis, as a part of the highest one: there is room for a text. */
const HEADROOM = 1.08;

/** A logarithmic axis runs over at most this factor, down from its largest value: what is below would flatten all else. */
const LONGEST = 1e8;

/** The looks of a figure: on white paper, or within a page whose colours it takes. */
const LOOKS: Readonly<Record<'paper' | 'page', Look>> = {
  paper: { background: 'white', ink: '#222222', rule: '#cccccc' },
  page: { background: 'none', ink: 'currentColor', rule: 'currentColor' },
};

/**
 * Returns a figure as one svg element that needs nothing else, not even a style sheet: title, key, axes, curves and caption. Points that an axis
 * cannot show (not finite, or on a logarithmic one not above 0, below its cut, or eight decades below the largest) are left out, and lines have a
 * gap there.
 *
 * @param document a browser's, or a server's. @param surface `page`: text and axes have the colour of the text around them, and nothing is behind them
 * @param width in pixels, at least 280
 */
export function drawFigure(
  figure: Figure,
  document: SvgDocument,
  surface: 'paper' | 'page' = 'paper',
  width: number = WIDTH,
): SvgElement {
  const look = LOOKS[surface];
  const sideBySide = figure.x.scale === 'category';
  const curves = styledCurves(shownCurves(figure), sideBySide);
  const bars = curves.filter(({ curve }) => curve.kind === 'bars');
  const ticks = sideBySide ? categoryTicks(figure.x, width - LEFT - RIGHT) : null;
  const apart = (width - LEFT - RIGHT) / (figure.x.categories?.length ?? 1);
  const below = ticks?.below ?? 0;
  const plotHeight = Math.max(LEAST_HEIGHT, Math.min(PLOT_HEIGHT, 0.6 * width)) + below;
  const height = plotHeight - TOP - BOTTOM - below;
  const texts = textPlaces(curves, pixelsOf(figure, width - LEFT - RIGHT, height));
  const chart = Plot.plot({
    // The types of a browser's document and of a server's know nothing of each other.
    document: document as never,
    width,
    height: plotHeight,
    marginLeft: LEFT,
    marginRight: RIGHT,
    marginTop: TOP,
    marginBottom: BOTTOM + below,
    x: ticks === null ? scaleOf(figure.x) : categoryScale(figure.x, ticks),
    y: scaleOf(figure.y),
    marks: [
      Plot.frame({ stroke: look.rule, strokeOpacity: surface === 'page' ? 0.3 : 1 }),
      ...endsOf(figure),
      ...inDrawingOrder(curves).flatMap((one) => {
        const side = sideBySide ? { at: bars.indexOf(one), of: bars.length, apart } : null;
        return marksOf(one, { side, text: texts.get(one) }, look.ink);
      }),
    ],
  }) as unknown as SvgElement;
  withoutStyleSheet(chart, look);
  const keys = curves
    .filter(({ curve }) => curve.label !== '' && !isLabelledLimit(curve))
    .map(({ curve, colour, dash, glyph, filling }): Key => ({
      label: curve.label,
      colour,
      dash,
      glyph,
      filling,
    }));
  return frame({ document, chart, keys, figure, look, width, plotHeight, font: FONT });
}

/** Returns curves from below: stairs last, the first of them on top, as others may lie so close that they would hide it. */
function inDrawingOrder(curves: readonly Styled[]): Styled[] {
  const isStairs = ({ curve }: Styled): boolean => curve.kind === 'stairs';
  return [...curves.filter((one) => !isStairs(one)), ...curves.filter(isStairs).reverse()];
}

/** A limit with a text along its line needs no entry in the key. */
const isLabelledLimit = ({ kind, points }: Figure['curves'][number]): boolean =>
  kind === 'limit' && points.at(-1)?.text !== undefined;

/**
 * Takes the library's style sheet out of a chart, which a strict page would refuse, and says the same by attributes. Its parts are not read out one by
 * one: title and description of the figure say what it shows.
 */
function withoutStyleSheet(chart: SvgElement, { ink }: Look): void {
  chart.querySelector('style')?.remove();
  chart.setAttribute('aria-hidden', 'true');
  chart.setAttribute('font-family', FONT);
  chart.setAttribute('font-size', `${FONT_SIZE}`);
  // Within a page the colour is inherited.
  if (ink !== 'currentColor') chart.setAttribute('color', ink);
}

function shownCurves({ x, y, curves }: Figure): ShownCurve[] {
  const all = curves.flatMap(({ points }) => points);
  const [fitsX, fitsY] = [
    fitting(
      x,
      all.map((point) => point.x),
    ),
    fitting(
      y,
      all.map((point) => point.y),
    ),
  ];
  return curves.map((curve) => {
    const stretches: Point[][] = [[]];
    for (const point of curve.points) {
      if (fitsX(point.x) && fitsY(point.y)) stretches.at(-1)!.push(point);
      else stretches.push([]);
    }
    return { curve, stretches: stretches.filter(({ length }) => length > 0) };
  });
}

/** Returns which values an axis can show. @param values all there are */
function fitting({ scale, cut = 0 }: Axis, values: readonly number[]): (value: number) => boolean {
  if (scale !== 'log') return Number.isFinite;
  const most = values.filter(Number.isFinite).reduce((a, b) => Math.max(a, b), 0);
  const least = Math.max(cut, most / LONGEST);
  return (value) => Number.isFinite(value) && value > 0 && value >= least;
}

/** Returns marks that are not seen, at the ends that the axes must reach at least. */
function endsOf({ x, y, curves }: Figure) {
  const given = (axis: Axis) => [axis.least, axis.most].filter((value) => value !== undefined);
  const [endsX, endsY] = [given(x), given(y)];
  if (x.scale === 'category') {
    const highest = curves
      .flatMap(({ points }) => points)
      .reduce((most, point) => Math.max(most, point.y), 0);
    endsX.push(-0.5, (x.categories?.length ?? 1) - 0.5);
    endsY.push(HEADROOM * highest);
  }
  const look = { stroke: 'none' };
  return [
    ...(endsX.length > 0 ? [Plot.tickX(endsX, look)] : []),
    ...(endsY.length > 0 ? [Plot.tickY(endsY, look)] : []),
  ];
}

function categoryScale({ label }: Axis, { texts, rotate, below }: CategoryTicks) {
  return {
    label,
    type: 'linear',
    labelArrow: 'none',
    labelOffset: BOTTOM - 3 + below,
    ticks: texts.map((_, at) => at),
    tickFormat: (at: number) => texts[at]!,
    tickRotate: rotate,
  } as const;
}

function scaleOf({ label, scale, percent }: Axis) {
  return {
    label,
    type: scale === 'log' ? 'log' : 'linear',
    grid: true,
    labelArrow: 'none',
    ...(percent ? { tickFormat: (value: number) => `${Number((100 * value).toPrecision(6))} %` } : {}),
    ...(scale === 'log' ? { tickFormat: logTick } : {}),
    ...(scale === 'log' ? { ticks: 6 } : {}),
  } as const;
}

/** Numbers below 1 in full: with separators they would be cut off behind three digits. */
const logTick = (value: number): string =>
  value < 1 ? String(Number(value.toPrecision(6))) : value.toLocaleString('en-US');
