import { NOISES } from '../../statistics/noises/noises.js';
import { deltaGroups } from '../plan/delta-groups.js';
import { fixedMeans } from '../plan/fixed-means.js';
import { fixedRadii } from '../plan/fixed-radii.js';
import type { DeltaGroup } from '../plan/means.js';
import { dropOf46, radiusOf43 } from '../plan/paper-formulas.js';
import { populationOf, type Drawing } from './drawing.js';
import { standardErrorOfMean } from './standard-error.js';
import { measuredOf, radiiAt, type Measured } from './subsamples.js';

/** Radii up to four scales of the noise, this part of a scale apart: where certified accuracy is compared. */
const PARTS = 20;
const SCALES = 4;
/** One in so many of them is a column of a table. */
const SHOWN = 10;

/** The radii and certified accuracies of one number of samples. */
export interface SizeRow {
  /** Samples of the bound; those of the selection come before them. */
  readonly n: number;
  /** The largest radius that n unanimous votes prove, σ · Φ⁻¹(α^(1/n)); 0 if none. */
  readonly cap: number;
  /** Measured on the first n samples behind the selection. */
  readonly measured: Measured;
  /** Exactly what n fresh samples can be expected to give, if the shares of all samples are the images' probabilities. */
  readonly predicted: Measured;
  /** Standard error of the measured mean radius about the predicted one, from the chance of the votes alone. */
  readonly standardError: number;
  /** The mean radius by the paper's Theorem 4.3; null for noise that is not Gaussian. */
  readonly theorem43: number | null;
  readonly drop: Drop;
}

/** How much certified accuracy n samples lose against all of them, radius by radius, measured. */
export interface Drop {
  /** The largest loss, a share of all images, and the radius where it is. */
  readonly largest: number;
  readonly at: number;
  /** The mean loss over the radii up to four scales of the noise. */
  readonly mean: number;
  /** The most that Theorem 4.6 allows. */
  readonly theorem46: number;
}

/** Returns the radii, in the units of the noise's scale, whose certified accuracy a row has. */
export const shownRadii = (scale: number): number[] => comparedRadii(scale).filter((_, j) => isShown(j));

const comparedRadii = (scale: number): number[] =>
  Array.from({ length: SCALES * PARTS }, (_, j) => ((j + 1) / PARTS) * scale);
const isShown = (j: number): boolean => (j + 1) % SHOWN === 0;

/** Returns a row for every size of a drawing. */
export function sizeRows(drawing: Drawing): SizeRow[] {
  const { alpha, noise, selection, sizes, images } = drawing;
  const radii = comparedRadii(noise.scale);
  const groups = deltaGroups(populationOf(drawing));
  const all = sizes.map((_, at) => measuredOf(images, radiiAt(drawing, at), radii));
  const most = all.at(-1)!;
  return sizes.map((n, at) => {
    const measured = all[at]!;
    return {
      n,
      cap: fixedRadii(n, alpha, noise)[0] ?? 0,
      measured: shown(measured),
      predicted: shown(fixedMeans(groups, { alpha, n, selection }, noise, radii)),
      standardError: standardErrorOfMean(groups, images.length, { n, alpha }, noise),
      theorem43: theorem43(groups, n, drawing),
      drop: dropOf(measured, most, radii, dropOf46(n, alpha)),
    };
  });
}

const shown = ({ meanRadius, acr, certified, accuracy }: Measured): Measured => ({
  meanRadius,
  acr,
  certified,
  accuracy: accuracy.filter((_, j) => isShown(j)),
});

function theorem43(groups: readonly DeltaGroup[], n: number, { alpha, noise }: Drawing): number | null {
  if (NOISES[noise.kind] !== NOISES.gaussian) return null;
  const sum = groups.reduce((all, { delta, share }) => all + share * radiusOf43(delta, n, alpha), 0);
  return noise.scale * sum;
}

function dropOf(few: Measured, most: Measured, radii: readonly number[], theorem46: number): Drop {
  const losses = radii.map((_, j) => most.accuracy[j]! - few.accuracy[j]!);
  const largest = Math.max(...losses);
  return {
    largest,
    at: radii[losses.indexOf(largest)]!,
    mean: losses.reduce((a, b) => a + b, 0) / losses.length,
    theorem46,
  };
}
