import type { CompiledBound } from './bounds/bound.js';

/** Returns the failures (or votes) to expect among `wanted` samples, if the rate of `failures` of `n` goes on. */
export function forecastFailures(failures: number, n: number, wanted: number): number {
  return Math.floor((wanted * failures) / n + 0.5);
}

/**
 * Returns the z (radius in units of the noise's scale) to expect at the look with index `look`, if the rate of `failures` of `n`
 * samples goes on, and that of the votes for the runner-up; 0 if nothing would be certified. A plan, not a bound: nothing is claimed from it.
 */
export function forecastZ(
  bound: CompiledBound,
  looks: readonly number[],
  look: number,
  failures: number,
  n: number,
  runnerUp: number = failures,
): number {
  const wanted = looks[look]!;
  const expected = forecastFailures(failures, n, wanted);
  return bound.certify(look, expected, wanted, forecastFailures(runnerUp, n, wanted))?.z ?? 0;
}

/**
 * Returns the z to expect for an image that certifies nothing yet, at rates of failures and of votes for the runner-up that are one
 * standard error below the measured ones: an image whose rates may well be lower than they look is not given up.
 */
export function hopefulZ(
  bound: CompiledBound,
  looks: readonly number[],
  look: number,
  failures: number,
  n: number,
  runnerUp: number = failures,
): number {
  const wanted = looks[look]!;
  const expected = hopefulCount(failures, n, wanted);
  const rival = hopefulCount(runnerUp, n, wanted);
  // No bound certifies a class that has no more votes than another outcome.
  if (wanted - expected <= rival) return 0;
  return bound.certify(look, expected, wanted, rival)?.z ?? 0;
}

/** Returns the count to expect among `wanted` samples at a rate one standard error below that of `count` of `n`. */
function hopefulCount(count: number, n: number, wanted: number): number {
  const rate = count / n;
  const hopeful = Math.max(0, rate - Math.sqrt(Math.max(rate * (1 - rate), 1 / n) / n));
  return Math.floor(hopeful * wanted + 0.5);
}
