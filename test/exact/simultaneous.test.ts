import { describe, expect, it } from 'vitest';

import type { Decision } from '../../coordinator/core/decision.js';
import { compileDecision } from '../../coordinator/core/look.js';
import type { BoundName, Claim, StoppingRule } from '../../shared/job.js';
import { looksFor } from '../../statistics/schedule.js';
import { hardestPoints } from './chain.js';
import { fixedLaw, repeatedLaw } from './procedure.js';
import { ruleOf, targetRuleOf } from './rules.js';
import { errorOfStages, hardestOfStages, stagesOf } from './two-stage.js';

/**
 * The probability that any certificate of a job about all its images together is wrong, exactly: the noises of images are independent, so
 * that it is 1 − Π(1 − error of an image). All images are the hardest one.
 */

const NOISE = { kind: 'gaussian', scale: 1 } as const;
const ROUNDING = 1e-9;

interface Pair {
  readonly bound: BoundName;
  readonly stop: StoppingRule;
}

const PAIRS: readonly Pair[] = [
  { bound: 'spending', stop: { kind: 'gain', minGain: 0.5 } },
  { bound: 'anytime', stop: { kind: 'gain', minGain: 0.5 } },
  { bound: 'anytime', stop: { kind: 'target', radii: ['0.5', '1.0'] } },
  { bound: 'clopper-pearson', stop: { kind: 'two-stage', minGain: 0.5 } },
  { bound: 'clopper-pearson', stop: { kind: 'fixed', selection: 20 } },
];

function claimOf({ bound, stop }: Pair, alpha: number, images: number, together: boolean): Claim {
  const looks = looksFor(stop, bound, stop.kind === 'fixed' ? 100 : 256);
  const matched = bound === 'spending' && stop.kind === 'gain' ? { matchedGain: stop.minGain } : {};
  const simultaneous = together ? { simultaneous: true as const } : {};
  return {
    alpha,
    bound,
    stop,
    looks,
    images: { start: 0, stop: images, step: 1 },
    ...matched,
    ...simultaneous,
  };
}

/** Returns the largest error of an image, over failure probabilities just above those that the pair can certify at this level. */
function imageError({ bound, stop }: Pair, decision: Decision, level: number): number {
  if (stop.kind === 'two-stage') {
    const stages = stagesOf(decision, (look, prefixes) => decision.at(look, prefixes, null).held);
    return Math.max(...hardestOfStages(stages, 100).map((delta) => errorOfStages(stages, delta)));
  }
  if (stop.kind === 'fixed') {
    const points = hardestPoints(ruleOf(bound, level, [100]));
    return Math.max(...points.map((delta) => fixedLaw(decision, delta).error));
  }
  const rule =
    stop.kind === 'target'
      ? targetRuleOf(stop.radii, level, decision.looks)
      : ruleOf(bound, level, decision.looks);
  const points = hardestPoints(rule).filter((delta, i) => i % 6 === 0 || delta === 0.5);
  return Math.max(...points.map((delta) => repeatedLaw(decision, delta).error));
}

/** Returns P(any of so many images has a wrong certificate) / α. */
function setError(pair: Pair, alpha: number, images: number, together: boolean): number {
  const decision = compileDecision(claimOf(pair, alpha, images, together), NOISE);
  const level = together ? 1 - (1 - alpha) ** (1 / images) : alpha;
  return -Math.expm1(images * Math.log1p(-imageError(pair, decision, level))) / alpha;
}

const cases = PAIRS.flatMap((pair) => [0.05, 0.25].map((alpha) => ({ pair, alpha, name: nameOf(pair) })));

function nameOf({ bound, stop }: Pair): string {
  return `${stop.kind} with ${bound}`;
}

describe('P(any certificate of a job is wrong)', () => {
  it.each(cases)('of $name is at most α = $alpha for 20 images together', ({ pair, alpha, name }) => {
    const ratio = setError(pair, alpha, 20, true);
    console.log(`${name}, 20 images together, α = ${alpha}: largest error ${ratio.toFixed(4)} α`);
    expect(ratio).toBeLessThanOrEqual(1 + ROUNDING);
    expect(ratio).toBeGreaterThan(0.05);
  });

  it.each(cases)(
    'of $name at $alpha for each image is above it: the test would see it',
    ({ pair, alpha }) => {
      expect(setError(pair, alpha, 20, false)).toBeGreaterThan(1.5);
    },
  );
});
