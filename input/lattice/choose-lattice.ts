import { NO_ROUNDING, PIXEL_STEP, type DataLattice } from '../../shared/dataset/canonical.js';
import {
  nearestPoint,
  numberOf,
  powerOfTwo,
  showFraction,
  type Fraction,
} from '../../shared/dataset/fraction.js';
import type { Selection } from '../../shared/dataset/selection.js';
import { SmoothcertError } from '../../shared/errors.js';
import { MAX_RATIO } from '../../shared/job-limits.js';
import { StepSearch } from './find-step.js';
import { checkedValues, type NumberSource } from './values.js';

/** How numbers become points of a lattice. */
export interface LatticeOptions {
  /** True: the numbers are values in units of their own; false: pixels in [0, 1]. */
  readonly features: boolean;
  /** The scale of the noise that will be added, in the units of the numbers; null: not known. */
  readonly noiseScale: number | null;
}

/** The step that pixels are rounded to where they lie on no lattice: a sixteenth of 1/255. */
const FINE_PIXEL_STEP: Fraction = { numerator: 1, denominator: 16 * PIXEL_STEP.denominator };
/** Features that lie on no lattice are rounded to at least so many steps for each scale of the noise. */
const STEPS_A_SCALE = 64;
const LARGEST_POINT = 2 ** 31 - 1;
/** No finer lattice is chosen: far below it, nothing that is not tiny has a point in int32. */
const FINEST_EXPONENT = -40;

/**
 * Chooses the lattice of the selected numbers, reading them once, and once more where they must be rounded. Numbers that are all k/m
 * for a common m ≤ 4,096 lie on the lattice 1/m: for pixels m = 255 where it fits, else the smallest. Other pixels are rounded to
 * 1/4,080; other features to the largest power of two that is at most 1/64 of the noise's scale. A lattice of features so fine
 * that the noise would spread over too many of its points is not taken either.
 * @throws DATA_RANGE, OPTION_INVALID if the scale of the noise must be known and is not, and the errors of the source
 */
export async function chooseLattice(
  source: NumberSource,
  selection: Selection,
  options: LatticeOptions,
): Promise<DataLattice> {
  const { features, noiseScale } = options;
  const search = new StepSearch(features ? [] : [PIXEL_STEP.denominator]);
  let largest = 0;
  for await (const values of checkedValues(source, selection, features)) {
    search.add(values);
    for (const value of values) largest = Math.max(largest, Math.abs(value));
  }
  const common = search.found();
  if (common !== null && (!features || isWide(common, largest, noiseScale)))
    return { step: common, rounding: NO_ROUNDING };
  const step = features ? stepFor(noiseScale) : FINE_PIXEL_STEP;
  if (largest / numberOf(step) > LARGEST_POINT) throw tooFarOut(source, largest, step);
  return { step, rounding: await measure(source, selection, features, step) };
}

/** Returns true if the points of all numbers are in int32, and the noise spreads over no more points than can be drawn. */
function isWide(step: Fraction, largest: number, noiseScale: number | null): boolean {
  return (noiseScale ?? 0) / numberOf(step) <= MAX_RATIO && largest / numberOf(step) <= LARGEST_POINT;
}

function stepFor(noiseScale: number | null): Fraction {
  if (noiseScale !== null) {
    const exponent = Math.floor(Math.log2(noiseScale / STEPS_A_SCALE));
    return powerOfTwo(Math.max(exponent, FINEST_EXPONENT));
  }
  throw new SmoothcertError(
    'OPTION_INVALID',
    'These features lie on no common lattice, so how fine theirs must be depends on the noise.',
    'Add --sigma (and --noise) as the job will have them.',
  );
}

async function measure(
  source: NumberSource,
  selection: Selection,
  features: boolean,
  step: Fraction,
): Promise<DataLattice['rounding']> {
  let largest = 0;
  let sum = 0;
  let count = 0;
  for await (const values of checkedValues(source, selection, features)) {
    for (const value of values) {
      const moved = Math.abs(value - nearestPoint(value, step) * numberOf(step));
      largest = Math.max(largest, moved);
      sum += moved;
    }
    count += values.length;
  }
  return { largest, mean: sum / count };
}

function tooFarOut({ what }: NumberSource, largest: number, step: Fraction): SmoothcertError {
  return new SmoothcertError(
    'DATA_RANGE',
    `${what} has a value as large as ${largest}, which is too many steps of ${showFraction(step)}, the lattice for noise of this scale.`,
    'Standardise the features, so that they and the noise are of one size.',
  );
}
