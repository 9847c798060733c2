import { csvText } from '../csv.js';
import type { Figure } from './figure.js';

/** Returns the numbers of a figure as CSV (RFC 4180, lines end with LF): one line a point, with a header. */
export function csvOf({ x, y, curves }: Figure): string {
  const lines = curves.flatMap(({ label, kind, points }) =>
    points.map((point) => [label, kind, point.x, point.y]),
  );
  return csvText([['curve', 'kind', x.label, y.label], ...lines]);
}
