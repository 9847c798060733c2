import { describe, expect, it } from 'vitest';

import { compileDecision } from '../../coordinator/core/look.js';
import type { BoundName, Claim, StoppingRule } from '../../shared/job.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { looksFor } from '../../statistics/schedule.js';
import { hardestPoints, worstError } from './chain.js';
import { fixedLaw, repeatedLaw } from './procedure.js';
import { ruleOf, shippedRule, targetRuleOf } from './rules.js';
import { errorOfStages, hardestOfStages, stagesOf } from './two-stage.js';

/**
 * The error of every pair of rule and bound with the noises whose radii are in L1, exactly as error.test.ts computes that of Gaussian
 * noise. The noise decides at which failure probabilities `spending` and `target` test; the other bounds are on the failure probability alone.
 */

const IMAGES = { start: 0, stop: 1, step: 1 };
const ROUNDING = 1e-9;
const LISTS = {
  laplace: [['0'], ['0.5'], ['1.0'], ['2'], ['0', '0.01', '0.5', '1', '1.5'], ['0.25', '0.5', '1.0']],
  uniform: [['0'], ['0.5'], ['0.7'], ['0.95'], ['0', '0.01', '0.4', '0.7', '0.9'], ['0.2', '0.4', '0.7']],
} as const;

function report(name: string, { ratio, delta }: { ratio: number; delta: number }, points: number): void {
  console.log(
    `${name}: largest error ${ratio.toFixed(4)} α, at p = ${(1 - delta).toPrecision(8)} (${points} points)`,
  );
}

function claimOf(stop: StoppingRule, bound: BoundName, alpha: number, maxSamples: number): Claim {
  const claim = { alpha, bound, stop, looks: looksFor(stop, bound, maxSamples), images: IMAGES };
  return stop.kind === 'gain' && bound === 'spending' ? { ...claim, matchedGain: stop.minGain } : claim;
}

/** Returns the largest error over these failure probabilities, as a multiple of α, and where it is. */
function largest(points: readonly number[], alpha: number, errorAt: (delta: number) => number) {
  let worst = { ratio: 0, delta: 0.5 };
  for (const delta of points) {
    const ratio = errorAt(delta) / alpha;
    if (ratio > worst.ratio) worst = { ratio, delta };
  }
  return worst;
}

describe.each(['laplace', 'uniform'] as const)('with %s noise the error is at most α:', (kind) => {
  const noise = NOISES[kind];
  const unit = { kind, scale: 1 };

  it.each(
    [0.001, 0.05, 0.25].flatMap((alpha) =>
      (['spending', 'anytime'] as const).map((b) => [b, alpha] as const),
    ),
  )('gain with %s, α = %f, any look to 1,024 and the whole procedure to 512', (bound, alpha) => {
    const rule = shippedRule(bound, alpha, 1024, noise);
    const points = hardestPoints(rule);
    const worst = worstError(rule, alpha, points);
    report(`${kind}: ${bound}, α = ${alpha}, 1,024 samples`, worst, points.length);
    expect(points.length).toBeGreaterThan(100);
    expect(worst.ratio).toBeLessThanOrEqual(1 + ROUNDING);
    expect(worst.ratio).toBeGreaterThan(0.3);
    const claim = claimOf({ kind: 'gain', minGain: 0.02 }, bound, alpha, 512);
    const decision = compileDecision(claim, unit);
    const some = hardestPoints(ruleOf(bound, alpha, claim.looks, noise, claim.matchedGain)).filter(
      (delta, i) => i % 12 === 0 || delta === 0.5,
    );
    const procedure = largest(some, alpha, (delta) => repeatedLaw(decision, delta).error);
    expect(procedure.ratio).toBeLessThanOrEqual(1 + ROUNDING);
    expect(procedure.ratio).toBeGreaterThan(0.01);
  });

  it('gain with spending, any look of its default schedule to 100,000', () => {
    const rule = shippedRule('spending', 0.001, 100_000, noise);
    const points = hardestPoints(rule).filter((delta, i) => i % 5 === 0 || delta === 0.5);
    const worst = worstError(rule, 0.001, points);
    report(`${kind}: spending, α = 0.001, 100,000 samples`, worst, points.length);
    expect(worst.ratio).toBeLessThanOrEqual(1 + ROUNDING);
  });

  it.each([0.001, 0.05])('fixed with clopper-pearson, α = %f', (alpha) => {
    const claim = claimOf({ kind: 'fixed', selection: 20 }, 'clopper-pearson', alpha, 100);
    const decision = compileDecision(claim, unit);
    const points = hardestPoints(ruleOf('clopper-pearson', alpha, [100], noise));
    const worst = largest(points, alpha, (delta) => fixedLaw(decision, delta).error);
    report(`${kind}: fixed, α = ${alpha}`, worst, points.length);
    expect(worst.ratio).toBeLessThanOrEqual(1 + ROUNDING);
    expect(worst.ratio).toBeGreaterThan(0.9);
  });

  it.each([0.001, 0.05, 0.25].flatMap((alpha) => LISTS[kind].map((radii) => [alpha, radii] as const)))(
    'target with anytime, α = %f, radii %j (in λ), any look to 2,272 and the whole procedure',
    (alpha, radii) => {
      const claim = claimOf({ kind: 'target', radii }, 'anytime', alpha, 2272);
      const rule = targetRuleOf(radii, alpha, claim.looks, noise);
      const points = hardestPoints(rule);
      const worst = worstError(rule, alpha, points);
      report(`${kind}: target ${radii.join(',')}, α = ${alpha}`, worst, points.length);
      expect(worst.ratio).toBeLessThanOrEqual(1 + ROUNDING);
      expect(worst.ratio).toBeGreaterThan(0.1);
      const decision = compileDecision(claim, unit);
      const procedure = largest(points, alpha, (delta) => repeatedLaw(decision, delta).error);
      expect(procedure.ratio).toBeLessThanOrEqual(worst.ratio + ROUNDING);
    },
  );

  it.each([
    [0.001, 0.1],
    [0.05, 0.5],
    [0.25, 0.02],
  ])('two-stage with clopper-pearson, α = %f, price %f', (alpha, minGain) => {
    const claim = claimOf({ kind: 'two-stage', minGain }, 'clopper-pearson', alpha, 1500);
    const decision = compileDecision(claim, unit);
    const stages = stagesOf(decision, (look, prefixes) => decision.at(look, prefixes, null).held);
    const points = hardestOfStages(stages, 300);
    const worst = largest(points, alpha, (delta) => errorOfStages(stages, delta));
    report(`${kind}: two-stage, α = ${alpha}, price ${minGain}`, worst, points.length);
    expect(worst.ratio).toBeLessThanOrEqual(1 + ROUNDING);
    expect(worst.ratio).toBeGreaterThan(0.3);
  });
});
