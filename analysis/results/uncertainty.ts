import type { Claim } from '../../shared/job.js';
import { binomialTail } from '../../statistics/binomial.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';
import { clopperPearsonDelta } from '../../statistics/bounds/clopper-pearson.js';
import { togetherOf } from '../../statistics/simultaneous.js';

/**
 * Two uncertainties of a certified accuracy, which are never mixed. Certificates: some of them may be wrong, which concerns these very images.
 * Images: others of the same population would have given another share, which concerns the population. docs/figures.md derives both.
 */

/** At most `most` of a job's certificates are wrong, with at least the probability `confidence`. */
export interface WrongAtMost {
  readonly most: number;
  readonly confidence: number;
}

/** The number of wrong certificates is bounded with at least this probability. */
export const CONFIDENCE = 0.998;
/** Cohen et al. bound the certified accuracy but for this probability. */
export const RHO = 0.001;
/** The band over images holds at each radius with at least this probability. */
export const BAND = 0.95;

/**
 * Returns how many certificates of a job may be wrong; null for a bound that proves nothing. Each of N images has a wrong one with probability at
 * most α, independently of the others, so that their number is at most Bin(N, α): the smallest k with P(Bin(N, α) ≤ k) ≥ 0.998. N is that of
 * all images of the job: those with a certificate of a certain radius are chosen by their votes, and none of them has a wrong one with probability α. Of a
 * simultaneous claim none is wrong with probability 1 − α.
 *
 * @param images of the job, at least 1
 */
export function wrongAtMost(claim: Claim, images: number): WrongAtMost | null {
  if (!BOUNDS[claim.bound].proves) return null;
  if (togetherOf(claim) !== null) return { most: 0, confidence: 1 - claim.alpha };
  // Half of the probability lies about the mean and above: none below it is enough.
  let most = Math.max(0, Math.floor(images * claim.alpha) - 1);
  while (binomialTail(most, images, claim.alpha) < CONFIDENCE) most += 1;
  return { most, confidence: CONFIDENCE };
}

/**
 * Returns Cohen et al.'s lower bound on the certified accuracy of a test set, which holds with probability 1 − `rho` at one radius:
 * m/N − α − √(2α(1 − α)L/N) − L/(3N) with L = ln(1/ρ), at least 0 (Bernstein's inequality; J. Cohen, E. Rosenfeld, Z. Kolter, ICML 2019,
 * appendix). Their published script leaves out the factor 2, and then claims too much for many images.
 *
 * @param count m, images that are certified and right. @param images N, at least 1. @param alpha of one image
 */
export function highProbability(count: number, images: number, alpha: number, rho: number = RHO): number {
  const level = Math.log(1 / rho);
  const spread = Math.sqrt((2 * alpha * (1 - alpha) * level) / images);
  return Math.max(0, count / images - alpha - spread - level / (3 * images));
}

/**
 * Returns Clopper and Pearson's two-sided interval (1934) for the share of a population, of which `count` of `images` random images were counted:
 * at one count it misses the share with probability at most 5 %.
 *
 * @param images at least 1
 */
export function populationBand(count: number, images: number): { low: number; high: number } {
  const tail = (1 - BAND) / 2;
  return {
    low: 1 - clopperPearsonDelta(images - count, images, tail),
    high: clopperPearsonDelta(count, images, tail),
  };
}
