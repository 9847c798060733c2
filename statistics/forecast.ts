import type { CompiledBound } from './bounds/bound.js';

/** Returns the failures to expect among `wanted` samples, if the rate of `failures` of `n` goes on. */
export function forecastFailures(failures: number, n: number, wanted: number): number {
  return Math.floor((wanted * failures) / n + 0.5);
}

/**
 * Returns the z (radius in units of the noise's scale) to expect at the look with index `look`, if the rate of `failures` of `n`
 * samples goes on; 0 if nothing would be certified. A plan, not a bound: nothing is claimed from it.
 */
export function forecastZ(
  bound: CompiledBound,
  looks: readonly number[],
  look: number,
  failures: number,
  n: number,
): number {
  const wanted = looks[look]!;
  return bound.certify(look, forecastFailures(failures, n, wanted), wanted)?.z ?? 0;
}

/**
 * Returns the z to expect for an image that certifies nothing yet, at a rate of failures one standard error below the
 * measured one: an image whose rate may well be lower than it looks is not given up.
 */
export function hopefulZ(
  bound: CompiledBound,
  looks: readonly number[],
  look: number,
  failures: number,
  n: number,
): number {
  const rate = failures / n;
  const hopeful = Math.max(0, rate - Math.sqrt(Math.max(rate * (1 - rate), 1 / n) / n));
  const wanted = looks[look]!;
  const expected = Math.floor(hopeful * wanted + 0.5);
  return 2 * expected >= wanted ? 0 : (bound.certify(look, expected, wanted)?.z ?? 0);
}
