import { whole } from '../../shared/written-numbers.js';
import { lossAt } from '../../analysis/study/checks.js';
import type { DrawingStudy } from '../../analysis/study/drawing-study.js';
import type { Study } from '../../analysis/study/study.js';
import { sigmaOf } from '../../statistics/noises/scale.js';
import { fileNames } from '../tables/study-tables.js';
import type { Axis, Curve, Figure, Point } from './figure.js';
import { rulesFigure } from './rules-figure.js';

const SAMPLES: Axis = { label: 'samples of the bound, n', scale: 'log' };
const LOSS: Axis = { label: 'average certified radius lost', scale: 'linear', percent: true };
/** Radii of the curves of certified accuracy: these of those that a study has. */
const SHOWN_RADII = [1, 3, 5];
/** Sizes of the curves of the loss against σ. */
const LOSS_SIZES = [100, 1_000, 10_000];
/** Failure probabilities of the curves of the normal approximation. */
const CLT_DELTAS = [0.2, 0.05, 0.01, 0.001, 0.0001];

/** Errors below this share are not shown: nobody acts on them, and they would flatten those that matter. */
const LEAST_ERROR = 1e-6;

/** Returns all figures of a study: those of each drawing, then those of all together. */
export function studyFigures(study: Study): Figure[] {
  const names = fileNames(study.drawings);
  const each = study.drawings.flatMap((drawing, at) => [
    radiusFigure(drawing, names[at]!),
    accuracyFigure(drawing, names[at]!),
    shapesFigure(drawing, names[at]!),
    cltFigure(study.alpha, drawing, names[at]!),
    rulesFigure(drawing, names[at]!),
    histogramFigure(drawing, names[at]!),
  ]);
  const several = study.drawings.length > 1 ? [lossBySigmaFigure(study)] : [];
  return [...each, lossFigure(study), ...several, cltByPFigure(study)];
}

/** Returns a curve. */
const curve = (label: string, kind: Curve['kind'], points: readonly Point[]): Curve => ({
  label,
  kind,
  points,
});

function radiusFigure({ name, rows }: DrawingStudy, file: string): Figure {
  const points = (y: (row: (typeof rows)[number]) => number) => rows.map((row) => ({ x: row.n, y: y(row) }));
  const closed = rows.flatMap(({ n, theorem43 }) => (theorem43 === null ? [] : [{ x: n, y: theorem43 }]));
  return {
    name: `radius-${file}`,
    title: `Mean radius against samples, ${name}`,
    caption:
      'Measured on subsamples of one drawing; expected: exactly, from the shares of all samples. No radius can lie above the cap, which n unanimous votes prove.',
    x: SAMPLES,
    y: { label: 'mean certified radius', scale: 'linear' },
    curves: [
      curve(
        'measured',
        'marks',
        points(({ measured }) => measured.meanRadius),
      ),
      curve(
        'expected',
        'predicted',
        points(({ predicted }) => predicted.meanRadius),
      ),
      ...(closed.length > 0 ? [curve('Theorem 4.3', 'predicted', closed)] : []),
      curve(
        'cap',
        'limit',
        points(({ cap }) => cap),
      ),
    ],
  };
}

function accuracyFigure({ name, rows, radii }: DrawingStudy, file: string): Figure {
  return {
    name: `accuracy-${file}`,
    title: `Certified accuracy against samples, ${name}`,
    caption:
      'Marks: measured on subsamples of one drawing. Lines: exactly expected from the shares of all samples.',
    x: SAMPLES,
    y: { label: 'certified accuracy', scale: 'linear', percent: true },
    curves: SHOWN_RADII.flatMap((j) => {
      const r = `r = ${Number(radii[j]!.toPrecision(6))}`;
      return [
        curve(
          r,
          'marks',
          rows.map(({ n, measured }) => ({ x: n, y: measured.accuracy[j]! })),
        ),
        curve(
          `${r}, expected`,
          'predicted',
          rows.map(({ n, predicted }) => ({ x: n, y: predicted.accuracy[j]! })),
        ),
      ];
    }),
  };
}

function shapesFigure({ name, shapes, sizes }: DrawingStudy, file: string): Figure {
  return {
    name: `shapes-${file}`,
    title: `Mean radius that is left, by shape of the population, ${name}`,
    caption: `Exactly expected. Share of the mean radius at n = ${whole(sizes.at(-1)!)}. ${name} is the population that was drawn; the others are priors.`,
    x: SAMPLES,
    y: { label: 'mean radius, as a share of the most', scale: 'linear', percent: true },
    curves: shapes.map((shape) =>
      curve(
        shape.name,
        'predicted',
        sizes.map((n, at) => ({ x: n, y: shape.ratios[at]! })),
      ),
    ),
  };
}

