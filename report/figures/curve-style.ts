import type { Curve, Point } from './figure.js';

/**
 * Colours that colour-blind people can tell apart (the first four by Okabe and Ito, 2008). Each has a contrast of at least 3 : 1 with white and with the dark of a
 * page alike, so that they are the same on both. Shape, dashes and fillings differ, too, for prints in grey.
 */
export const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#a67c00', '#7a6fc9', '#6b8e23'] as const;
const DASHES = ['', '6 3', '2 3', '8 3 2 3', '1 2', '12 4'];
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star'] as const;
/** The same shapes, in the key. */
const GLYPHS = { circle: '●', square: '■', triangle: '▲', diamond: '◆', star: '★' };
export const LIMIT_COLOUR = '#777777';

/** Opacity of the bars of the first, second … curve: dark, light, between, hollow. */
const FILLINGS = [1, 0.2, 0.55, 0];
const BAND_OPACITY = 0.2;

/** A curve with its points that can be shown, as stretches without a gap. */
export interface ShownCurve {
  readonly curve: Curve;
  readonly stretches: readonly (readonly Point[])[];
}

/** The look of one curve. */
export interface Styled extends ShownCurve {
  readonly colour: string;
  /** Of its line, or of the edge of its bars; null without one. */
  readonly dash: string | null;
  readonly symbol: (typeof SYMBOLS)[number] | null;
  /** Of the key. */
  readonly glyph: string | null;
  /** Opacity of its areas; null without any. */
  readonly filling: number | null;
}

/** Kinds that have the colour of the curve behind them. */
const BORROWS: readonly Curve['kind'][] = ['marks', 'band', 'limit'];

/** Returns the looks of curves. @param sideBySide true if the bars of several curves stand side by side */
export function styledCurves(curves: readonly ShownCurve[], sideBySide: boolean): Styled[] {
  let place = 0;
  return curves.map((shown) => {
    const { kind } = shown.curve;
    const one = styled(shown, place, sideBySide);
    if (!BORROWS.includes(kind)) place += 1;
    return one;
  });
}

function styled(shown: ShownCurve, at: number, sideBySide: boolean): Styled {
  const plain = { ...shown, dash: null, symbol: null, glyph: null, filling: null };
  const colour = COLOURS[at % COLOURS.length]!;
  const dash = DASHES[at % DASHES.length]!;
  const symbol = SYMBOLS[at % SYMBOLS.length]!;
  switch (shown.curve.kind) {
    case 'limit':
      return { ...plain, colour: LIMIT_COLOUR, dash: '4 4' };
    case 'bars':
      return sideBySide
        ? { ...plain, colour, dash, filling: FILLINGS[at % FILLINGS.length]! }
        : { ...plain, colour, glyph: GLYPHS.square };
    case 'band':
      return { ...plain, colour, filling: BAND_OPACITY };
    case 'points':
    case 'marks':
      return { ...plain, colour, symbol, glyph: GLYPHS[symbol] };
    case 'measured':
      return { ...plain, colour, dash: '', symbol, glyph: GLYPHS[symbol] };
    case 'stairs':
      return { ...plain, colour, dash };
    case 'predicted': {
      // A line through one point is none: the key shows what is drawn there.
      const isPoint = shown.stretches.every(({ length }) => length === 1) && shown.stretches.length > 0;
      return isPoint ? { ...plain, colour, glyph: GLYPHS.circle } : { ...plain, colour, dash };
    }
  }
}
