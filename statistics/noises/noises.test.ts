import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NOISE_KINDS, BOUND_NAMES } from '../../shared/job.js';
import { BOUNDS, compileBound } from '../bounds/bounds.js';
import { clopperPearsonDelta } from '../bounds/clopper-pearson.js';
import { certifiedRadius, publishedDelta } from '../radius.js';
import { compileTarget } from '../target.js';
import type { Noise } from './noise.js';
import { NOISES } from './noises.js';

const ALL: readonly Noise[] = NOISE_KINDS.map((kind) => NOISES[kind]);
/** `two-sided` proves a class and no radius. */
const PROVEN = BOUND_NAMES.filter((name) => BOUNDS[name].proves && name !== 'two-sided');
const LOOKS = [64, 128, 256, 512, 1000];
const deltas = fc.double({ min: 1e-12, max: 0.4999, noNaN: true });

describe.each(ALL)('the noise $name', (noise) => {
  it('takes a failure probability to a radius and back', () => {
    fc.assert(
      fc.property(deltas, (delta) => {
        const radius = noise.radiusOf(delta);
        expect(radius).toBeGreaterThan(0);
        expect(radius).toBeLessThan(noise.farthest);
        expect(Math.abs(noise.deltaOf(radius) - delta)).toBeLessThan(1e-9 * delta + 1e-15);
      }),
    );
    expect(noise.deltaOf(0)).toBe(0.5);
  });

  it('fails at a radius with the probability that one coordinate is pushed so far', () => {
    for (const radius of [0, 0.1, 0.5, 0.9]) expect(noise.deltaOf(radius)).toBe(noise.law.cdf(-radius));
    for (const x of [-2, -0.5, 0, 0.5, 2]) expect(noise.law.cdf(x) + noise.law.cdf(-x)).toBeCloseTo(1, 15);
  });

  it('has the standard deviation that its law has', () => {
    // Twice the integral of x · P(|noise| > x), by the midpoint rule.
    const [steps, last] = [200_000, 50];
    const width = last / steps;
    let variance = 0;
    for (let i = 0; i < steps; i++) {
      const x = (i + 0.5) * width;
      variance += 4 * x * noise.law.cdf(-x) * width;
    }
    expect(Math.sqrt(variance)).toBeCloseTo(noise.deviation, 6);
  });

  it('publishes a radius in units of its scale, rounded down', () => {
    fc.assert(
      fc.property(deltas, fc.double({ min: 1e-3, max: 10, noNaN: true }), (delta, scale) => {
        const radius = certifiedRadius(delta, 0, noise, scale) ?? 0;
        expect(radius).toBeLessThan(scale * noise.radiusOf(delta));
        expect(radius).toBeLessThan(scale * noise.farthest);
        if (publishedDelta(delta, 0) < 0.4999) expect(radius).toBeGreaterThan(0);
      }),
    );
  });

  it.each(PROVEN)('is certified by the bound %s, by no less than one look needs', (name) => {
    const bound = compileBound({ bound: name, alpha: 0.001, looks: LOOKS }, noise);
    LOOKS.forEach((n, look) => {
      for (let failures = 0; failures < n / 2; failures++) {
        const certified = bound.certify(look, failures, n);
        if (certified === null) continue;
        const { z, deltaUpper } = certified;
        expect(z).toBeGreaterThan(0);
        expect(z).toBeLessThan(noise.farthest);
        expect(Math.abs(noise.radiusOf(deltaUpper) - z)).toBeLessThan(1.01e-6);
        expect(publishedDelta(deltaUpper, 0)).toBeGreaterThan(clopperPearsonDelta(failures, n, 0.001));
      }
      expect(bound.certify(look, 0, n)).not.toBeNull();
    });
  });

  it('reaches in `target` the radii below that of the bound for any look', () => {
    const targets = [0, 0.1, 0.5, 0.9].filter((radius) => radius < noise.farthest);
    const target = compileTarget({ targets, alpha: 0.001, maxSamples: 1000, noise, lawError: 0 });
    const bound = compileBound({ bound: 'anytime', alpha: 0.001, looks: [1000] }, noise);
    for (const failures of [0, 20, 100, 300, 499]) {
      const z = bound.certify(0, failures, 1000)?.z ?? -1;
      expect(target.reached(failures, 1000)).toBe(targets.filter((radius) => radius < z).length);
    }
  });
});
