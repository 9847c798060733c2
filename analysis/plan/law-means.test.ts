import { describe, expect, it } from 'vitest';
import { twoStageLaw } from '../laws/fresh-laws.js';
import { priorPopulation } from '../populations/priors.js';
import { deltaGroups } from './delta-groups.js';
import { FINE_STEP, lawMeans } from './law-means.js';

const NOISE = { kind: 'gaussian', scale: 1 } as const;
const law = twoStageLaw({ alpha: 0.001, minGain: 0.1, maxSamples: 3_000 }, NOISE, [0.5, 1.5]);

/** The means over groups, each by its own law. */
function direct(groups: ReturnType<typeof deltaGroups>) {
  const mean = (value: (of: ReturnType<typeof law>) => number, weight: 'share' | 'right') =>
    groups.reduce((sum, group) => sum + group[weight] * value(law(group.delta)), 0);
  return {
    samples: mean(({ samples }) => samples, 'share'),
    meanRadius: mean(({ radius }) => radius, 'share'),
    acr: mean(({ radius }) => radius, 'right'),
    certified: mean(({ certified }) => certified, 'share'),
    accuracy: [0, 1].map((j) => mean(({ reached }) => reached[j]!, 'right')),
  };
}

const groupsOf = (images: number) =>
  deltaGroups(priorPopulation({ name: 'bimodal', parameters: { beta: 0.3 }, images }, NOISE));

describe('means of a rule over a population', () => {
  it('are those of each image where there are few', () => {
    const groups = groupsOf(20);
    const found = lawMeans(groups, law);
    const exact = direct(groups);
    expect(found.radiusError).toBe(0);
    expect(found.acr).toBeCloseTo(exact.acr, 12);
    expect(found.samples).toBeCloseTo(exact.samples, 8);
    expect(found.accuracy[0]).toBeCloseTo(exact.accuracy[0]!, 12);
  });

  it.each([undefined, FINE_STEP])(
    'are interpolated where there are many, and say how well: step %s',
    (step) => {
      const groups = [...groupsOf(600), { delta: 0, share: 0, right: 0 }].sort((a, b) => a.delta - b.delta);
      const found = lawMeans(groups, law, step);
      const exact = direct(groups);
      expect(found.radiusError).toBeGreaterThan(0);
      expect(found.radiusError).toBeLessThan(1e-4);
      expect(Math.abs(found.acr - exact.acr)).toBeLessThan(1e-4);
      expect(Math.abs(found.meanRadius - exact.meanRadius)).toBeLessThan(1e-4);
      expect(Math.abs(found.certified - exact.certified)).toBeLessThan(1e-4);
      expect(Math.abs(found.samples / exact.samples - 1)).toBeLessThan(1e-3);
      found.accuracy.forEach((share, j) => expect(Math.abs(share - exact.accuracy[j]!)).toBeLessThan(1e-3));
    },
  );
});
