import { describe, expect, it } from 'vitest';

import { resultJob, type ResultJob } from '../../test/support/result-files.js';
import { highProbability, populationBand, wrongAtMost } from './uncertainty.js';

const claim = (options: ResultJob) => resultJob(options).claim;

/** The smallest k with P(Bin(N, α) ≤ k) ≥ 0.998, added up from the definition. */
function smallestCount(images: number, alpha: number): number {
  let [mass, sum] = [(1 - alpha) ** images, 0];
  for (let k = 0; ; k++) {
    sum += mass;
    if (sum >= 0.998) return k;
    mass *= ((images - k) / (k + 1)) * (alpha / (1 - alpha));
  }
}

describe('how many certificates may be wrong', () => {
  it.each([
    // scipy.stats.binom.
    [500, 0.001, 3],
    [10_000, 0.001, 20],
    [1, 0.001, 0],
    [50_000, 0.01, 565],
    [38, 0.001, 1],
    [100, 0.25, 38],
    [7, 0.2, 5],
  ])('of %d images at α = %f is at most %d', (images, alpha, most) => {
    expect(wrongAtMost(claim({ alpha }), images)).toEqual({ most, confidence: 0.998 });
  });

  it('is the smallest such number, whatever images and α are', () => {
    for (const alpha of [1e-6, 0.001, 0.05, 0.25])
      for (const images of [1, 2, 3, 10, 99, 1000])
        expect(wrongAtMost(claim({ alpha }), images)!.most).toBe(smallestCount(images, alpha));
  });

  it('of a simultaneous claim is none, but for α', () => {
    expect(wrongAtMost(claim({ simultaneous: true, images: 500, alpha: 0.01 }), 500)).toEqual({
      most: 0,
      confidence: 0.99,
    });
  });

  it('of a bound that proves nothing is unknown', () => {
    const clt = claim({ stop: { kind: 'fixed', selection: 20 }, bound: 'clt' });
    expect(wrongAtMost(clt, 500)).toBeNull();
  });
});

describe("Cohen et al.'s bound on the certified accuracy", () => {
  it('is their formula', () => {
    // Calculated in Python.
    expect(highProbability(91, 100, 0.001)).toBeCloseTo(0.8742260875076543, 14);
    expect(highProbability(7000, 10_000, 0.001)).toBeCloseTo(0.69759493533446, 14);
    expect(highProbability(7000, 10_000, 0.01, 0.05)).toBeCloseTo(0.6874646649118031, 14);
  });

  it('is never below 0', () => {
    expect(highProbability(0, 10, 0.001)).toBe(0);
  });

  it('takes away more than the binomial quantile of the same probability', () => {
    for (const images of [10, 100, 500, 10_000])
      for (const alpha of [0.001, 0.05]) {
        const taken = (1 - highProbability(images, images, alpha, 0.002)) * images;
        expect(taken).toBeGreaterThan(smallestCount(images, alpha));
      }
  });
});

describe('the band over images', () => {
  it.each([
    // scipy.stats.beta.
    [0, 10, 0, 0.3084971078187607],
    [10, 10, 0.6915028921812392, 1],
    [3, 10, 0.06673951117773447, 0.6524528500599973],
    [91, 100, 0.8360177449703647, 0.9580164043716077],
    [7000, 10_000, 0.6909110030239999, 0.7089723886901063],
  ])('of %d of %d images is that of Clopper and Pearson', (count, images, low, high) => {
    const band = populationBand(count, images);
    expect(band.low).toBeCloseTo(low, 10);
    expect(band.high).toBeCloseTo(high, 10);
  });
});
