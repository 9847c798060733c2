import { describe, expect, it } from 'vitest';
import { priorPopulation } from '../populations/priors.js';
import { deltaGroups, zOf } from './delta-groups.js';
import { fixedMeans } from './fixed-means.js';

const NOISE = { kind: 'gaussian', scale: 1 } as const;

describe('images by failure probability', () => {
  it('are counted together where they are equal; one without a label counts as right', () => {
    const images = [
      { delta: 0.5, right: false },
      { delta: 0.1, right: null },
      { delta: 0.5, right: true },
      { delta: 0.1, right: true },
    ];
    expect(deltaGroups({ name: 'four', noise: NOISE, images })).toEqual([
      { delta: 0.1, share: 0.5, right: 0.5 },
      { delta: 0.5, share: 0.5, right: 0.25 },
    ]);
  });

  it('are put on a grid where there are many, without changing what is expected of them', () => {
    const prior = priorPopulation({ name: 'concentrated', parameters: { beta: 0.2 }, images: 6_000 }, NOISE);
    const extremes = [0, 0, 1, 0.999, 1e-12].map((delta) => ({ delta, right: delta < 0.5 }));
    const population = { ...prior, images: [...prior.images, ...extremes] };
    const groups = deltaGroups(population);
    const each = population.images.map(({ delta, right }) => ({
      delta,
      share: 1 / population.images.length,
      right: right ? 1 / population.images.length : 0,
    }));
    expect(groups.length).toBeLessThan(1_700);
    for (const n of [100, 3_000, 100_000]) {
      const plan = { n, alpha: 0.001, selection: 1 };
      const [found, exact] = [groups, each].map((of) => fixedMeans(of, plan, NOISE, [0.5, 2]));
      expect(Math.abs(found!.acr - exact!.acr)).toBeLessThan(1e-4);
      expect(Math.abs(found!.meanRadius - exact!.meanRadius)).toBeLessThan(1e-4);
      expect(Math.abs(found!.certified - exact!.certified)).toBeLessThan(1e-4);
      found!.accuracy.forEach((share, j) => expect(Math.abs(share - exact!.accuracy[j]!)).toBeLessThan(1e-4));
    }
    const sum = (value: (group: (typeof groups)[number]) => number) =>
      groups.reduce((total, group) => total + value(group), 0);
    expect(sum(({ share }) => share)).toBeCloseTo(1, 12);
    expect(sum(({ right }) => right)).toBeCloseTo(
      population.images.filter(({ right }) => right).length / population.images.length,
      12,
    );
  });

  it('have their place between the ends of the grid', () => {
    expect([0, 1e-30, 0.5, 1, 0.99].map(zOf)).toEqual([6.5, 6.5, 0, -1.5, -1.5]);
    // Φ⁻¹(0.975).
    expect(zOf(0.025)).toBeCloseTo(1.959963984540054, 10);
  });
});
