import * as Plot from '@observablehq/plot';
import type { Axis, Curve, Figure, Point } from './figure.js';
import { frame, type Key, type Look, type SvgDocument, type SvgElement } from './svg-frame.js';

const WIDTH = 720;
const PLOT_HEIGHT = 420;
const FONT = 'system-ui, "DejaVu Sans", Arial, sans-serif';

/** Colours that colour-blind people can tell apart (Okabe and Ito, 2008); shape and dashes differ, too, for prints in grey. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000'];
const DASHES = ['', '6 3', '2 3', '8 3 2 3', '1 2', '12 4'];
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star'] as const;
/** The same shapes, in the key. */
const GLYPHS = { circle: '●', square: '■', triangle: '▲', diamond: '◆', star: '★' };
const LIMIT_COLOUR = '#777777';

/** A logarithmic axis runs over at most this factor, down from its largest value: what is below would flatten all else. */
const LONGEST = 1e8;

/** The looks of a figure: on white paper, or within a page whose colours it takes. */
const LOOKS: Readonly<Record<'paper' | 'page', Look>> = {
  paper: { background: 'white', ink: '#222222', rule: '#cccccc' },
  page: { background: 'none', ink: 'currentColor', rule: 'currentColor' },
};

/**
 * Returns a figure as one svg element that needs nothing else: title, key, axes, curves and caption. Points that an axis cannot show (not finite, or
 * on a logarithmic one not above 0, below its cut, or eight decades below the largest) are left out, and lines have a gap there.
 *
 * @param document a browser's, or a server's. @param surface `page`: text and axes have the colour of the text around them, and nothing is behind them
 */
export function drawFigure(
  figure: Figure,
  document: SvgDocument,
  surface: 'paper' | 'page' = 'paper',
): SvgElement {
  const look = LOOKS[surface];
  const curves = styledCurves(shownCurves(figure));
  const chart = Plot.plot({
    document,
    width: WIDTH,
    height: PLOT_HEIGHT,
    marginLeft: 64,
    marginRight: 40,
    marginBottom: 48,
    style: { fontFamily: FONT, fontSize: '13px', background: look.background, color: look.ink },
    x: scaleOf(figure.x),
    y: scaleOf(figure.y),
    marks: [
      Plot.frame({ stroke: look.rule, strokeOpacity: surface === 'page' ? 0.3 : 1 }),
      ...endsOf(figure),
      ...curves.flatMap(marksOf),
    ],
  }) as unknown as SvgElement;
  const keys = curves.map(({ curve, colour, dash, glyph }): Key => ({
    label: curve.label,
    colour,
    dash,
    glyph,
  }));
  return frame({
    document,
    chart,
    keys,
    figure,
    look,
    width: WIDTH,
    plotHeight: PLOT_HEIGHT,
    font: FONT,
  });
}

/** The points of a curve that are shown, as stretches without a gap. */
interface ShownCurve {
  readonly curve: Curve;
  readonly stretches: readonly (readonly Point[])[];
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
  if (scale === 'linear') return Number.isFinite;
  const least = Math.max(cut, Math.max(...values.filter(Number.isFinite)) / LONGEST);
  return (value) => Number.isFinite(value) && value > 0 && value >= least;
}

/** The look of one curve. */
interface Styled extends ShownCurve {
  readonly colour: string;
  /** Of its line; null without one. */
  readonly dash: string | null;
  readonly symbol: (typeof SYMBOLS)[number] | null;
  /** Of the key. */
  readonly glyph: string | null;
}

function styledCurves(curves: readonly ShownCurve[]): Styled[] {
  let place = 0;
  return curves.map((shown) => {
    const { kind } = shown.curve;
    const one = styled(shown, place);
    // Marks have the colour of the curve behind them.
    if (kind !== 'limit' && kind !== 'marks') place += 1;
    return one;
  });
}

function styled(shown: ShownCurve, at: number): Styled {
  const { kind } = shown.curve;
  if (kind === 'limit') return { ...shown, colour: LIMIT_COLOUR, dash: '4 4', symbol: null, glyph: null };
  const colour = COLOURS[at % COLOURS.length]!;
  if (kind === 'bars') return { ...shown, colour, dash: null, symbol: null, glyph: GLYPHS.square };
  const symbol = SYMBOLS[at % SYMBOLS.length]!;
  if (kind === 'marks') return { ...shown, colour, dash: null, symbol, glyph: GLYPHS[symbol] };
  if (kind === 'measured') return { ...shown, colour, dash: '', symbol, glyph: GLYPHS[symbol] };
  const dash = DASHES[at % DASHES.length]!;
  // A line through one point is none: the key shows what is drawn there.
  const isPoint = shown.stretches.every(({ length }) => length === 1) && shown.stretches.length > 0;
  return {
    ...shown,
    colour,
    dash: isPoint ? null : dash,
    symbol: null,
    glyph: isPoint ? GLYPHS.circle : null,
  };
}

/** Returns marks that are not seen, at the ends that the axes must reach at least. */
function endsOf({ x, y }: Figure) {
  const ends = (of: Axis) => [of.least, of.most].filter((value) => value !== undefined);
  const look = { stroke: 'none' };
  return [
    ...(ends(x).length > 0 ? [Plot.tickX(ends(x), look)] : []),
    ...(ends(y).length > 0 ? [Plot.tickY(ends(y), look)] : []),
  ];
}

function scaleOf({ label, scale, percent }: Axis) {
  return {
    label,
    type: scale,
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

function marksOf({ curve, stretches, colour, dash, symbol }: Styled) {
  const all = stretches.flat();
  if (curve.kind === 'bars') return [bars(all, colour)];
  const lines = stretches
    .filter(({ length }) => length > 1 && dash !== null)
    .map((points) =>
      Plot.line([...points], { x: 'x', y: 'y', stroke: colour, strokeWidth: 1.8, strokeDasharray: dash! }),
    );
  const look = { x: 'x', y: 'y', stroke: colour, fill: colour } as const;
  if (symbol !== null) return [...lines, Plot.dot(all, { ...look, symbol, r: 3.2 })];
  const alone = stretches.filter(({ length }) => length === 1).flat();
  return alone.length === 0 ? lines : [...lines, Plot.dot(alone, { ...look, symbol: 'circle', r: 3.2 })];
}

/** Returns bars about each x, as wide as the x are apart. */
function bars(points: readonly Point[], colour: string) {
  const gaps = points.slice(1).map(({ x }, at) => x - points[at]!.x);
  const half = Math.min(...gaps, 1) / 2;
  const boxes = points.map(({ x, y }) => ({ x1: x - half, x2: x + half, y }));
  return Plot.rectY(boxes, { x1: 'x1', x2: 'x2', y: 'y', fill: colour, inset: 0.5 });
}
