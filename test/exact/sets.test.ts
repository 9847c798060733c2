import { describe, expect, it } from 'vitest';

import { compileDecision } from '../../coordinator/core/look.js';
import { budgetRule } from '../../coordinator/core/repeated-looks.js';
import type { Claim } from '../../shared/job.js';
import { compileBound } from '../../statistics/bounds/bounds.js';
import { budgetGain } from '../../statistics/budget-gain.js';
import { gaussian } from '../../statistics/noises/gaussian.js';
import { looksFor } from '../../statistics/schedule.js';
import { wrongInSets } from './sets.js';

const UNIT_NOISE = { kind: 'gaussian', scale: 1 } as const;
/** Classes that are hard to tell apart, and some that are not: how samples are shared out follows the votes of all. */
const KINDS = [[0.5, 0.5], [0.52, 0.48], [0.6, 0.4], [0.45, 0.35, 0.2], [0.8, 0.2], [0.95, 0.05], [0.99, 0.01], [0.999, 0.001]]; // prettier-ignore
const IMAGES = Array.from({ length: 40 }, (_, image) => KINDS[image % KINDS.length]!);
const [MEAN, MOST, SETS] = [300, 1500, 300];

function claimOf(bound: 'spending' | 'anytime', alpha: number): Claim {
  const totalSamples = MEAN * IMAGES.length;
  const stop = { kind: 'budget', totalSamples } as const;
  const matched = bound === 'spending' ? { matchedGain: budgetGain(IMAGES.length, totalSamples) } : {};
  const images = { start: 0, stop: IMAGES.length, step: 1 };
  return { alpha, bound, stop, looks: looksFor(stop, bound, MOST), images, ...matched };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Returns P(Bin(n, p) > k). */
function binomialTail(n: number, p: number, k: number): number {
  let term = (1 - p) ** n;
  let below = term;
  for (let i = 1; i <= k; i++) {
    term *= ((n - i + 1) / i) * (p / (1 - p));
    below += term;
  }
  return 1 - below;
}

describe('of images that share a total', () => {
  const totalSamples = MEAN * IMAGES.length;

  it.each([
    ['spending', 0.05],
    ['spending', 0.25],
    ['anytime', 0.05],
    ['anytime', 0.25],
  ] as const)(
    'with %s at α = %f no more are wrong in a set than independent ones would be',
    (bound, alpha) => {
      const decision = compileDecision(claimOf(bound, alpha), UNIT_NOISE);
      const wrong = wrongInSets({ decision, totalSamples, images: IMAGES, sets: SETS, seed: 3 });
      const images = SETS * IMAGES.length;
      const share = sum(wrong) / images;
      console.log(
        `budget, ${bound}, α = ${alpha}: ${sum(wrong)} of ${images} wrong, ${(share / alpha).toFixed(3)} α`,
      );
      expect(share).toBeLessThan(alpha + 4 * Math.sqrt((alpha * (1 - alpha)) / images));
      expect(share).toBeGreaterThan(0.05 * alpha);
      for (const most of [1, 2, 4, 8, 12, 16]) {
        const allowed = binomialTail(IMAGES.length, alpha, most);
        const seen = wrong.filter((count) => count > most).length / SETS;
        expect(seen).toBeLessThanOrEqual(allowed + 4 * Math.sqrt((allowed * (1 - allowed)) / SETS) + 1e-12);
      }
    },
  );

  it.each([0.05, 0.25])('a bound for one look at every look is found out, at α = %f', (alpha) => {
    const claim = claimOf('spending', alpha);
    const bound = compileBound({ bound: 'clopper-pearson', alpha, looks: claim.looks }, gaussian);
    const planted = {
      ...compileDecision(claim, UNIT_NOISE),
      ...budgetRule(claim, totalSamples, bound),
      bound,
    };
    const wrong = wrongInSets({ decision: planted, totalSamples, images: IMAGES, sets: 100, seed: 3 });
    const images = 100 * IMAGES.length;
    console.log(`planted in budget, α = ${alpha}: ${(sum(wrong) / images / alpha).toFixed(3)} α`);
    expect(sum(wrong) / images).toBeGreaterThan(alpha + 4 * Math.sqrt((alpha * (1 - alpha)) / images));
  });
});
