import { describe, expect, it } from 'vitest';
import type { ShownCurve } from './curve-style.js';
import type { Curve, Figure, Point } from './figure.js';
import { pixelsOf, textPlaces } from './limit-text.js';
import { renderSvg } from './render-svg.js';

/** A chart of 600 by 300 pixels, of radii to 1 and shares to 1: the text of a limit is about 20 pixels wide and 75 long, a quarter of the height. */
const PIXELS = { x: 600, y: 300 };
const TEXT = 'limit 0.5000';

const shown = (kind: Curve['kind'], points: readonly Point[]): ShownCurve => ({
  curve: { label: kind, kind, points },
  stretches: [points],
});
const limitAt = (x: number): ShownCurve =>
  shown('limit', [
    { x, y: 0 },
    { x, y: 1, text: TEXT },
  ]);
const stairs = (...points: readonly (readonly [number, number])[]): ShownCurve =>
  shown(
    'stairs',
    points.map(([x, y]) => ({ x, y })),
  );
/** Returns stairs of one height up to 0.9. */
const level = (y: number): ShownCurve => stairs([0, y], [0.9, y]);
/** Returns the place of the text of a limit at 0.5. */
const placeAmong = (...curves: readonly ShownCurve[]) => {
  const limit = limitAt(0.5);
  return textPlaces([...curves, limit], PIXELS).get(limit);
};

describe('the text of an upright limit', () => {
  it('stands at the upper end on the left where nothing is', () => {
    expect(placeAmong()).toEqual({ side: 'left', y: 1 });
    expect(placeAmong(stairs([0.3, 0.9], [0.45, 0.4]))).toEqual({ side: 'left', y: 1 });
  });

  it('goes to the right where a curve falls to the limit, and to the lower end where curves pass on both sides', () => {
    expect(placeAmong(stairs([0.2, 1], [0.5, 0.85]))).toEqual({ side: 'right', y: 1 });
    const below = placeAmong(stairs([0.2, 1], [0.5, 0.9]), level(0.85))!;
    expect(below.side).toBe('left');
    expect(below.y).toBeCloseTo(0.275, 2);
  });

  it('goes between where both ends are taken', () => {
    const place = placeAmong(level(0.8), level(0.15))!;
    expect(place.y).toBeLessThan(0.8);
    expect(place.y).toBeGreaterThan(0.15 + 0.25);
  });

  it('meets neither a band, nor a line across, nor the text of another limit', () => {
    const band = shown('band', [
      { x: 0.9, y: 0.95, low: 0.7 },
      { x: 0.1, y: 0.95, low: 0.7 },
    ]);
    expect(placeAmong(band)!.y).toBeLessThan(0.7);
    const across = shown('predicted', [
      { x: 0, y: 0.9 },
      { x: 1, y: 0.9 },
    ]);
    expect(placeAmong(across)!.y).toBeLessThan(0.9);
    const [first, second] = [limitAt(0.5), limitAt(0.51)];
    const places = textPlaces([first, second], PIXELS);
    expect([places.get(first), places.get(second)]).toEqual([
      { side: 'left', y: 1 },
      { side: 'right', y: 1 },
    ]);
  });

  it('stays at the upper end where everything is taken', () => {
    const full = Array.from({ length: 21 }, (_, at) => level(at / 20));
    expect(placeAmong(...full)).toEqual({ side: 'left', y: 1 });
  });

  it('is at its place in the picture', () => {
    const curves: Curve[] = [
      {
        label: 'one',
        kind: 'stairs',
        points: [
          { x: 0.2, y: 1 },
          { x: 0.5, y: 0.9 },
        ],
      },
      {
        label: 'two',
        kind: 'stairs',
        points: [
          { x: 0, y: 0.85 },
          { x: 1, y: 0.85 },
        ],
      },
      limitAt(0.5).curve,
    ];
    const x = { label: 'x', scale: 'linear', least: 0, most: 1 } as const;
    const figure: Figure = { name: 'a', title: 'A', caption: 'B.', x, y: { ...x, label: 'y' }, curves };
    const svg = renderSvg(figure);
    const [, , y] = new RegExp(`<text[^>]*translate\\(([\\d.]+),([\\d.]+)\\)[^>]*>${TEXT}<`).exec(svg)!;
    // The chart is 420 high, from 30 to 372; the text ends a little above a quarter of it.
    expect(Number(y)).toBeGreaterThan(250);
    expect(Number(y)).toBeLessThan(310);
  });
});

describe('pixels of a figure', () => {
  const axis = { label: 'a', scale: 'linear' } as const;
  const empty: Figure = { name: 'a', title: 'A', caption: 'B.', x: axis, y: axis, curves: [] };

  it('are those of linear axes with an extent', () => {
    const points = [
      { x: 1, y: 2, low: 0 },
      { x: 3, y: 4 },
    ];
    const curves: Curve[] = [{ label: 'a', kind: 'band', points }];
    expect(pixelsOf({ ...empty, curves }, 600, 300)).toEqual({ x: 300, y: 75 });
    expect(pixelsOf({ ...empty, x: { ...axis, least: 0, most: 6 }, curves }, 600, 300)!.x).toBe(100);
    expect(pixelsOf({ ...empty, x: { ...axis, scale: 'log' }, curves }, 600, 300)).toBeNull();
    expect(pixelsOf(empty, 600, 300)).toBeNull();
  });
});
