import kernelBetaincinv from '@stdlib/math-base-special-kernel-betaincinv';

import type { Noise } from '../noises/noise.js';
import { boundByCounts } from './bound-by-counts.js';
import { NO_RADIUS, type CompiledBound, type ProvenBound } from './bound.js';
import { certifiedPair, FRESH_VOTES } from './runner-up.js';

const PEEKING =
  'it decides after seeing the counts, and a bound made for one look errs up to 35 times as often when looked at repeatedly';

/**
 * The bound `clopper-pearson`, for one look. Guarantee: P(what is certified is not true) ≤ alpha, if the class and the
 * number of samples were chosen without looking at these samples.
 */
export const clopperPearson = {
  name: 'clopper-pearson',
  proves: true,
  rules: {
    gain: PEEKING,
    target: PEEKING,
    'two-stage': null,
    fixed: null,
    budget: PEEKING,
    predict: NO_RADIUS,
  },
  looks: null,
  remark: null,
  compile: ({ alpha, runnerUp }, noise) =>
    runnerUp
      ? clopperPearsonRunnerUp(alpha, noise)
      : boundByCounts(noise, (failures, n) => clopperPearsonDelta(failures, n, alpha)),
} as const satisfies ProvenBound;

/**
 * The bound of a claim with the runner-up. Guarantee: P(the class or its true runner-up is bounded wrongly) ≤ alpha, if the class and the number
 * of samples were chosen without looking at these samples. However many outcomes there are, the true runner-up is one of them.
 */
function clopperPearsonRunnerUp(alpha: number, noise: Noise): CompiledBound {
  return {
    certify: (_look, failures, n, runnerUp = failures) =>
      certifiedPair(
        noise,
        clopperPearsonDelta(failures, n, FRESH_VOTES.ofClass * alpha),
        clopperPearsonDelta(runnerUp, n, FRESH_VOTES.runnerUp * alpha),
      ),
  };
}

/**
 * Returns Clopper and Pearson's one-sided bound (1934): the δ with P(Bin(n, δ) ≤ failures) = alpha. With probability at
 * least 1 − alpha it is no less than the failure probability, if n and the class were fixed before the first of these
 * n samples was seen. Raw: radius.ts makes of it what may be published. 0 ≤ failures ≤ n, n ≥ 1; 1 if all failed.
 */
export function clopperPearsonDelta(failures: number, n: number, alpha: number): number {
  if (failures === 0) return -Math.expm1(Math.log(alpha) / n);
  if (failures === n) return 1;
  return kernelBetaincinv(n - failures, failures + 1, alpha, 1 - alpha)[1]!;
}
