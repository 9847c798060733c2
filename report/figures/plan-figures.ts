import { whole } from '../../shared/written-numbers.js';
import type { Curve, Figure, Point } from './figure.js';
import { boundOf, type Planned } from '../../analysis/plan/planner.js';
import type { PlanRow } from '../../analysis/plan/plan-rows.js';

/** The parts of a plan that its figures show. */
export interface PlanShown {
  /** The images in words, for captions: "100 images of a pilot". */
  readonly source: string;
  /** σ and radii are in these units. */
  readonly labelled: boolean;
  /** Radii of the curves of accuracy, ascending, and by row the accuracy at each; of `fixed` alone. */
  readonly radii: readonly number[];
  readonly accuracyOf: (row: PlanRow) => readonly number[];
  readonly rows: readonly PlanRow[];
}

/** Of `fixed`, curves of accuracy are drawn for at most so many numbers of samples. */
const MOST_CURVES = 6;

/** Returns the figures of a plan: radius against samples, and certified accuracy against radius. */
export const planFigures = (plan: PlanShown): Figure[] => [radiusFigure(plan), accuracyFigure(plan)];

function radiusFigure({ source, labelled, rows }: PlanShown): Figure {
  const mean = labelled ? 'average certified radius' : 'mean radius';
  const lines = new Map<string, Point[]>();
  for (const { planned, means } of rows) {
    if (planned.rule === 'target') continue;
    const label = lineLabel(planned, rows);
    lines.set(label, [...(lines.get(label) ?? []), { x: means.samples, y: means.acr }]);
  }
  const curves = [...lines].map(([label, points]): Curve => ({
    label,
    kind: label.startsWith('fixed') ? 'predicted' : 'measured',
    points: points.sort((a, b) => a.x - b.x),
  }));
  return {
    name: 'plan-radius',
    title: `What samples give: ${mean}`,
    caption: `Exact expectations for ${source}. Of gain and two-stage each mark is a value of --min-gain. Samples count those that choose the class.`,
    x: { label: 'samples an image, on average', scale: 'log' },
    y: { label: mean, scale: 'linear' },
    curves: [...curves, ...paperCurve(rows)],
  };
}

/** Returns the radius that Theorem 4.5 of the paper expects: the kept part of the reference. */
function paperCurve(rows: readonly PlanRow[]): Curve[] {
  const points = rows.flatMap(({ means, paper }) =>
    paper === null || paper.ratioExact === 0 || paper.ratio45 === 0
      ? []
      : [{ x: means.samples, y: (paper.ratio45 * means.acr) / paper.ratioExact }],
  );
  return points.length === 0 ? [] : [{ label: 'Theorem 4.5, of n = 100,000', kind: 'limit', points }];
}

function accuracyFigure({ source, labelled, radii, rows, accuracyOf }: PlanShown): Figure {
  const fixed = rows.filter(({ planned }) => planned.rule === 'fixed');
  const every = Math.ceil(fixed.length / MOST_CURVES);
  const shown = fixed.filter((_, at) => (fixed.length - 1 - at) % every === 0);
  const share = labelled ? 'certified accuracy' : 'certified share';
  const farthest = Math.max(...shown.map(({ means }) => means.farthest));
  return {
    name: 'plan-accuracy',
    title: `What samples give: ${share} by radius`,
    caption: `Exact expectations for ${source}, for a fixed number of samples n. No radius above that of unanimous votes can be proved.`,
    x: { label: 'radius', scale: 'linear' },
    y: { label: share, scale: 'linear', percent: true },
    curves: shown.map((row) => ({
      label: `n = ${whole(row.planned.n)}${levelOf(row.planned, rows)}`,
      kind: 'predicted',
      points: pointsUpTo(farthest, radii, accuracyOf(row)),
    })),
  };
}

/** Returns the points of a curve up to the first radius that nothing reaches. */
function pointsUpTo(farthest: number, radii: readonly number[], shares: readonly number[]): Point[] {
  const end = radii.findIndex((radius) => radius > farthest);
  return radii.slice(0, end < 0 ? radii.length : end + 1).map((x, j) => ({ x, y: shares[j]! }));
}

function lineLabel(planned: Planned, rows: readonly PlanRow[]): string {
  const rule = planned.rule === 'gain' ? `gain, ${boundOf(planned)}` : planned.rule;
  return `${rule}${levelOf(planned, rows)}`;
}

/** Returns the level, where there are rows of several. */
function levelOf({ alpha }: Planned, rows: readonly PlanRow[]): string {
  return new Set(rows.map(({ planned }) => planned.alpha)).size > 1 ? `, α = ${alpha}` : '';
}
