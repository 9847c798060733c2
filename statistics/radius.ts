import type { Noise } from './noises/noise.js';

/**
 * The way from a bound to what may be published. Every rounding goes against the user: a published failure probability is
 * never below the true bound, a published radius never above the true one times the noise's scale.
 */

/** More than twice the largest relative error of any raw bound. */
const DELTA_INFLATION = 1 + 2e-8;
const RADIUS_DEFLATION = 1 - 1e-12;

/**
 * Returns the probability that may be published for a raw upper bound on one: larger by `lawError` (law-error.ts), as the bound is on the noise
 * that was drawn, and then by more than the error of any bound.
 */
export function publishedDelta(deltaUpper: number, lawError: number): number {
  return Math.min(1, (deltaUpper + lawError) * DELTA_INFLATION);
}

/**
 * Returns the radius that raw bounds certify with this noise, in the units of its `scale` and in its norm; null if they certify none. The
 * only way from bounds to a radius. The certified ball is open: no perturbation of norm below the radius changes the answer.
 *
 * @param deltaUpper bound on the probability that a sample does not vote for the class
 * @param lawError how far the noise that was drawn may be from the exact law (law-error.ts)
 * @param runnerUpUpper bound on the probability of the likeliest other outcome, for Gaussian noise alone: the radius is then
 * scale · ½(Φ⁻¹(1 − deltaUpper) − Φ⁻¹(runnerUpUpper)) (Cohen, Rosenfeld and Kolter, ICML 2019, Theorem 1). Where it is not known, or not
 * the smaller one, it is `deltaUpper`: no other outcome is likelier than all others together. The formula is then that of one count.
 */
export function certifiedRadius(
  deltaUpper: number,
  lawError: number,
  noise: Noise,
  scale: number,
  runnerUpUpper: number = deltaUpper,
): number | null {
  const delta = publishedDelta(deltaUpper, lawError);
  const runnerUp = publishedDelta(Math.min(runnerUpUpper, deltaUpper), lawError);
  if (!(delta > 0 && delta < 1 && runnerUp > 0 && runnerUp < 0.5)) return null;
  const z = (noise.radiusOf(delta) + noise.radiusOf(runnerUp)) / 2;
  return z > 0 ? scale * z * RADIUS_DEFLATION : null;
}

/** Writes `value` ≥ 0 with `digits` decimals, never above it. */
export function printDown(value: number, digits: number): string {
  return decimal(unitsBelow(value, digits), digits);
}

/** Writes `value` ≥ 0 with `digits` decimals, never below it. */
export function printUp(value: number, digits: number): string {
  return decimal(unitsAbove(value, digits), digits);
}

/**
 * Writes the lower bound on the certified class's probability that goes with a printed failure probability: 1 − printUp(delta),
 * in decimal, exactly. Do not recompute a radius from it: near 1 it has too few digits.
 */
export function printLowerProbability(delta: number, digits: number): string {
  return decimal(10 ** digits - unitsAbove(delta, digits), digits);
}

/** Writes `value` > 0 with `digits` significant digits and an exponent, 4.03e-4, never below it. */
export function printSignificantUp(value: number, digits: number): string {
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const places = digits - 1;
  const written = (units: number): string =>
    Number(`${units}e${Number(exponent) - places}`).toExponential(places);
  const units = Math.floor(Number(`${mantissa}e${places}`));
  const below = Number(written(units)) < value;
  return written(below ? units + 1 : units);
}

function unitsBelow(value: number, digits: number): number {
  const units = Math.floor(value * 10 ** digits);
  return Number(decimal(units, digits)) > value ? units - 1 : units;
}

function unitsAbove(value: number, digits: number): number {
  const units = Math.ceil(value * 10 ** digits);
  return Number(decimal(units, digits)) < value ? units + 1 : units;
}

function decimal(units: number, digits: number): string {
  return (units / 10 ** digits).toFixed(digits);
}
