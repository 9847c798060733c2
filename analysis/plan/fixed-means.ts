import { SMALLEST, binomialLaw } from '../laws/binomial-law.js';
import type { Population } from '../populations/population.js';
import { fixedRadii } from './fixed-radii.js';
import type { DeltaGroup, Means } from './means.js';

/** The claim of `fixed` with `clopper-pearson`. */
export interface FixedPlan {
  readonly alpha: number;
  /** Samples of the bound. */
  readonly n: number;
  /** Samples that choose the class, drawn before them (n0). */
  readonly selection: number;
}

/** Beyond so many standard deviations above its mean a count has less probability than any term that is kept. */
const FAR = 12;

/**
 * Returns the means of `fixed`, exactly: E over the images of Σ_f P(Bin(n, δ) = f) · R(f, n). The law of the failures is added up over the
 * images first, so that each radius is computed once. The selection is taken never to err.
 *
 * @param groups of the population. @param radii wanted radii, ascending, in the units of the noise's scale
 */
export function fixedMeans(
  groups: readonly DeltaGroup[],
  { alpha, n, selection }: FixedPlan,
  noise: Population['noise'],
  radii: readonly number[],
): Means {
  const certified = fixedRadii(n, alpha, noise);
  const { all, right } = failureLaws(groups, n, certified.length);
  const meanOver = (law: Float64Array) =>
    law.reduce((sum, mass, failures) => sum + mass * certified[failures]!, 0);
  return {
    samples: selection + n,
    meanRadius: meanOver(all),
    acr: meanOver(right),
    certified: all.reduce((sum, mass) => sum + mass, 0),
    accuracy: sharesReached(right, certified, radii),
  };
}

/** Returns for each wanted radius, ascending, how much of a law is on failures with at least that radius. */
function sharesReached(law: Float64Array, certified: Float64Array, radii: readonly number[]): number[] {
  const shares: number[] = [];
  let sum = 0;
  let failures = 0;
  for (let j = radii.length - 1; j >= 0; j--) {
    for (; failures < law.length && certified[failures]! >= radii[j]!; failures++) sum += law[failures]!;
    shares[j] = sum;
  }
  return shares;
}

/** Returns the probabilities of 0 to `count` − 1 failures of an image of the population, and those with the right class. */
function failureLaws(groups: readonly DeltaGroup[], n: number, count: number) {
  const all = new Float64Array(count);
  const right = new Float64Array(count);
  for (const group of groups) {
    const { delta } = group;
    if (n * delta - FAR * Math.sqrt(n * delta) > count) continue;
    const { first, mass } = binomialLaw(n, delta, SMALLEST);
    const end = Math.min(mass.length, count - first);
    for (let i = 0; i < end; i++) {
      all[first + i]! += group.share * mass[i]!;
      right[first + i]! += group.right * mass[i]!;
    }
  }
  return { all, right };
}
