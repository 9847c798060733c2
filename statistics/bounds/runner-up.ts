import type { BoundName, RuleName } from '../../shared/job.js';
import type { Noise } from '../noises/noise.js';
import { floorZ } from './bound-by-counts.js';
import type { Certified } from './bound.js';

/**
 * Certificates with the runner-up: beside the lower bound L on the class's probability an upper bound U on that of every other
 * outcome, invalid votes being one of them. With Gaussian noise the radius is then ½(Φ⁻¹(L) − Φ⁻¹(min(U, 1 − L))) noise scales (Cohen,
 * Rosenfeld and Kolter, ICML 2019, Theorem 1), which may be above 0 where L is below ½.
 *
 * U comes from the votes of the observed runner-up. It grows with the votes, so that it is at least the bound of the true runner-up, which
 * has no more votes. So the radius is wrong only if L is wrong, or the bound of the one true runner-up is.
 */

/** How α is divided between the bound on the class and that on the runner-up. */
export interface AlphaShares {
  readonly ofClass: number;
  readonly runnerUp: number;
}

/** Where other samples chose the class: its true runner-up is one outcome, whatever is voted. The two parts add up to α. */
export const FRESH_VOTES: AlphaShares = { ofClass: 0.5, runnerUp: 0.5 };

/**
 * Where the same votes choose the class. L holds for all classes at once. Whichever class is chosen, its true runner-up is the likeliest outcome
 * or the second likeliest: two bounds must hold. One part and twice the other add up to α.
 */
export const SAME_VOTES: AlphaShares = { ofClass: 0.8, runnerUp: 0.1 };

/** Why a rule is not offered with the runner-up, as the end of a sentence; of `gain` and `fixed`, with the bounds that are not named here. */
const REASONS: Readonly<Record<RuleName, string>> = {
  gain: 'the sequence of "anytime" bounds no probability below one half',
  target: 'it decides radii by the votes for the class alone',
  'two-stage': 'the first stage plans the second one by the votes for the class alone',
  fixed: 'the normal approximation is no bound',
  budget: 'it shares samples out by the votes for the class alone',
  predict: 'it certifies no radius',
};

const OFFERED: Readonly<Partial<Record<RuleName, BoundName>>> = {
  gain: 'spending',
  fixed: 'clopper-pearson',
};

/** Returns why a claim with the runner-up is not offered with this rule, bound and noise, as the end of a sentence; null if it is offered. */
export function runnerUpReason(rule: RuleName, bound: BoundName, noise: Noise): string | null {
  if (OFFERED[rule] !== bound) return REASONS[rule];
  return noise.name === 'gaussian'
    ? null
    : 'the theorem for the probabilities of two outcomes is about Gaussian noise';
}

/**
 * Returns what two raw bounds certify; null if nothing. `deltaUpper` bounds the probability of all other outcomes, `runnerUpUpper` that of each
 * of them. z is floored as it is for one bound (bound-by-counts.ts).
 */
export function certifiedPair(noise: Noise, deltaUpper: number, runnerUpUpper: number): Certified | null {
  const likeliest = Math.min(runnerUpUpper, deltaUpper);
  const z = floorZ((noise.radiusOf(deltaUpper) + noise.radiusOf(likeliest)) / 2);
  return z > 0 ? { deltaUpper, runnerUpUpper: likeliest, z } : null;
}
