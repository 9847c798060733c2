import { csvText, type Cell } from '../csv.js';
import type { Axis, Curve, Figure, Point } from './figure.js';

/**
 * Returns the numbers of a figure as CSV (RFC 4180, lines end with LF): one line a point, with a header. Figures with a band have two columns more, for
 * its ends; its height is then in no other column. A limit across categories is one line.
 */
export function csvOf({ x, y, curves }: Figure): string {
  const hasBand = curves.some(({ kind }) => kind === 'band');
  const lines = curves.flatMap(({ label, kind, points }) =>
    writtenPoints(x, kind, points).map((point): Cell[] => {
      const isBand = kind === 'band';
      const place = [label, kind, shownAt(x, point.x), isBand ? null : point.y];
      return hasBand ? [...place, isBand ? point.low! : null, isBand ? point.y : null] : place;
    }),
  );
  const header = ['curve', 'kind', x.label === '' ? 'category' : x.label, y.label];
  return csvText([hasBand ? [...header, 'lower end', 'upper end'] : header, ...lines]);
}

/** Returns the points that have a line: of a limit across categories one, as it has the same height in all. */
const writtenPoints = ({ scale }: Axis, kind: Curve['kind'], points: readonly Point[]): readonly Point[] =>
  kind === 'limit' && scale === 'category' ? points.slice(0, 1) : points;

/** Returns the place of a point as the axis names it. */
const shownAt = ({ scale, categories }: Axis, x: number): Cell =>
  scale === 'category' ? (categories?.[x] ?? null) : x;
