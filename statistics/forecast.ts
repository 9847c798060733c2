import type { CompiledBound } from './bounds/bound.js';

/** Failures to expect among `wanted` samples, if the rate of `failures` of `n` goes on. */
export function forecastFailures(failures: number, n: number, wanted: number): number {
  return Math.floor((wanted * failures) / n + 0.5);
}

/**
 * The z (radius in units of the noise scale) to expect at the look with index `look`, if the rate of `failures` of `n`
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
 * The same for an image that certifies nothing yet, one standard error on the hopeful side: an image whose rate may
 * well be lower than it looks is not given up.
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
