import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Axis, Curve, Figure } from './figure.js';
import { frame, type Key, type SvgDocument, type SvgElement } from './svg-frame.js';

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

/**
 * Returns a figure as one SVG file that needs nothing else: title, key, axes, curves and caption. Points that an axis cannot show (not finite, or
 * not above 0 on a logarithmic one) are left out.
 */
export function renderSvg(figure: Figure): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>') as unknown as {
    readonly document: SvgDocument;
  };
  const curves = figure.curves.map((curve, at) => styled(shown(curve, figure), at));
  const chart = Plot.plot({
    document,
    width: WIDTH,
    height: PLOT_HEIGHT,
    marginLeft: 64,
    marginRight: 40,
    marginBottom: 48,
    style: { fontFamily: FONT, fontSize: '13px', background: 'white', color: '#222222' },
    x: scaleOf(figure.x),
    y: scaleOf(figure.y),
    marks: [Plot.frame({ stroke: '#cccccc' }), ...curves.flatMap(marksOf)],
  }) as unknown as SvgElement;
  const keys = curves.map(({ curve, colour, dash, symbol }): Key => ({
    label: curve.label,
    colour,
    dash,
    glyph: symbol === null ? null : GLYPHS[symbol],
  }));
  return frame({
    document,
    chart,
    keys,
    figure,
    width: WIDTH,
    plotHeight: PLOT_HEIGHT,
    font: FONT,
  });
}

/** The look of one curve. */
interface Styled {
  readonly curve: Curve;
  readonly colour: string;
  readonly dash: string;
  readonly symbol: (typeof SYMBOLS)[number] | null;
}

function styled(curve: Curve, at: number): Styled {
  if (curve.kind === 'limit') return { curve, colour: LIMIT_COLOUR, dash: '4 4', symbol: null };
  const colour = COLOURS[at % COLOURS.length]!;
  if (curve.kind === 'predicted') return { curve, colour, dash: DASHES[at % DASHES.length]!, symbol: null };
  return { curve, colour, dash: '', symbol: SYMBOLS[at % SYMBOLS.length]! };
}

function shown(curve: Curve, { x, y }: Figure): Curve {
  const fits = (value: number, { scale }: Axis) =>
    Number.isFinite(value) && (scale === 'linear' || value > 0);
  return { ...curve, points: curve.points.filter((point) => fits(point.x, x) && fits(point.y, y)) };
}

function scaleOf({ label, scale, percent }: Axis) {
  return {
    label,
    type: scale,
    grid: true,
    labelArrow: 'none',
    ...(percent ? { tickFormat: (value: number) => `${Number((100 * value).toPrecision(6))} %` } : {}),
    ...(scale === 'log' ? { tickFormat: (value: number) => value.toLocaleString('en-US') } : {}),
    ...(scale === 'log' ? { ticks: 6 } : {}),
  } as const;
}

function marksOf({ curve, colour, dash, symbol }: Styled) {
  const points = [...curve.points];
  if (curve.kind === 'bars')
    return [Plot.ruleX(points, { x: 'x', y: 'y', y1: 0, stroke: colour, strokeWidth: 6 })];
  const line = Plot.line(points, { x: 'x', y: 'y', stroke: colour, strokeWidth: 1.8, strokeDasharray: dash });
  if (symbol === null) return [line];
  return [line, Plot.dot(points, { x: 'x', y: 'y', stroke: colour, fill: colour, symbol, r: 3.2 })];
}
