import { describe, expect, it } from 'vitest';

import { looksFor } from '../../statistics/schedule.js';
import { hardestPoints, worstError } from './chain.js';
import { twoClassesRunnerUp } from './rules.js';
import { compileDecision } from '../../coordinator/core/look.js';
import type { Claim } from '../../shared/job.js';
import { pairOfTables } from '../../statistics/bounds/spending-runner-up.js';
import { gaussian } from '../../statistics/noises/gaussian.js';
import { probabilityOfBad } from './vote-states.js';
import {
  boundIsWrong,
  distributionWith,
  hardestDistributions,
  radiusIsWrong,
  statementsOfFixed,
  statementsOfGain,
  tableIsWrong,
  votesAtLooks,
} from './runner-up.js';
import { simulateRunnerUp } from './runner-up-simulation.js';

const UNIT_NOISE = { kind: 'gaussian', scale: 1 } as const;
const IMAGES = { start: 0, stop: 1, step: 1 };
const ROUNDING = 1e-9;

/** Numbers of outcomes with looks whose states can be listed. */
const SIZES: readonly [number, readonly number[]][] = [
  [3, [8, 16, 32, 64]],
  [4, [8, 16, 32]],
  [5, [6, 12, 20]],
];

function gainClaim(alpha: number, looks: readonly number[], matchedGain: number): Claim {
  const stop = { kind: 'gain', minGain: 0.02 } as const;
  return { alpha, bound: 'spending', stop, looks, images: IMAGES, runnerUp: true, matchedGain };
}

function fixedClaim(alpha: number, n: number): Claim {
  const stop = { kind: 'fixed', selection: 5 } as const;
  return { alpha, bound: 'clopper-pearson', stop, looks: [5, 5 + n], images: IMAGES, runnerUp: true };
}

const LEVELS = [0.001, 0.05, 0.25];
/** Looks of a few samples are matched to such a gain. */
const SHORT_GAIN = 20;

describe.each(LEVELS)('with the runner-up, α = %f: P(some look states what is not so) ≤ α', (alpha) => {
  it.each(SIZES)('gain, %i outcomes, looks %j', (outcomes, looks) => {
    const claim = gainClaim(alpha, looks, SHORT_GAIN);
    const decision = compileDecision(claim, UNIT_NOISE);
    const [plain, invalid] = [false, true].map((last) => statementsOfGain(decision, outcomes, last));
    const tables = pairOfTables(claim, gaussian);
    const votes = votesAtLooks(looks, outcomes);
    const worst = { radius: 0, bound: 0, table: 0 };
    const points = hardestDistributions(plain!, outcomes, outcomes === 3 ? 12 : 10);
    for (const p of points) {
      // An outcome that is invalid votes is certified of nobody, and may be the runner-up.
      for (const statements of [plain!, invalid!]) {
        worst.radius = Math.max(worst.radius, probabilityOfBad(looks, p, statements, radiusIsWrong(p)));
        worst.bound = Math.max(worst.bound, probabilityOfBad(looks, p, statements, boundIsWrong(p)));
      }
      const wrong = tableIsWrong(tables, looks, p);
      worst.table = Math.max(worst.table, probabilityOfBad(looks, p, votes, wrong));
    }
    report(`gain, ${outcomes} outcomes, α = ${alpha}`, alpha, worst, points);
    expect(worst.table / alpha).toBeLessThanOrEqual(1 + ROUNDING);
    expect(worst.radius).toBeLessThanOrEqual(worst.bound + ROUNDING);
    expect(worst.bound).toBeLessThanOrEqual(worst.table + ROUNDING);
    // The harness sees errors at all.
    expect(worst.radius / alpha).toBeGreaterThan(0.1);
  });

  it.each([
    [3, 45, 5],
    [4, 22, 4],
    [5, 16, 4],
  ])('fixed, %i outcomes, %i samples behind the selection', (outcomes, n, every) => {
    const decision = compileDecision(fixedClaim(alpha, n), UNIT_NOISE);
    // Given the selection the class is fixed, and the chance of a wrong certificate is at most that of the worst class.
    const worst = { radius: 0, bound: 0 };
    let points: number[][] = [];
    for (const [invalid, classIndex] of [
      [false, 0],
      [false, 1],
      [true, 0],
    ] as const) {
      const statements = statementsOfFixed(decision, outcomes, classIndex, invalid);
      points = hardestDistributions(statements, outcomes, every);
      for (const first of points) {
        const p = classIndex === 0 ? first : [first[1]!, first[0]!, ...first.slice(2)];
        worst.radius = Math.max(worst.radius, probabilityOfBad([n], p, statements, radiusIsWrong(p)));
        worst.bound = Math.max(worst.bound, probabilityOfBad([n], p, statements, boundIsWrong(p)));
      }
    }
    report(`fixed, ${outcomes} outcomes, α = ${alpha}`, alpha, worst, points);
    expect(worst.bound / alpha).toBeLessThanOrEqual(1 + ROUNDING);
    expect(worst.radius).toBeLessThanOrEqual(worst.bound + ROUNDING);
    expect(worst.radius / alpha).toBeGreaterThan(0.3);
  });
});

