import { anytimeDelta } from '../confidence-sequence.js';
import { boundByCounts } from './bound-by-counts.js';
import { ONE_LOOK, type ProvenBound } from './bound.js';

const FIRST_LOOK = 64;

/**
 * The bound `anytime`: a confidence sequence, which holds at every number of samples. Guarantee: P(for some look and
 * class, what is certified is not true) ≤ alpha, whatever rule stops (Theorem C).
 */
export const anytime = {
  name: 'anytime',
  proves: true,
  rules: { gain: null, target: null, 'two-stage': ONE_LOOK, fixed: ONE_LOOK, budget: null, predict: null },
  looks: looksByHalf,
  remark: null,
  compile: ({ alpha }, noise) => boundByCounts(noise, (failures, n) => anytimeDelta(failures, n, alpha)),
} as const satisfies ProvenBound;

/** Returns ⌈64 · 1.5^j⌉ below `maxSamples`, then `maxSamples`. */
function looksByHalf(maxSamples: number): number[] {
  const looks = [];
  for (let j = 0n; ; j++) {
    const n = Number((BigInt(FIRST_LOOK) * 3n ** j + 2n ** j - 1n) / 2n ** j);
    if (n >= maxSamples) return [...looks, maxSamples];
    looks.push(n);
  }
}
