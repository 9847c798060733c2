import gammaln from '@stdlib/math-base-special-gammaln';

import { upperTailQuantile } from './normal.js';

/**
 * Binomial probabilities by Loader's saddle-point form (C. Loader, "Fast and accurate computation of binomial
 * probabilities", 2000): no difference of large logarithms, so the digits hold for n up to 1e9 and far in the tail.
 */

export const HALF_LOG_TWO_PI = 0.9189385332046727;
const SERIES_FROM = 16;

/** Returns ln Γ(x) − ((x − ½) ln x − x + ½ ln 2π) for x > 0: what Stirling's formula leaves out. */
export function stirlingError(x: number): number {
  if (x < SERIES_FROM) return gammaln(x) - ((x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI);
  const s = 1 / (x * x);
  return (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - (s * 691) / 360360))))) / x;
}

/** Returns count · ln(count / mean) + mean − count, for count ≥ 0 and mean > 0: never negative, exact to rounding near 0. */
export function deviance(count: number, mean: number): number {
  if (count === 0) return mean;
  if (Math.abs(count - mean) >= 0.1 * (count + mean)) {
    return count * Math.log(count / mean) + mean - count;
  }
  const ratio = (count - mean) / (count + mean);
  let sum = (count - mean) * ratio;
  let term = 2 * count * ratio;
  for (let j = 3; ; j += 2) {
    term *= ratio * ratio;
    const next = sum + term / j;
    if (next === sum) return sum;
    sum = next;
  }
}

/** Returns P(Bin(n, delta) = count) for integers 0 ≤ count ≤ n and 0 < delta < 1. */
export function binomialMass(count: number, n: number, delta: number): number {
  const rest = n - count;
  if (count === 0) return Math.exp(n * Math.log1p(-delta));
  if (rest === 0) return Math.exp(n * Math.log(delta));
  const logMass =
    stirlingError(n) -
    stirlingError(count) -
    stirlingError(rest) -
    deviance(count, n * delta) -
    deviance(rest, n * (1 - delta)) +
    0.5 * Math.log(n / count / rest) -
    HALF_LOG_TWO_PI;
  return Math.exp(logMass);
}

/**
 * Returns P(Bin(n, delta) ≤ count), −1 ≤ count ≤ n, good to 1e-12 relatively below the mean. Sums the side that does not
 * hold the mean, largest term first; all terms are positive, so nothing cancels.
 */
export function binomialTail(count: number, n: number, delta: number): number {
  if (count < 0) return 0;
  if (count >= n) return 1;
  if (count >= n * delta) return 1 - sumAwayFromMean(n - count - 1, n, 1 - delta);
  return sumAwayFromMean(count, n, delta);
}

/** Returns P(Bin(n, delta) ≤ count) for count at or below the mean. */
function sumAwayFromMean(count: number, n: number, delta: number): number {
  const odds = (1 - delta) / delta;
  let term = binomialMass(count, n, delta);
  let sum = term;
  for (let j = count; j > 0 && term > sum * 1e-18; j--) {
    term *= (j / (n - j + 1)) * odds;
    sum += term;
  }
  return sum;
}

/**
 * Returns the largest d ≥ −1 with P(Bin(n, delta) ≤ d) ≤ budget, 0 < budget < ½, and that probability. Starts below a
 * Cornish-Fisher guess and walks up, adding masses: a bad guess costs time, never the answer.
 */
export function largestCountWithin(
  budget: number,
  n: number,
  delta: number,
): { count: number; probability: number } {
  const z = upperTailQuantile(budget);
  const spread = Math.sqrt(n * delta * (1 - delta));
  const guess = n * delta - z * spread + ((z * z - 1) * (1 - 2 * delta)) / 6;
  let count = Math.max(-1, Math.floor(guess) - 2);
  let probability = binomialTail(count, n, delta);
  for (let step = 1; probability > budget; step *= 2) {
    count = Math.max(-1, count - step);
    probability = binomialTail(count, n, delta);
  }
  for (;;) {
    const next = probability + binomialMass(count + 1, n, delta);
    if (next > budget) return { count, probability };
    count += 1;
    probability = next;
  }
}
