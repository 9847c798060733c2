import { describe, expect, it } from 'vitest';

import { gaussian } from '../../statistics/noises/gaussian.js';
import { deltaGroups } from '../plan/delta-groups.js';
import { divergence, informationLimit, largestPower, largestRadius, powerOf } from './information-limit.js';

const ALPHA = 0.001;
const POWER = powerOf(ALPHA);
const NOISE = { kind: 'gaussian', scale: 0.5 } as const;

describe('the power that information allows', () => {
  it('is that of mpmath, α without samples and 1 from ln(1/α) nats on', () => {
    expect(largestPower(0, ALPHA)).toBeCloseTo(ALPHA, 9);
    expect(largestPower(0.001, ALPHA)).toBeCloseTo(0.0027168053961, 9);
    expect(largestPower(1, ALPHA)).toBeCloseTo(0.2211376604656, 9);
    expect(largestPower(3, ALPHA)).toBeCloseTo(0.5342308312314, 9);
    expect(largestPower(6.9, ALPHA)).toBeLessThan(1);
    expect(largestPower(6.91, ALPHA)).toBe(1);
  });

  it('is read off a table within 5e-5, from no information to more than enough', () => {
    for (let nats = 0; nats < 7.5; nats += 0.0137)
      expect(Math.abs(POWER(nats) - largestPower(nats, ALPHA))).toBeLessThan(5e-5);
    // Rounding may leave less than nothing.
    expect(POWER(-1e-18)).toBeCloseTo(ALPHA, 9);
  });

  it.each([
    [0.4, 0.8, 8635.87994669975],
    [0.05, 0.8, 510.0568772457892],
    [0.01, 0.5, 73.29936249541869],
    [0.001, 0.8, 1805.18273802439],
  ])(
    'needs ln(1/α)/KL samples to decide a radius surely (δ = %d, %d of the true radius)',
    (delta, part, n) => {
      const other = gaussian.deltaOf(part * gaussian.radiusOf(delta));
      expect(-Math.log(ALPHA) / divergence(delta, other)).toBeCloseTo(n, 4);
    },
  );
});

describe('the radius that information allows', () => {
  it.each([
    [0.05, 510, 1.4435211017295277],
    [0.01, 73, 1.565225282837169],
    [0.3, 40, 0.1153710311158577],
    [0, 1000, 2.8819805278123454],
    [0.001, 1805, 2.6889641532991746],
  ])('is the integral of the power, by quadrature (δ = %d, n = %d)', (delta, n, radius) => {
    expect(Math.abs(largestRadius(delta, n, POWER, gaussian) / radius - 1)).toBeLessThan(2e-3);
  });

  it('is none below ½', () => expect(largestRadius(0.5, 1e6, POWER, gaussian)).toBe(0));
});

describe('the limit of a population', () => {
  const images = [0.3, 0.05, 0.05, 0.001].map((delta) => ({ delta, right: delta < 0.3 }));
  const groups = deltaGroups({ name: 'four', noise: NOISE, images });
  const limit = informationLimit(groups, NOISE, ALPHA, 5_000);

  it('is what the best of all ways to share samples out reaches, where every number of samples is tried', () => {
    const right = [0.05, 0.05, 0.001];
    const radii = right.map((delta) =>
      Array.from({ length: 401 }, (_, n) => largestRadius(delta, n, POWER, gaussian)),
    );
    const few = informationLimit(groups, NOISE, ALPHA, 400);
    for (const { samples, acr } of few.filter((point) => point.samples > 2 && point.samples < 290)) {
      // One sample for the image of the wrong class; the two that are alike get the same.
      const total = 4 * samples - 1;
      let best = 0;
      for (let n = 0; n <= 400; n++) {
        const rest = Math.min(400, Math.floor(total - 2 * n));
        if (rest >= 0) best = Math.max(best, 2 * radii[0]![n]! + radii[2]![rest]!);
      }
      expect(acr / ((0.5 * best) / 4)).toBeGreaterThan(0.999);
    }
  });

  it('rises with the samples, from few to all that an image may take', () => {
    expect(limit.length).toBeGreaterThan(8);
    for (const [at, { samples, acr }] of limit.entries()) {
      if (at === 0) continue;
      expect(samples).toBeGreaterThan(limit[at - 1]!.samples);
      expect(acr).toBeGreaterThanOrEqual(limit[at - 1]!.acr);
    }
    // The image of the wrong class is worth no sample but the first.
    expect(limit.at(-1)!.samples).toBe((3 * 5_000 + 1) / 4);
  });

  it('ends with the radii that all samples allow, those of a wrong class left out, in the units of the noise', () => {
    const sum = [0.05, 0.05, 0.001].reduce(
      (all, delta) => all + largestRadius(delta, 5_000, POWER, gaussian),
      0,
    );
    expect(limit.at(-1)!.acr).toBeCloseTo((0.5 * sum) / 4, 10);
  });

  it('is never below an even share of the same samples', () => {
    const even = (n: number) =>
      images.reduce(
        (sum, { delta, right }) => sum + (right ? largestRadius(delta, n, POWER, gaussian) : 0),
        0,
      ) / 8;
    for (const { samples, acr } of limit) expect(acr).toBeGreaterThan(0.999 * even(samples));
  });
});
