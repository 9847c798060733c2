import type { ShownCurve } from './curve-style.js';
import type { Axis, Figure, Point } from './figure.js';

/** Sizes in pixels: a character of a text along a line, the text across the line, and the room that is kept free around it. */
const CHARACTER = 6.2;
const ACROSS = 14;
const ROOM = 4;
/** So many heights are tried between the upper and the lower end of a line. */
const HEIGHTS = 24;

/** How many pixels a unit of each axis has. Both axes are linear. */
export interface Pixels {
  readonly x: number;
  readonly y: number;
}

/** Returns the pixels of a figure's axes, null where one is not linear or has no extent. @param width and @param height of the chart, in pixels */
export function pixelsOf({ x, y, curves }: Figure, width: number, height: number): Pixels | null {
  if (x.scale !== 'linear' || y.scale !== 'linear') return null;
  const points = curves.flatMap((curve) => curve.points);
  const across = extentOf(
    x,
    points.map((point) => point.x),
  );
  const heights = points.flatMap((point) => [point.y, point.low ?? point.y]);
  const up = extentOf(y, heights);
  return across > 0 && up > 0 ? { x: width / across, y: height / up } : null;
}

function extentOf({ least, most }: Axis, values: readonly number[]): number {
  const ends = [least, most].filter((end) => end !== undefined);
  const all = [...values.filter(Number.isFinite), ...ends];
  return all.reduce((a, b) => Math.max(a, b), -Infinity) - all.reduce((a, b) => Math.min(a, b), Infinity);
}

/** The place of a text along an upright line: beside it, with its end at the height y. */
export interface TextPlace {
  readonly side: 'left' | 'right';
  readonly y: number;
}

/** A rectangle, in units of the axes. */
interface Box {
  readonly left: number;
  readonly right: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Returns a place for the text of each limit that is an upright line with a text, by the limit: one where it meets no curve and no other text. The upper end of
 * the line comes first, then the lower one, then what is between, on the left before the right. If all are taken, it is the upper end on the left.
 *
 * @param pixels null where an axis is not linear: there every text is at the upper end
 */
export function textPlaces(curves: readonly ShownCurve[], pixels: Pixels | null): Map<ShownCurve, TextPlace> {
  const taken: Box[] = [];
  const places = new Map<ShownCurve, TextPlace>();
  for (const shown of curves) {
    const line = uprightLine(shown);
    if (line === null) continue;
    const first: TextPlace = { side: 'left', y: line.high };
    if (pixels === null) {
      places.set(shown, first);
      continue;
    }
    const others = curves.filter((one) => one !== shown).flatMap(boxesOf);
    const isFree = (place: TextPlace): boolean => {
      const box = textBox(line, place, pixels);
      return box.low >= line.low && ![...others, ...taken].some((other) => meet(box, other));
    };
    const place = candidates(line, pixels).find(isFree) ?? first;
    taken.push(textBox(line, place, pixels));
    places.set(shown, place);
  }
  return places;
}

/** An upright line, and how long its text is. */
interface UprightLine {
  readonly x: number;
  readonly low: number;
  readonly high: number;
  readonly characters: number;
}

/** Returns the line of a limit with a text; null of every other curve. */
function uprightLine({ curve, stretches }: ShownCurve): UprightLine | null {
  const points = stretches.flat();
  const last = points.at(-1);
  if (curve.kind !== 'limit' || last?.text === undefined) return null;
  if (points.some(({ x }) => x !== last.x)) return null;
  const heights = points.map(({ y }) => y);
  return {
    x: last.x,
    low: Math.min(...heights),
    high: Math.max(...heights),
    characters: last.text.length,
  };
}

/** Returns the places that are tried, in their order. */
function candidates(line: UprightLine, pixels: Pixels): TextPlace[] {
  const lowest = line.low + lengthOf(line, pixels);
  const between = Array.from({ length: HEIGHTS - 1 }, (_, at) => {
    const share = (at + 1) / HEIGHTS;
    return line.high - share * (line.high - lowest);
  });
  return [line.high, lowest, ...between].flatMap((y) => [
    { side: 'left' as const, y },
    { side: 'right' as const, y },
  ]);
}

/** Returns how long a text is along its line, with the room around it, in units of y. */
const lengthOf = ({ characters }: UprightLine, { y }: Pixels): number =>
  (characters * CHARACTER + 2 * ROOM) / y;

function textBox(line: UprightLine, { side, y }: TextPlace, pixels: Pixels): Box {
  const [near, far] = [1 / pixels.x, (ACROSS + ROOM) / pixels.x];
  const across =
    side === 'left'
      ? { left: line.x - far, right: line.x - near }
      : { left: line.x + near, right: line.x + far };
  // The lowest place is exactly as long as the text: a rounding error must not count.
  return { ...across, low: y - lengthOf(line, pixels) * (1 - 1e-9), high: y };
}

/** Returns the boxes around the pieces of a curve, from point to point. */
function boxesOf({ curve, stretches }: ShownCurve): Box[] {
  return stretches.flatMap((points) => {
    const path = curve.kind === 'stairs' ? stairsPath(points) : points;
    return path.map((point, at) => boxAround(path[at - 1] ?? point, point));
  });
}

/** Returns the corners of stairs, down to 0 behind the last one. */
function stairsPath(points: readonly Point[]): Point[] {
  const corners = points.flatMap((point, at) => {
    const before = points[at - 1];
    return before === undefined ? [point] : [{ x: before.x, y: point.y }, point];
  });
  return [...corners, { x: points.at(-1)!.x, y: 0 }];
}

function boxAround(a: Point, b: Point): Box {
  return {
    left: Math.min(a.x, b.x),
    right: Math.max(a.x, b.x),
    low: Math.min(a.y, b.y, a.low ?? a.y, b.low ?? b.y),
    high: Math.max(a.y, b.y),
  };
}

const meet = (a: Box, b: Box): boolean =>
  a.left <= b.right && b.left <= a.right && a.low <= b.high && b.low <= a.high;
