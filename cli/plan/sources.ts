import { priorPopulation, type PriorWanted } from '../../analysis/populations/priors.js';
import { scaleOf } from '../../statistics/noises/scale.js';
import type { PlanConfig } from './plan-config.js';
import type { PlanImages } from './plan-source.js';
import { readSource } from './read-source.js';

/** Returns the images of a prior: under noise of σ = 1 where none is given, so that radii are in units of σ. */
export function priorSource(prior: PriorWanted, { sigma, noise }: PlanConfig): PlanImages {
  return {
    kind: 'prior',
    population: priorPopulation(prior, { kind: noise, scale: scaleOf(noise, sigma ?? 1) }),
  };
}

/** Reads what --from names, in order. @throws as `readSource` */
export async function readSources(paths: readonly string[], config: PlanConfig): Promise<PlanImages[]> {
  const sources: PlanImages[] = [];
  for (const from of paths) sources.push(await readSource(from, config));
  return sources;
}
