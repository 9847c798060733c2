import type { DrawingStudy } from '../../analysis/study/drawing-study.js';
import type { RulePoint } from '../../analysis/study/replayed-rules.js';
import type { Curve, Figure } from './figure.js';

/** Returns the figure of every stopping rule: its radius against its samples, with `fixed` and the information limit. */
export function rulesFigure({ name, rows, rules, limit, selection }: DrawingStudy, file: string): Figure {
  const least = Math.min(...rules.map(({ samples }) => samples), selection + rows[0]!.n);
  return {
    name: `rules-${file}`,
    title: `Stopping rules: radius against samples, ${name}`,
    caption:
      'Means over the images. Measured rules decided on the votes of the drawing; others are exactly expected. No rule can lie above the information limit.',
    x: { label: 'samples an image, with those that choose the class', scale: 'log' },
    y: { label: 'average certified radius', scale: 'linear' },
    curves: [
      {
        label: 'fixed',
        kind: 'measured',
        points: rows.map(({ n, measured }) => ({ x: selection + n, y: measured.acr })),
      },
      ...curvesOf(rules),
      {
        label: 'information limit',
        kind: 'limit',
        points: limit
          .filter(({ samples }) => samples >= least)
          .map(({ samples, acr }) => ({ x: samples, y: acr })),
      },
    ],
  };
}

/** Returns a curve for each pair of rule and bound, in the order in which they come. */
function curvesOf(rules: readonly RulePoint[]): Curve[] {
  const curves = new Map<string, RulePoint[]>();
  for (const point of rules) {
    const label = `${point.rule}, ${point.bound}${point.source === 'exact' ? ', expected' : ''}`;
    curves.set(label, [...(curves.get(label) ?? []), point]);
  }
  return [...curves].map(([label, points]) => ({
    label,
    kind: 'measured',
    points: points.map(({ samples, acr }) => ({ x: samples, y: acr })).sort((a, b) => a.x - b.x),
  }));
}
