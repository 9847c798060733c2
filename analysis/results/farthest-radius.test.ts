import { describe, expect, it } from 'vitest';

import { resultJob, type ResultJob } from '../../test/support/result-files.js';
import { drawnSet } from '../../test/support/result-sets.js';
import { farthestRadius } from './farthest-radius.js';

const FIXED: ResultJob = { stop: { kind: 'fixed', selection: 20 }, bound: 'clopper-pearson' };
const of = (options: ResultJob) => farthestRadius(resultJob(options));

describe('the largest radius that a job can certify', () => {
  it.each([
    // −σ · Φ⁻¹(1 − α^(1/n)) at σ = 0.5, by scipy.
    [100, 0.7502375120603182],
    [1000, 1.2316313073904057],
  ])('of fixed with %d samples is that of unanimous votes', (maxSamples, radius) => {
    const found = of({ ...FIXED, maxSamples })!;
    // The noise that is drawn is a little off the law, and radii are rounded down.
    expect(found.radius).toBeLessThan(radius);
    expect(found.radius).toBeGreaterThan(radius * (1 - 1e-6));
    expect(found.samples).toBe(maxSamples);
  });

  it('of gain is where the rule stops although votes agree: at 3.336 σ from 16,384 samples', () => {
    const found = of({ maxSamples: 100_000 })!;
    expect(found.samples).toBe(16_384);
    expect(found.radius / 0.5).toBeCloseTo(3.336, 3);
  });

  it('of target is the largest that was asked for, as it was written', () => {
    expect(of({ stop: { kind: 'target', radii: ['0.25', '0.50'] }, bound: 'anytime' })).toEqual({
      radius: 0.5,
      samples: null,
      others: null,
    });
  });

  it('of a shared total is that of one image that gets as much of it as it can', () => {
    const stop = { kind: 'budget', totalSamples: 1000 } as const;
    const shared = of({ stop, bound: 'anytime', maxSamples: 100_000 })!;
    expect(shared.samples).toBe(1000);
    const less = of({ stop, bound: 'anytime', maxSamples: 512 })!;
    expect(less.samples).toBe(512);
    expect(shared.radius).toBeGreaterThan(less.radius);
    // `spending` counts samples that are missing at a look as failures: the look before is worth more.
    expect(of({ stop, maxSamples: 100_000 })!.samples).toBe(512);
  });

  it('is none where no radius is proved, or nothing is', () => {
    expect(of({ stop: { kind: 'predict' }, bound: 'anytime' })).toBeNull();
    expect(of({ ...FIXED, bound: 'clt' })).toBeNull();
    expect(() =>
      of({ stop: { kind: 'budget', totalSamples: 5 }, bound: 'anytime', maxSamples: 512 }),
    ).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^No image can be certified/) as string }),
    );
  });

  it('is no less than that of a rule that draws on because of a vote that was otherwise', () => {
    // One other vote among the first 64 makes the rule draw further than it would have, and to a larger radius.
    const job = resultJob({
      noise: 'uniform',
      bound: 'anytime',
      stop: { kind: 'gain', minGain: 0.005 },
      maxSamples: 10_000,
    });
    const unanimous = drawnSet(job, () => 4).results[0]!;
    const once = drawnSet(job, (_image, sample) => (sample === 5 ? 1 : 4)).results[0]!;
    expect(once.radius).toBeGreaterThan(unanimous.radius);
    expect(farthestRadius(job)).toMatchObject({ radius: once.radius, others: { votes: 1, among: 64 } });
    expect(farthestRadius(resultJob({}))!.others).toBeNull();
  });

  it.each<[string, ResultJob]>([
    ['gain', {}],
    ['gain with anytime', { bound: 'anytime' }],
    ['two-stage', { stop: { kind: 'two-stage', minGain: 0.02 }, bound: 'clopper-pearson', maxSamples: 2000 }],
    ['fixed', FIXED],
    ['the runner-up', { runnerUp: true }],
    ['laplace noise', { noise: 'laplace' }],
    ['uniform noise', { noise: 'uniform' }],
    ['a shared total', { stop: { kind: 'budget', totalSamples: 20_000 } }],
  ])('is reached by unanimous votes and by no others, with %s', (_name, options) => {
    const job = resultJob({ images: 20, ...options });
    const { radius } = farthestRadius(job)!;
    const found = (p: number) =>
      drawnSet(job, (image, sample) => ((image * 131 + sample * 7) % 1000 < p * 1000 ? 4 : 1)).results;
    expect(Math.max(...found(1).map((one) => one.radius))).toBe(radius);
    for (const p of [0.999, 0.99, 0.9])
      for (const one of found(p)) expect(one.radius).toBeLessThanOrEqual(radius);
  });
});
