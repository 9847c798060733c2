import { deltaGroups } from '../plan/delta-groups.js';
import { fixedMeans } from '../plan/fixed-means.js';
import type { Population } from '../populations/population.js';
import { PRIOR_NAMES, priorPopulation } from '../populations/priors.js';
import { populationOf, type Drawing } from './drawing.js';

/** Images of a prior: enough for a share of its mean to three digits. */
const IMAGES = 200;

/** The share of the mean radius that fewer samples leave to a population of this shape. */
export interface ShapeRow {
  readonly name: string;
  /** By size the mean radius as a share of that of all samples, exactly. Labels play no part. */
  readonly ratios: readonly number[];
}

/** Returns what each shape of population loses at the sizes of a drawing: the drawing's own, and every prior, the uniform one from 0.8 on, too. */
export function shapeRows(drawing: Drawing): ShapeRow[] {
  const { noise } = drawing;
  const priors = [
    ...PRIOR_NAMES.map((name) => priorPopulation({ name, images: IMAGES }, noise)),
    priorPopulation({ name: 'uniform', parameters: { beta: 0.8 }, images: IMAGES }, noise),
  ];
  return [populationOf(drawing), ...priors].map((population) => ({
    name: population.name,
    ratios: ratiosOf(population, drawing),
  }));
}

function ratiosOf(population: Population, { alpha, selection, sizes, noise }: Drawing): number[] {
  const groups = deltaGroups(population);
  const radii = sizes.map((n) => fixedMeans(groups, { alpha, n, selection }, noise, []).meanRadius);
  const most = radii.at(-1)!;
  return radii.map((radius) => (most === 0 ? 0 : radius / most));
}
