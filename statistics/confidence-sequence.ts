import betainc from '@stdlib/math-base-special-betainc';
import betaln from '@stdlib/math-base-special-betaln';
import gammaln from '@stdlib/math-base-special-gammaln';

import { deviance, HALF_LOG_TWO_PI, stirlingError } from './binomial.js';

/**
 * The one-sided beta-mixture confidence sequence. Against the null "failure probability ≥ δ" it bets on a smaller
 * one, δu with u ~ Beta(b, 1). The wealth M is a supermartingale under the null, so by Ville's inequality
 * P(M ≥ 1/α at any time) ≤ α: it may be looked at as often as one likes, and stopped by any rule.
 */

/** The b of the mixture: within 7 % of the best b for every p. */
const MIXTURE_SHAPE = 0.5;

/** Every comparison with a level asks for this much more, on the logarithm, than the theorem does. */
const LOG_SLACK = 1e-9;
const ROOT_WIDTH = 1e-13;
const MOST_STEPS = 200;

/**
 * Returns ln M after `successes` votes for the class and `failures` other outcomes, for the null δ = `delta`, 0 < delta < 1.
 * −∞ where failures ≥ nδ: M ≤ 1 there, which is evidence of nothing. Within 1e-11 up to n = 1e9.
 *
 * M = ∫ b u^(b−1) ((1 − δu)/(1 − δ))^k u^f du = B(1+k, b+f)/B(1, b) · I_δ(b+f, 1+k) · δ^−b−f · (1−δ)^−k, with the
 * large logarithms taken together as a binomial deviance.
 */
export function logM(successes: number, failures: number, delta: number, shape = MIXTURE_SHAPE): number {
  const n = successes + failures;
  if (failures >= n * delta) return -Infinity;
  return (
    logGammaRest(successes, 1) +
    logGammaRest(failures, shape) -
    logGammaRest(n, 1 + shape) -
    betaln(1, shape) +
    deviance(failures, n * delta) +
    deviance(successes, n * (1 - delta)) +
    Math.log(betainc(delta, shape + failures, 1 + successes, true, false)) -
    shape * Math.log(delta)
  );
}

/** Returns ln Γ(x + c) − x ln x + x for x ≥ 0, without the cancellation of the large terms. */
function logGammaRest(x: number, c: number): number {
  if (x === 0) return gammaln(c);
  return (c - 0.5) * Math.log(x + c) + x * Math.log1p(c / x) - c + HALF_LOG_TWO_PI + stirlingError(x + c);
}

/**
 * Returns Theorem C's bound on the failure probability, for any class at any look: 1 − L with
 * L = sup{p0 ∈ [½, 1): p0 · M(δ = 1 − p0) ≥ 1/α}; null where that set is empty. At ½ itself nothing is certified.
 *
 * Guarantee: P(for some n and some class, 1 − anytimeDelta < its failure probability) ≤ alpha, whatever the number of
 * classes and whatever rule stops or chooses; alpha ≤ ¼. The factor p0 pays for looking at all classes. The set is an
 * interval (h ≥ 1 makes h = p0 · M fall in p0), so its end is found by bracketing. Raw: radius.ts makes of it what may be published.
 */
export function anytimeDelta(failures: number, n: number, alpha: number): number | null {
  const required = LOG_SLACK - Math.log(alpha);
  const excess = (delta: number): number =>
    logM(n - failures, failures, delta) + Math.log1p(-delta) - required;
  if (excess(0.5) < 0) return null;
  return rootAbove(excess, bracketBelow(failures, n), Math.log(0.5));
}

/**
 * Returns the bound of the plain level-alpha sequence for one class fixed beforehand: the δ with M = 1/α; 1 if no vote was for the class.
 * Guarantee: P(for some n, sequenceDelta < the failure probability) ≤ alpha. Not for a class chosen by the same votes.
 */
export function sequenceDelta(
  failures: number,
  n: number,
  alpha: number,
  shape: number = MIXTURE_SHAPE,
): number {
  if (failures === n) return 1;
  const required = LOG_SLACK - Math.log(alpha);
  const excess = (delta: number): number => logM(n - failures, failures, delta, shape) - required;
  return rootAbove(excess, bracketBelow(failures, n), 0);
}

/**
 * Returns ln of a δ at which M < 1/α for every α ≤ ¼. With δ = (f + ½)/(n + ½) the chi-squared bound on the deviance gives
 * ln M ≤ (f − nδ)² / (nδ(1 − δ)) = k / (4n(f + ½)) ≤ ½ < ln 4.
 */
function bracketBelow(failures: number, n: number): number {
  return Math.log((failures + 0.5) / (n + 0.5));
}

/**
 * Returns the δ where `excess(δ)` turns from negative to at least 0, for ln δ in [low, high]: the upper end of the last bracket, so
 * that excess ≥ 0 was computed at the very δ that is returned. False position that halves the value at the end it
 * keeps (so that both ends move), every third step a bisection.
 */
function rootAbove(excess: (delta: number) => number, low: number, high: number): number {
  let atLow = excess(Math.exp(low));
  let atHigh = excess(Math.exp(high));
  for (let step = 1; high - low > ROOT_WIDTH && step < MOST_STEPS; step++) {
    const secant = high - (atHigh * (high - low)) / (atHigh - atLow);
    const middle = step % 3 !== 0 && secant > low && secant < high ? secant : (low + high) / 2;
    const value = excess(Math.exp(middle));
    if (value >= 0) {
      high = middle;
      atHigh = value;
      atLow /= 2;
    } else {
      low = middle;
      atLow = value;
      atHigh /= 2;
    }
  }
  return Math.exp(high);
}
