import { binomialLaw } from '../laws/binomial-law.js';
import { fixedRadii } from '../plan/fixed-radii.js';
import type { DeltaGroup } from '../plan/means.js';
import type { Population } from '../populations/population.js';

/**
 * Returns the standard error of the mean radius over images of `fixed`, from the chance of their votes alone: √(Σ Var R)/N, exactly by the binomial law of
 * each image, in the units of the noise's scale.
 *
 * @param groups of the population. @param images how many images there are, N
 */
export function standardErrorOfMean(
  groups: readonly DeltaGroup[],
  images: number,
  { n, alpha }: { readonly n: number; readonly alpha: number },
  noise: Population['noise'],
): number {
  const radii = fixedRadii(n, alpha, noise);
  const sum = groups.reduce((all, { delta, share }) => all + share * varianceOf(n, delta, radii), 0);
  return Math.sqrt(sum / images);
}

/** Returns the variance of the radius of one image. @param radii by failures from 0 on; 0 behind the last one */
function varianceOf(n: number, delta: number, radii: Float64Array): number {
  const { first, mass } = binomialLaw(n, delta);
  const mean = mass.reduce((sum, part, i) => sum + part * (radii[first + i] ?? 0), 0);
  return mass.reduce((sum, part, i) => sum + part * ((radii[first + i] ?? 0) - mean) ** 2, 0);
}
