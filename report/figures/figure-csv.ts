import type { Figure } from './figure.js';

/** Returns the numbers of a figure as CSV (RFC 4180, lines end with LF): one line a point, with a header. */
export function csvOf({ x, y, curves }: Figure): string {
  const lines = curves.flatMap(({ label, kind, points }) =>
    points.map((point) => [label, kind, `${point.x}`, `${point.y}`]),
  );
  return [['curve', 'kind', x.label, y.label], ...lines]
    .map((cells) => `${cells.map(quoted).join(',')}\n`)
    .join('');
}

const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
