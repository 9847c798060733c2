import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compileDecision } from '../../coordinator/core/look.js';
import type { Claim } from '../../shared/job.js';
import { matchedShares } from '../../statistics/matched-shares.js';
import { gaussian } from '../../statistics/noises/gaussian.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { looksFor } from '../../statistics/schedule.js';
import { evenShares, spendingRow, theoremLevel } from '../../statistics/spending-table.js';
import { binomialLaw, hardestPoints, worstError, type Rule } from './chain.js';
import { repeatedLaw } from './procedure.js';
import { evenRule, ruleOf, shippedRule, unsharedSpendingRule } from './rules.js';

/**
 * The tables of `spending` at the extremes of price, level, budget and noise, exactly as error.test.ts computes the error of the default.
 * `bench/spending-error.mjs` has a longer grid, with code of its own.
 */

const ROUNDING = 1e-9;
const PRICES = [0, 1e-9, 0.001, 0.01, 0.02, 0.1, 1, 1e6, 1e300];
/** Twelve looks reach so far and no farther. */
const LARGEST_BUDGET = 196_607;
const NAMES = Object.keys(NOISES) as (keyof typeof NOISES)[];

/** The largest error of a rule as a multiple of α, at ½ and at about `most` of the points where it is pressed hardest. */
function largest(rule: Rule, alpha: number, most: number): number {
  const points = hardestPoints(rule);
  const every = Math.max(1, Math.ceil(points.length / most));
  return worstError(
    rule,
    alpha,
    points.filter((delta, i) => i % every === 0 || delta === 0.5),
  ).ratio;
}

describe('spending that is matched to a gain certifies wrongly with probability at most α:', () => {
  it.each(NAMES.flatMap((kind) => [1e-12, 0.001, 0.25].map((alpha) => [kind, alpha] as const)))(
    '%s noise, α = %f, every price, budgets to 1,024',
    (kind, alpha) => {
      for (const budget of [65, 100, 191, 192, 1024]) {
        // At α = 1e-12 fewer than 40 votes certify nothing; each of these budgets certifies something.
        const errors = PRICES.map((price) =>
          largest(shippedRule('spending', alpha, budget, NOISES[kind], price), alpha, 40),
        );
        expect(Math.max(...errors)).toBeLessThanOrEqual(1 + ROUNDING);
        expect(Math.min(...errors)).toBeGreaterThan(0.3);
      }
    },
  );

  it.each([
    ['gaussian', 100_000, 0.001, 0],
    ['gaussian', 100_000, 0.001, 0.1],
    ['gaussian', 100_000, 1e-12, 0.02],
    ['gaussian', LARGEST_BUDGET, 0.25, 0.001],
    ['laplace', LARGEST_BUDGET, 0.05, 1],
    ['laplace', 100_000, 0.001, 1e300],
    ['uniform', LARGEST_BUDGET, 0.001, 0.01],
    ['uniform', 100_000, 0.25, 0.02],
  ] as const)('%s noise to %i samples, α = %f, price %f', (kind, budget, alpha, price) => {
    const error = largest(shippedRule('spending', alpha, budget, NOISES[kind], price), alpha, 60);
    console.log(`${kind}: spending, α = ${alpha}, ${budget} samples, price ${price}: ${error.toFixed(4)} α`);
    expect(error).toBeLessThanOrEqual(1 + ROUNDING);
    expect(error).toBeGreaterThan(0.3);
  });

  it.each([
    [0.001, 0.1],
    [0.05, 1],
    [0.25, 0.001],
    [0.25, 1e6],
  ])('the whole procedure, α = %f, price %f', (alpha, minGain) => {
    const stop = { kind: 'gain', minGain } as const;
    const looks = looksFor(stop, 'spending', 512);
    const images = { start: 0, stop: 1, step: 1 };
    const claim: Claim = { alpha, bound: 'spending', stop, looks, images, matchedGain: minGain };
    const decision = compileDecision(claim, { kind: 'gaussian', scale: 1 });
    const points = hardestPoints(ruleOf('spending', alpha, looks, gaussian, minGain));
    const some = points.filter((delta, i) => i % 25 === 0 || delta === 0.5);
    const errors = some.map((delta) => repeatedLaw(decision, delta).error / alpha);
    expect(Math.max(...errors)).toBeLessThanOrEqual(1 + ROUNDING);
    expect(Math.max(...errors)).toBeGreaterThan(0.01);
  });
});

describe('spending with the even shares of version 0.1.0 certifies wrongly with probability at most α:', () => {
  it.each(NAMES)('%s noise', (kind) => {
    for (const alpha of [0.001, 0.05, 0.25]) {
      const error = largest(evenRule(alpha, 1024, NOISES[kind]), alpha, Infinity);
      console.log(`${kind}: spending, even shares, α = ${alpha}, 1,024 samples: ${error.toFixed(4)} α`);
      expect(error).toBeLessThanOrEqual(1 + ROUNDING);
      expect(error).toBeGreaterThan(0.3);
    }
    const error = largest(evenRule(0.001, 100_000, NOISES[kind]), 0.001, 60);
    expect(error).toBeLessThanOrEqual(1 + ROUNDING);
  });
});

describe('a null of spending', () => {
  const schedule = fc
    .uniqueArray(
      fc.double({ min: 0, max: 9, noNaN: true }).map((decades) => Math.floor(10 ** decades)),
      { minLength: 1, maxLength: 12 },
    )
    .map((looks) => looks.sort((a, b) => a - b));
  const price = fc.option(fc.oneof(fc.constantFrom(...PRICES), fc.double({ min: 0, max: 1, noNaN: true })));
  const level = fc.double({ min: -12, max: Math.log10(0.25), noNaN: true }).map((decades) => 10 ** decades);
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  it('spends no more than its level, by sums of its own, for any schedule to 1e9 samples', () => {
    fc.assert(
      fc.property(
        schedule,
        price,
        level,
        share,
        fc.constantFrom(...NAMES),
        (looks, minGain, alpha, part, kind) => {
          const noise = NOISES[kind];
          const reach = noise.radiusOf(-Math.expm1(Math.log(alpha) / looks.at(-1)!));
          const delta = noise.deltaOf(part * Math.max(0, Math.min(reach, 0.998 * noise.farthest)));
          const shares =
            minGain === null ? evenShares(looks) : matchedShares({ looks, alpha, minGain, noise });
          const row = spendingRow({ looks, level: theoremLevel(alpha), shares }, delta);
          const spent = looks.map((n, look) => lowerTail(n, delta, row[look]!)).reduce((a, b) => a + b, 0);
          expect(spent / theoremLevel(alpha)(delta)).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('that spent its whole level at every look would err more often than α', () => {
    const looks = looksFor({ kind: 'gain', minGain: 0.02 }, 'spending', 1024);
    expect(largest(unsharedSpendingRule(0.001, looks), 0.001, 100)).toBeGreaterThan(1.5);
  });
});

/** P(Bin(n, delta) ≤ most), summed from the smallest term. */
function lowerTail(n: number, delta: number, most: number): number {
  const { first, mass } = binomialLaw(n, delta);
  let sum = 0;
  for (let count = first; count <= Math.min(most, first + mass.length - 1); count++)
    sum += mass[count - first]!;
  return sum;
}
