import type { NoiseSpec } from '../../shared/job.js';
import { AttainableRadii, type FailureRange } from './attainable.js';
import type { CohenRow } from './cohen-table.js';
import { digitsOf, unitOf, type Digits } from './written-digits.js';

/** How the radii of a file were rounded to its digits: to the nearest number, or down. */
export type Rounding = 'nearest' | 'down';

/** Of a file that does not say it: how many samples bounded each image, and at which level. */
export interface Supposed {
  readonly n: number;
  readonly alpha: number;
}

/** How well a supposed claim explains the radii of a file: each must be one that some number of failures gives. */
export interface Fit extends Supposed {
  readonly rounding: Rounding;
  readonly digits: Digits;
  /** By row of the file: the failures that give its radius; null where none do. Rows that abstain are not among them. */
  readonly explained: ReadonlyMap<CohenRow, FailureRange | null>;
  /** Rows whose radius no number of failures gives. */
  readonly unexplained: number;
}

/** A radius may be off by this share for the arithmetic of whoever computed it. */
const ARITHMETIC = 1e-7;

/**
 * Returns how well each supposed claim explains the radii of a file, the best first; claims that explain equally many stay in the order in
 * which they are given, rounding to nearest before rounding down. Empty if no row has a radius.
 */
export function fitClaims(
  rows: readonly CohenRow[],
  noise: Pick<NoiseSpec, 'kind' | 'scale'>,
  supposed: readonly Supposed[],
): Fit[] {
  const certified = rows.filter(({ radius }) => Number(radius) > 0);
  if (certified.length === 0) return [];
  const digits = digitsOf(certified.map(({ radius }) => radius));
  const fits = supposed.flatMap(({ n, alpha }) => {
    const radii = new AttainableRadii(n, alpha, noise);
    return (['nearest', 'down'] as const).map((rounding): Fit => {
      const explained = new Map(certified.map((row) => [row, failuresOf(row, radii, digits, rounding)]));
      const unexplained = [...explained.values()].filter((range) => range === null).length;
      return { n, alpha, rounding, digits, explained, unexplained };
    });
  });
  return fits.sort((a, b) => a.unexplained - b.unexplained);
}

/** Returns the failures whose radius is written as that of a row; null if there are none. */
function failuresOf(
  { radius }: CohenRow,
  radii: AttainableRadii,
  digits: Digits,
  rounding: Rounding,
): FailureRange | null {
  const value = Number(radius);
  const unit = unitOf(value, digits);
  const slack = ARITHMETIC * value;
  const [below, above] = rounding === 'nearest' ? [unit / 2, unit / 2] : [0, unit];
  return radii.within(value - below - slack, value + above + slack);
}
