import { csvText, type Cell } from '../csv.js';
import type { Axis, Figure } from './figure.js';

/**
 * Returns the numbers of a figure as CSV (RFC 4180, lines end with LF): one line a point, with a header. Figures with a band have a column more, for
 * its lower end.
 */
export function csvOf({ x, y, curves }: Figure): string {
  const hasBand = curves.some(({ kind }) => kind === 'band');
  const lines = curves.flatMap(({ label, kind, points }) =>
    points.map((point): Cell[] => [
      label,
      kind,
      shownAt(x, point.x),
      point.y,
      ...(hasBand ? [point.low ?? null] : []),
    ]),
  );
  return csvText([['curve', 'kind', x.label, y.label, ...(hasBand ? ['lower end'] : [])], ...lines]);
}

/** Returns the place of a point as the axis names it. */
const shownAt = ({ scale, categories }: Axis, x: number): Cell =>
  scale === 'category' ? (categories?.[x] ?? null) : x;
