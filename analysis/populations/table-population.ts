import { AttainableRadii } from '../cohen/attainable.js';
import type { CohenRow } from '../cohen/cohen-table.js';
import { fitClaims, type Fit, type Supposed } from '../cohen/fit-claim.js';
import type { CountedImage, Population } from './population.js';

/** Levels that published files were made with. */
const USUAL_ALPHAS = [0.001, 0.01, 0.05];
/** Of an image that abstained nothing but that is known: p is taken to be uniform between these. */
const ABSTAINED_P = { least: 0.3, most: 0.5 };

/** How many rows a level does not explain. */
export interface TriedAlpha {
  readonly alpha: number;
  readonly unexplained: number;
}

/** The images of a file in the form of Cohen et al.'s certify.py. */
export interface TableImages {
  readonly images: readonly CountedImage[];
  /** The level that explains most rows; null if no row has a radius. Found from the radii, not believed. */
  readonly alpha: number | null;
  /** Every level that was tried, the best first. */
  readonly tried: readonly TriedAlpha[];
  readonly abstained: number;
}

/**
 * Returns the images of a file: of each row the middle of the failures that give its radius, as it is written; of a row that no number of
 * failures explains, those whose radius is nearest. Of rows that abstained p is taken to be spread evenly over [.3, .5], and the class wrong.
 *
 * @param rows at least one. @param supposed samples behind each radius, and a level to try beside the usual ones
 */
export function tableImages(
  rows: readonly CohenRow[],
  noise: Population['noise'],
  { n, alpha }: { readonly n: number; readonly alpha: number | null },
): TableImages {
  const alphas = new Set(alpha === null ? USUAL_ALPHAS : [...USUAL_ALPHAS, alpha]);
  const fits = fitsOfEach(
    rows,
    noise,
    [...alphas].map((one) => ({ n, alpha: one })),
  );
  const [best] = fits;
  const failuresOf = best === undefined ? () => n / 2 : failuresBy(best, noise);
  const abstained = rows.filter(({ predict }) => predict === -1).length;
  let seen = 0;
  const images = rows.map((row): CountedImage => {
    const right = row.label === -1 ? null : row.correct;
    if (row.predict !== -1) return { failures: failuresOf(row), n, right };
    seen += 1;
    const p = ABSTAINED_P.most - (ABSTAINED_P.most - ABSTAINED_P.least) * ((seen - 0.5) / abstained);
    return { failures: (1 - p) * n, n, right: row.label === -1 ? null : false };
  });
  const tried = fits.map(({ fit, unexplained }) => ({ alpha: fit.alpha, unexplained }));
  return { images, alpha: best?.fit.alpha ?? null, tried, abstained };
}

interface CountedFit {
  readonly fit: Fit;
  /** By radius as it is written: the middle of the failures that give it, null where none do. */
  readonly middles: ReadonlyMap<string, number | null>;
  readonly unexplained: number;
}

/** Returns for each level its better rounding, the best level first. Each radius is explained once, however many rows have it. */
function fitsOfEach(
  rows: readonly CohenRow[],
  noise: Population['noise'],
  supposed: readonly Supposed[],
): CountedFit[] {
  const certified = rows.filter(({ radius }) => Number(radius) > 0);
  const different = [...new Map(certified.map((row) => [row.radius, row])).values()];
  const fits = fitClaims(different, noise, supposed).map((fit): CountedFit => {
    const middles = new Map(
      [...fit.explained].map(([{ radius }, range]) => [radius, range && (range.least + range.most) / 2]),
    );
    return {
      fit,
      middles,
      unexplained: certified.filter(({ radius }) => middles.get(radius) === null).length,
    };
  });
  fits.sort((a, b) => a.unexplained - b.unexplained);
  const seen = new Set<number>();
  return fits.filter(({ fit }) => !seen.has(fit.alpha) && seen.add(fit.alpha));
}

/** Returns a function from a row to the failures that its radius speaks for: half of the samples where it is 0. */
function failuresBy({ fit, middles }: CountedFit, noise: Population['noise']): (row: CohenRow) => number {
  const { n, alpha } = fit;
  const radii = new AttainableRadii(n, alpha, noise);
  return ({ radius }) => {
    const middle = middles.get(radius);
    if (middle === undefined) return n / 2;
    return middle ?? nearestFailures(radii, Number(radius));
  };
}

/** Returns the failures whose radius is nearest to a value > 0 that none gives. */
function nearestFailures(radii: AttainableRadii, value: number): number {
  // Radii fall with failures: the first one that is no larger, or the last one that is.
  const below = radii.within(Number.MIN_VALUE, value)?.least ?? radii.n / 2;
  const above = Math.max(0, below - 1);
  return radii.radius(above) - value < value - radii.radius(below) ? above : below;
}

/** Scales of Gaussian noise that published files were made with. */
const USUAL_SCALES = [0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2];

/**
 * Returns the σ that a file was made with, where it does not say: the usual one for which the largest radius is that of unanimous votes at a usual
 * level, as it is written. Null where none is, or where several are: then the file does not tell.
 *
 * @param n samples behind each radius
 */
export function suggestedScale(rows: readonly CohenRow[], n: number): number | null {
  const largest = rows.reduce((best, row) => (Number(row.radius) > Number(best.radius) ? row : best));
  const fitting = USUAL_SCALES.filter((scale) =>
    fitClaims(
      [largest],
      { kind: 'gaussian', scale },
      USUAL_ALPHAS.map((alpha) => ({ n, alpha })),
    ).some(({ explained }) => explained.get(largest)?.least === 0),
  );
  return fitting.length === 1 ? fitting[0]! : null;
}
