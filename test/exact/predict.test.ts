import { describe, expect, it } from 'vitest';

import { compileDecision } from '../../coordinator/core/look.js';
import type { Claim } from '../../shared/job.js';
import { SEQUENCE_TEST, TWO_SIDED_TEST } from '../../statistics/predict.js';
import { looksFor } from '../../statistics/schedule.js';
import { everPredicted, massOf, remembered } from './multinomial.js';
import { predictionLaw, wronglyPredicted } from './predict-law.js';

/**
 * The error of `predict`: P(a class is predicted that is no more likely than some other outcome). It is exact but where a simulation is
 * named. Probabilities that are equal are the hardest: none of these classes is more likely than all others.
 */

const UNIT_NOISE = { kind: 'gaussian', scale: 1 } as const;
const ALPHAS = [0.001, 0.05, 0.25];
const ROUNDING = 1e-9;

/** Probabilities of outcomes, and how many votes are followed; the first outcome is no more likely than some other one. */
const HARD: readonly (readonly [most: number, probabilities: readonly number[]])[] = [
  [600, [0.5, 0.5]],
  [600, [0.49, 0.51]],
  [600, [0.3, 0.7]],
  [200, [1 / 3, 1 / 3, 1 / 3]],
  [200, [0.45, 0.45, 0.1]],
  [200, [0.49, 0.49, 0.02]],
  [200, [0.3, 0.4, 0.3]],
  [60, [0.25, 0.25, 0.25, 0.25]],
  [60, [0.4, 0.4, 0.1, 0.1]],
  [60, [0.45, 0.45, 0.05, 0.05]],
];

const rest = (counts: readonly number[], at: number): number =>
  counts.reduce((most, count, i) => (i === at ? most : Math.max(most, count)), 0);

const isWrong = (probabilities: readonly number[], c: number): boolean =>
  probabilities.some((p, j) => j !== c && p >= probabilities[c]!);

function claimOf(bound: 'anytime' | 'two-sided', alpha: number, maxSamples: number): Claim {
  const stop = { kind: 'predict' } as const;
  const looks = looksFor(stop, bound, maxSamples);
  return { alpha, bound, stop, looks, images: { start: 0, stop: 1, step: 1 } };
}

/** P(a wrong class is predicted after `n` votes by `refutes`, applied to the leader and the second outcome of the same votes). */
function errorOfOneLook(
  probabilities: readonly number[],
  n: number,
  refutes: (votes: number, runnerUp: number) => boolean,
): number {
  return massOf(probabilities, n, (counts) => {
    const most = Math.max(...counts);
    const leader = counts.indexOf(most);
    return isWrong(probabilities, leader) && refutes(most, rest(counts, leader));
  });
}

describe.each(ALPHAS)('predict errs with probability at most α = %f', (alpha) => {
  it('with anytime, after the pilot chose a wrong class, looked at after every vote', () => {
    const refutes = remembered((votes, runnerUp) => SEQUENCE_TEST.refutes(votes, runnerUp, alpha));
    const ratios = HARD.map(([most, probabilities]) => {
      const error = everPredicted(probabilities, most, (counts) => refutes(counts[0]!, rest(counts, 0)));
      return error / alpha;
    });
    report('anytime, any look', alpha, ratios);
    for (const ratio of ratios) expect(ratio).toBeLessThanOrEqual(1 + ROUNDING);
    expect(Math.max(...ratios)).toBeGreaterThan(0.6);
  });

  it('with two-sided, where the same votes chose the class', () => {
    const refutes = remembered((votes, runnerUp) => TWO_SIDED_TEST.refutes(votes, runnerUp, alpha));
    const numbers = [600, 100, 50];
    const ratios = HARD.map(
      ([, probabilities]) =>
        errorOfOneLook(probabilities, numbers[probabilities.length - 2]!, refutes) / alpha,
    );
    report('two-sided', alpha, ratios);
    for (const ratio of ratios) expect(ratio).toBeLessThanOrEqual(1 + ROUNDING);
    expect(Math.max(...ratios)).toBeGreaterThan(0.8);
  });

  it('with two-sided, at every number of samples from the fewest to 200', () => {
    const refutes = remembered((votes, runnerUp) => TWO_SIDED_TEST.refutes(votes, runnerUp, alpha));
    for (let n = 3; n <= 200; n++) {
      expect(errorOfOneLook([0.5, 0.5], n, refutes) / alpha).toBeLessThanOrEqual(1 + ROUNDING);
    }
  });

  it.each(['anytime', 'two-sided'] as const)('as a whole procedure of two classes, %s', (bound) => {
    const decision = compileDecision(claimOf(bound, alpha, 2000), UNIT_NOISE);
    const { first, second } = predictionLaw(decision, 0.5);
    expect((first + second) / alpha).toBeLessThanOrEqual(1 + ROUNDING);
    // Giving up early takes much of what the test alone would err.
    expect((first + second) / alpha).toBeGreaterThan(0.1);
    for (const delta of [0.499, 0.49, 0.45, 0.4, 0.2]) {
      expect(predictionLaw(decision, delta).second / alpha).toBeLessThanOrEqual(0.5);
    }
  });
});