function report(name: string, alpha: number, worst: Record<string, number>, points: number[][]): void {
  const ratios = Object.entries(worst).map(([event, error]) => `${event} ${(error / alpha).toFixed(3)} α`);
  console.log(`runner-up, ${name}: largest errors ${ratios.join(', ')} (${points.length} distributions)`);
}

it.each([
  [0.001, 16_384],
  [0.05, 4096],
  [0.25, 4096],
])('with the runner-up, two classes, shipped looks and shares: α = %f, to %i samples', (alpha, most) => {
  const looks = looksFor({ kind: 'gain', minGain: 0.02 }, 'spending', most);
  const rule = twoClassesRunnerUp(alpha, looks, 0.02);
  const points = hardestPoints(rule).filter((delta, i) => i % 10 === 0 || delta === 0.5);
  const worst = worstError(rule, alpha, points);
  console.log(
    `runner-up, gain, two classes, α = ${alpha}, to ${most} samples: largest error ${worst.ratio.toFixed(3)} α, at p = ${(1 - worst.delta).toPrecision(6)} (${points.length} points)`,
  );
  expect(worst.ratio).toBeLessThanOrEqual(1 + ROUNDING);
  expect(worst.ratio).toBeGreaterThan(0.2);
});

it('the hardest distributions have the radius that is asked for', () => {
  for (const radius of [0, 0.3, 1.7]) {
    const [p, q, rest] = distributionWith(radius, [0.75, 0.25]) as [number, number, number];
    expect(p + q + rest).toBeCloseTo(1, 14);
    expect((gaussian.radiusOf(1 - p) + gaussian.radiusOf(q)) / 2).toBeCloseTo(radius, 9);
  }
});

/**
 * 10,000 images: at α = 0.05 500 errors are allowed, standard deviation 22; the limit is 4 of them above. An error of 1.35 α (675
 * expected, sd 25) would exceed it with probability 0.999.
 */
describe('with the runner-up, many classes by simulation', () => {
  const images = 10_000;
  const many = (first: number, classes: number) => [
    first,
    ...Array<number>(classes).fill((1 - first) / classes),
  ];
  const DISTRIBUTIONS: [string, number[], boolean][] = [
    ['three alike', [1 / 3, 1 / 3, 1 / 3], false],
    ['second and third alike', [0.5, 0.25, 0.25], false],
    ['first and second alike', [0.45, 0.45, 0.1], false],
    ['second and third nearly alike, no majority', [0.4, 0.305, 0.295], false],
    ['five outcomes', [0.3, 0.2, 0.2, 0.2, 0.1], false],
    ['a clear class', [0.9, 0.05, 0.03, 0.02], false],
    ['40 others', many(0.2, 40), false],
    ['40 others, hardly less likely', many(0.03, 40), false],
    ['many invalid votes', [0.5, 0.28, 0.22], true],
    ['as many invalid votes as of the class', [0.45, 0.1, 0.45], true],
  ];
  const cases = [0.05, 0.25].flatMap((alpha) => DISTRIBUTIONS.map((one) => [alpha, ...one] as const));

  it.each(cases)('gain and fixed at α = %f: %s', (alpha, name, probabilities, invalid) => {
    const gain = compileDecision(gainClaim(alpha, [64, 128, 256], 2), UNIT_NOISE);
    const fixed = compileDecision(fixedClaim(alpha, 200), UNIT_NOISE);
    const allowed = alpha * images;
    const limit = allowed + 4 * Math.sqrt(allowed * (1 - alpha));
    for (const [rule, decision] of [
      ['gain', gain],
      ['fixed', fixed],
    ] as const) {
      const found = simulateRunnerUp({ decision, probabilities, invalid, images, seed: 20_301_130 });
      console.log(
        `runner-up, ${rule}, ${name}, α = ${alpha}: radius ${(found.radius / allowed).toFixed(3)} α, bound ${(found.bound / allowed).toFixed(3)} α, in the end ${(found.final / allowed).toFixed(3)} α`,
      );
      expect(found.bound).toBeLessThanOrEqual(limit);
      expect(found.radius).toBeLessThanOrEqual(found.bound);
      expect(found.final).toBeLessThanOrEqual(found.radius);
    }
  });
});
