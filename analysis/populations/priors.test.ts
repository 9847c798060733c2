import { describe, expect, it } from 'vitest';
import { PRIORS, PRIOR_NAMES, priorPopulation, type PriorName, type PriorParameters } from './priors.js';

const NOISE = { kind: 'gaussian', scale: 0.5 } as const;

/** The densities of x = δ/(1 − β) on (0, 1), written from their definitions. */
const near1 = (x: number, power: number) => x ** (1 / power - 1) / power;
const DENSITIES: Record<PriorName, (x: number, power: number, share: number) => number> = {
  uniform: () => 1,
  concentrated: near1,
  skewed: (x, power) => near1(1 - x, power),
  bimodal: (x, power, share) => share * near1(x, power) + (1 - share) * near1(1 - x, power),
};

/** The share of the law in (from, to), 0 < from < to < 1, by Simpson's rule. */
function mass(density: (x: number) => number, from: number, to: number): number {
  const steps = 20_000;
  const h = (to - from) / steps;
  let sum = density(from) + density(to);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * density(from + i * h);
  return (sum * h) / 3;
}

describe('named priors', () => {
  it.each(PRIOR_NAMES)('spreads the images of %s by its density', (name) => {
    const { power = 3, share = 0.75 }: Partial<PriorParameters> = PRIORS[name].usual;
    const beta = 0.3;
    const { images } = priorPopulation({ name, parameters: { beta }, images: 4_000 }, NOISE);
    for (const [from, to] of [
      [0.001, 0.02],
      [0.02, 0.4],
      [0.4, 0.9],
      [0.9, 0.999],
    ] as const) {
      const within = images.filter(({ delta }) => delta / (1 - beta) >= from && delta / (1 - beta) < to);
      const expected = mass((x) => DENSITIES[name](x, power, share), from, to);
      expect(Math.abs(within.length / images.length - expected)).toBeLessThan(1e-3);
    }
  });

  it('takes an image of at least half of the votes for right, and names law and noise', () => {
    const population = priorPopulation({ name: 'uniform', parameters: { beta: 0 }, images: 10 }, NOISE);
    expect(population).toMatchObject({ name: 'uniform, beta = 0', noise: NOISE });
    expect(population.images.map(({ right }) => right)).toEqual([
      ...Array<boolean>(5).fill(true),
      ...Array<boolean>(5).fill(false),
    ]);
    expect(priorPopulation({ name: 'skewed' }, NOISE).images).toHaveLength(1_000);
  });

  it.each([
    ['a parameter of another prior', { share: 0.5 }, /has no parameter "share"/],
    ['a beta of 1', { beta: 1 }, /beta is/],
    ['a beta that is no number', { beta: NaN }, /beta is/],
    ['a negative beta', { beta: -0.1 }, /beta is/],
    ['a power below 1', { power: 0.5 }, /power is/],
    ['a power beyond its limit', { power: 21 }, /power is/],
  ])('refuses for a prior %s', (_, parameters, message) => {
    expect(() => priorPopulation({ name: 'concentrated', parameters }, NOISE)).toThrow(message);
  });

  it.each([0, 1])('refuses the share %d, which leaves no two modes', (share) => {
    expect(() => priorPopulation({ name: 'bimodal', parameters: { share } }, NOISE)).toThrow(/share is/);
  });
});