function report(name: string, alpha: number, ratios: readonly number[]): void {
  const shown = ratios.map(
    (ratio, i) => `${ratio.toFixed(3)} at (${HARD[i]![1].map((p) => p.toFixed(2)).join(', ')})`,
  );
  console.log(`predict, ${name}, α = ${alpha}: error in α: ${shown.join('; ')}`);
}

/** Errors that such a procedure is known to make: the harness must see each. */
describe('the harness catches a planted error of predict:', () => {
  it.each(ALPHAS)('no pilot, so that any class may be named at any look, at level α = %f', (alpha) => {
    const refutes = remembered((votes, runnerUp) => SEQUENCE_TEST.refutes(votes, runnerUp, alpha));
    const anyClass = (counts: readonly number[]): boolean =>
      counts.some((votes, at) => refutes(votes, rest(counts, at)));
    expect(everPredicted([0.5, 0.5], 600, anyClass) / alpha).toBeGreaterThan(1.2);
  });

  it.each(ALPHAS)('a one-sided test of the class with most votes, α = %f', (alpha) => {
    const refutes = remembered(
      (votes, runnerUp) => votes > runnerUp && TWO_SIDED_TEST.pValue(votes, runnerUp) / 2 <= alpha,
    );
    expect(errorOfOneLook([0.5, 0.5], 600, refutes) / alpha).toBeGreaterThan(1.6);
    expect(errorOfOneLook([0.45, 0.45, 0.1], 100, refutes) / alpha).toBeGreaterThan(1.3);
  });

  it('the two-sided test at every look', () => {
    const refutes = remembered((votes, runnerUp) => TWO_SIDED_TEST.refutes(votes, runnerUp, 0.05));
    const looks = looksFor({ kind: 'predict' }, 'anytime', 600);
    const leads = ([a = 0, b = 0]: readonly number[]): boolean => refutes(Math.max(a, b), Math.min(a, b));
    const error = everPredicted([0.5, 0.5], 600, leads, (n) => looks.includes(n));
    expect(error / 0.05).toBeGreaterThan(2);
  });

  it.each(['anytime', 'two-sided'] as const)(
    'invalid votes that are left out: %s names no class they beat',
    (bound) => {
      const probabilities = [0.4, 0.1, 0.5];
      const decision = compileDecision(claimOf(bound, 0.05, 400), UNIT_NOISE);
      const options = { images: 500, seed: 11 };
      expect(wronglyPredicted(decision, probabilities, { ...options, invalid: true }).wrong).toBeLessThan(40);
      const without = probabilities.slice(0, 2).map((p) => p / 0.5);
      expect(wronglyPredicted(decision, without, options).predicted).toBeGreaterThan(450);
    },
  );
});

/**
 * 20,000 images at α = 0.05: 1,000 errors are allowed, standard deviation 31. The limit is 4 of them above. An error of 1.3 α
 * would exceed it with probability above 0.9999.
 */
describe('predict of many classes, by simulation', () => {
  const [alpha, images] = [0.05, 20_000];
  const even = (count: number): number[] => Array<number>(count).fill(1 / count);
  const twoAndMany = (first: number, second: number, count: number): number[] => [
    first,
    second,
    ...Array<number>(count).fill((1 - first - second) / count),
  ];
  it.each([
    ['ten even classes', even(10)],
    ['a hundred even classes', even(100)],
    ['two even classes before a hundred', twoAndMany(0.3, 0.3, 100)],
    ['two even classes before ten', twoAndMany(0.45, 0.45, 10)],
    ['a class just behind another, before ten', twoAndMany(0.42, 0.44, 10)],
  ])('%s', (name, probabilities) => {
    for (const bound of ['anytime', 'two-sided'] as const) {
      const decision = compileDecision(claimOf(bound, alpha, 300), UNIT_NOISE);
      const { wrong } = wronglyPredicted(decision, probabilities, { images, seed: 20_261_130 });
      console.log(`predict, ${bound}, ${name}: error ${(wrong / images / alpha).toFixed(3)} α`);
      expect(wrong).toBeLessThanOrEqual(alpha * images + 4 * Math.sqrt(alpha * images));
    }
  });
});

describe('predict', () => {
  it('decides a clear image after very few samples behind the pilot', () => {
    const decision = compileDecision(claimOf('anytime', 0.001, 100_000), UNIT_NOISE);
    for (const [delta, most] of [
      [0.001, 81],
      [0.05, 90],
      [0.1, 98],
      [0.2, 130],
      [0.25, 160],
    ] as const) {
      const { first, second, samples } = predictionLaw(decision, delta);
      console.log(
        `predict, anytime, p = ${1 - delta}: ${samples.toFixed(1)} samples, predicted ${first.toFixed(5)}`,
      );
      expect(samples).toBeLessThan(most);
      expect(first).toBeGreaterThan(0.995);
      expect(second).toBeLessThan(1e-4);
    }
  });
});
