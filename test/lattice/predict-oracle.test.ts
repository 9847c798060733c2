import { describe, expect, it } from 'vitest';
import { compileDecision } from '../../coordinator/core/look.js';
import type { BoundName } from '../../shared/job.js';
import { looksFor } from '../../statistics/schedule.js';
import { predictionLaw } from '../exact/predict-law.js';
import { mostExpected, normalCdf, upperTail } from '../harness/binomial.js';
import { halfSpaceAt, jobOf, predictAll, trueRadius } from './half-space.js';

/**
 * Votes drawn by the shipped kernel, folded and decided as a job's are, for classifiers whose smoothed class is known: class 0, by a
 * little. Wrong predictions must not be more than α allows, and all predictions as many as the exact law of the counts says.
 */

const IMAGES = 10_000;
/** Probability that a right program fails one comparison, with another seed. */
const RATE = 1e-6;
const stop = { kind: 'predict' } as const;

/** Returns true if a count of so many images is no wonder where each has this probability. */
const isUsual = (count: number, probability: number): boolean =>
  Math.min(upperTail(count, IMAGES, probability), upperTail(IMAGES - count, IMAGES, 1 - probability)) > RATE;

describe.each<[BoundName, number]>([
  ['anytime', 0.05],
  ['anytime', 0.25],
  ['two-sided', 0.05],
  ['two-sided', 0.25],
])(
  'predictions of half-spaces on the lattice with %s, α = %f, are wrong as often as the law says',
  (bound, alpha) => {
    it.each([0.012, 0.1])('where the boundary is %f scales of the noise away', async (z) => {
      const space = halfSpaceAt('gaussian', z);
      const looks = looksFor(stop, bound, bound === 'two-sided' ? 100 : 300);
      const draw = { seed: String(Math.round(1000 * z)) };
      const job = jobOf(space, { images: IMAGES, alpha, bound, stop, looks, draw });
      const { predicted, wrong } = await predictAll(job, space);
      const delta = normalCdf(-trueRadius(space) / space.scale);
      const law = predictionLaw(compileDecision(job.claim, job.draw.noise), delta);
      console.log(
        `predict oracle, ${bound}, α = ${alpha}, p = ${(1 - delta).toFixed(4)}: ${predicted} predicted, ${wrong} wrong of ${IMAGES}; exact ${(IMAGES * law.second).toFixed(0)}, allowed ${IMAGES * alpha}`,
      );
      expect(wrong).toBeLessThanOrEqual(mostExpected(IMAGES, alpha, RATE));
      expect(isUsual(wrong, law.second), `${wrong} wrong, ${IMAGES * law.second} expected`).toBe(true);
      expect(isUsual(predicted, law.first + law.second), `${predicted} predicted`).toBe(true);
      // Some are wrong, or nothing would be tested.
      expect(wrong).toBeGreaterThan(0);
    });
  },
);
