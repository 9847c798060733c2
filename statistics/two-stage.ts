import type { CompiledBound } from './bounds/bound.js';
import { forecastFailures } from './forecast.js';
import { ImpossibleClaim } from './impossible-claim.js';

/** Samples of the pilot: they choose the class and the length of the second stage, and bound nothing. */
export const PILOT = 64;

const FEWEST = 16;
const PER_SAMPLES = 1000;

/** Returns the numbers of samples that a second stage may have: growing by a tenth, the last one all that is left. */
export function stageLengths(most: number): number[] {
  const lengths = [];
  for (let n = FEWEST; n < most; n += Math.ceil(n / 10)) lengths.push(n);
  return [...lengths, most];
}

/**
 * Returns 64, then 64 + each length that the second stage may have, the last of them `maxSamples`. An image is decided at
 * the first and at one of the others.
 *
 * @throws BUDGET_TOO_SMALL where nothing is left behind the pilot
 */
export function twoStageLooks(maxSamples: number): number[] {
  if (maxSamples > PILOT) return [PILOT, ...stageLengths(maxSamples - PILOT).map((n) => PILOT + n)];
  throw new ImpossibleClaim({ reason: 'nothing-behind-pilot', samples: maxSamples, pilot: PILOT });
}

/**
 * Returns how many fresh samples are worth their price after a pilot with these failures: the n among `lengths` with the
 * largest z − minGain · n / 1000, where z is what `bound` would certify if the pilot's rate went on; ties to the fewest;
 * 0 if none is worth anything. A function of the pilot alone: the bound may spend its whole α on the fresh samples.
 */
export function plannedLength(
  bound: CompiledBound,
  lengths: readonly number[],
  minGain: number,
  failures: number,
): number {
  const price = minGain / PER_SAMPLES;
  let best = { length: 0, value: 0 };
  for (const n of lengths) {
    const z = bound.certify(1, forecastFailures(failures, PILOT, n), n)?.z ?? 0;
    const value = z - price * n;
    if (value > best.value) best = { length: n, value };
  }
  return best.length;
}