function cltFigure(alpha: number, { name, clt }: DrawingStudy, file: string): Figure {
  return {
    name: `clt-${file}`,
    title: `Errors of the normal approximation, ${name}`,
    caption:
      'Wrong: images whose approximate radius is above the true one. No bound: images without a failure among the n samples, for which the approximation says nothing. Shares below 1e-6 are not shown.',
    x: SAMPLES,
    y: { label: 'share of the images', scale: 'log', least: alpha / 10, cut: LEAST_ERROR },
    curves: [
      curve(
        'wrong, measured',
        'marks',
        clt.map(({ n, measured }) => ({ x: n, y: measured.wrong })),
      ),
      curve(
        'wrong, expected',
        'predicted',
        clt.map(({ n, exact }) => ({ x: n, y: exact.wrong })),
      ),
      curve(
        'no bound, expected',
        'predicted',
        clt.map(({ n, exact }) => ({ x: n, y: exact.unanimous })),
      ),
      curve(
        `α = ${alpha}`,
        'limit',
        clt.map(({ n }) => ({ x: n, y: alpha })),
      ),
    ],
  };
}

function histogramFigure({ name, evenBins }: DrawingStudy, file: string): Figure {
  return {
    name: `histogram-${file}`,
    title: `How sure the model is under noise, ${name}`,
    caption: 'Images by p, the share of all samples of an image that voted for its class.',
    x: { label: 'p', scale: 'linear', least: 0, most: 1 },
    y: { label: 'share of the images', scale: 'linear', percent: true },
    curves: [
      curve(
        'images',
        'bars',
        evenBins.map(({ from, to, share }) => ({ x: (from + to) / 2, y: share })),
      ),
    ],
  };
}

function lossFigure({ drawings }: Study): Figure {
  return {
    name: 'loss-by-samples',
    title: 'What fewer samples cost',
    caption:
      'Share of the average certified radius of all samples that is lost. Marks: measured. Lines: exactly expected.',
    x: SAMPLES,
    y: LOSS,
    curves: drawings.flatMap((drawing) => {
      const most = drawing.rows.at(-1)!.measured.acr;
      const measured = drawing.rows.map(({ n, measured: { acr } }) => ({ x: n, y: 1 - acr / most }));
      const expected = drawing.sizes.map((n) => ({ x: n, y: lossAt(drawing, n) }));
      return [
        curve(drawing.name, 'marks', measured),
        curve(`${drawing.name}, expected`, 'predicted', expected),
      ];
    }),
  };
}

function lossBySigmaFigure({ drawings }: Study): Figure {
  const sizes = LOSS_SIZES.filter((n) =>
    drawings.every(({ sizes: all }) => all.includes(n) && n < all.at(-1)!),
  );
  return {
    name: 'loss-by-sigma',
    title: 'What fewer samples cost, by noise level',
    caption: 'Share of the average certified radius of all samples that is lost, exactly expected.',
    x: { label: 'σ', scale: 'linear' },
    y: LOSS,
    curves: sizes.map((n) =>
      curve(
        `n = ${whole(n)}`,
        'measured',
        drawings.map((drawing) => ({ x: sigmaOf(drawing.noise), y: lossAt(drawing, n) })),
      ),
    ),
  };
}

function cltByPFigure({ alpha, cltTable }: Study): Figure {
  const sizes = [...new Set(cltTable.map(({ n }) => n))];
  const wrong = (delta: number) =>
    cltTable.filter((one) => one.delta === delta).map(({ n, error }) => ({ x: n, y: error.wrong }));
  return {
    name: 'clt-by-p',
    title: 'Errors of the normal approximation by p',
    caption: `Probability, by the binomial law, that the approximate radius is above the true one. A bound at α = ${alpha} stays below the dashed line. Probabilities below 1e-6 are not shown.`,
    x: SAMPLES,
    y: { label: 'probability of a wrong radius', scale: 'log', least: alpha / 10, cut: LEAST_ERROR },
    curves: [
      ...CLT_DELTAS.map((delta) => curve(`p = ${Number((1 - delta).toFixed(6))}`, 'predicted', wrong(delta))),
      curve(
        `α = ${alpha}`,
        'limit',
        sizes.map((n) => ({ x: n, y: alpha })),
      ),
    ],
  };
}
