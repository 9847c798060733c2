import { describe, expect, it } from 'vitest';
import { upperTail } from '../../statistics/normal.js';
import { deltaGroups } from '../plan/delta-groups.js';
import { fixedMeans } from '../plan/fixed-means.js';
import { countedPopulation } from './counted-image.js';
import { posteriors } from './mixing-law.js';
import { priorPopulation } from './priors.js';

const NOISE = { kind: 'gaussian', scale: 1 } as const;

/** Pseudo-random numbers in (0, 1): those of a linear congruence, the same in every run. */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

/** True populations: their probabilities are known, and counts of 500 samples are drawn of them. */
const IMAGES = 400;
const COUNTED = 500;
const normal = (mean: number, deviation: number) => {
  const next = uniforms(7);
  return Array.from({ length: IMAGES }, () => {
    const z = Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
    return upperTail(mean + deviation * z);
  });
};
const prior = (name: 'concentrated' | 'bimodal') =>
  priorPopulation({ name, images: IMAGES }, NOISE).images.map(({ delta }) => delta);
const POPULATIONS: readonly (readonly [string, readonly number[]])[] = [
  ['normal around 2.5', normal(2.5, 0.9)],
  ['normal around 3.4', normal(3.4, 1.1)],
  ['concentrated', prior('concentrated')],
  ['bimodal', prior('bimodal')],
];

/** Draws the counts of images from their true probabilities. */
function countsOf(deltas: readonly number[]) {
  const next = uniforms(11);
  return deltas.map((delta) => {
    let failures = 0;
    for (let i = 0; i < COUNTED; i++) if (next() < delta) failures += 1;
    return { failures, n: COUNTED, right: true };
  });
}

const acrOf = (images: readonly { delta: number; right: boolean | null }[], n: number) =>
  fixedMeans(deltaGroups({ name: '', noise: NOISE, images }), { alpha: 0.001, n, selection: 0 }, NOISE, [])
    .acr;

describe('the law of probabilities that counts make likely', () => {
  it.each(POPULATIONS)('foretells 40 times the samples of a population that is %s', (_, deltas) => {
    const n = 40 * COUNTED;
    const truth = acrOf(
      deltas.map((delta) => ({ delta, right: true })),
      n,
    );
    const counts = countsOf(deltas);
    const as = (continued: 'likely' | 'once' | 'never') =>
      acrOf(countedPopulation('', NOISE, counts, n, continued).images, n);
    expect(Math.abs(as('likely') / truth - 1)).toBeLessThan(0.025);
    // The ends of the range hold the truth, and each is farther from it.
    expect(as('once')).toBeLessThan(truth);
    expect(as('never')).toBeGreaterThan(truth);
    expect(Math.abs(as('likely') - truth)).toBeLessThan(Math.abs(as('once') - truth));
    expect(Math.abs(as('likely') - truth)).toBeLessThan(Math.abs(as('never') - truth));
  });

  it('is a law, closer to 0 the fewer failures there are', () => {
    const laws = posteriors([0, 1, 5, 40, 500].map((failures) => ({ failures, n: 500 })));
    for (const law of laws) expect(law.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    const means = laws.map((law) => law.reduce((sum, { delta, share }) => sum + share * delta, 0));
    expect(means).toEqual([...means].sort((a, b) => a - b));
    expect(means[3]).toBeGreaterThan(0.06);
    expect(means[3]).toBeLessThan(0.1);
  });

  it('of images that all never failed is one, too', () => {
    const [law] = posteriors([
      { failures: 0, n: 100 },
      { failures: 0, n: 100 },
    ]);
    const mean = law!.reduce((sum, { delta, share }) => sum + share * delta, 0);
    expect(mean).toBeGreaterThan(0);
    expect(mean).toBeLessThan(0.01);
  });
});
