import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NOISE_KINDS, type NoiseKind } from '../../shared/job.js';
import { anytimeDelta } from '../confidence-sequence.js';
import { clopperPearsonDelta } from '../bounds/clopper-pearson.js';
import { certifiedRadius } from '../radius.js';
import { NOISES } from './noises.js';

/**
 * Classifiers whose true radius is known. The first looks at one coordinate and changes its mind at a margin t: its radius is t in every
 * norm, and it votes otherwise with the closed form below, in units of the scale.
 */
const FAILURE = {
  laplace: (t: number) => 0.5 * Math.exp(-t),
  uniform: (t: number) => Math.max(0, 0.5 - t / 2),
};
const L1_KINDS = ['laplace', 'uniform'] as const;
const margins = fc.double({ min: 1e-3, max: 12, noNaN: true });
const scales = fc.double({ min: 1e-3, max: 10, noNaN: true });

describe.each(L1_KINDS)('a classifier of one coordinate under %s noise', (kind) => {
  const noise = NOISES[kind];
  const failure = FAILURE[kind];

  it('is certified at its exact failure probability with its margin, as far as the noise reaches', () => {
    fc.assert(
      fc.property(margins, scales, (t, scale) => {
        const delta = failure(t);
        const reach = Math.min(t, noise.farthest);
        if (delta > 0) expect(noise.radiusOf(delta) / reach).toBeCloseTo(1, 9);
        expect(noise.deltaOf(reach)).toBeCloseTo(delta, 14);
        const radius = certifiedRadius(delta, 0, noise, scale) ?? 0;
        expect(radius).toBeLessThanOrEqual(scale * reach);
        if (delta > 1e-4) expect(radius).toBeGreaterThan(scale * (reach - 1e-3));
      }),
    );
  });

  it.each([50, 400])(
    'is certified beyond its margin with a probability of at most α, from %i samples',
    (n) => {
      const bounds = [clopperPearsonDelta, (f: number, m: number, a: number) => anytimeDelta(f, m, a) ?? 1];
      fc.assert(
        fc.property(margins, fc.constantFrom(0.001, 0.05, 0.25), (t, alpha) => {
          for (const deltaOf of bounds) {
            let error = 0;
            binomial(n, failure(t)).forEach((mass, failures) => {
              const radius = certifiedRadius(deltaOf(failures, n, alpha), 0, noise, 0.5) ?? 0;
              if (radius > 0.5 * t) error += mass;
            });
            expect(error).toBeLessThanOrEqual(alpha * (1 + 1e-9));
          }
        }),
        { numRuns: 40 },
      );
    },
  );
});

/**
 * The hardest classifier of two coordinates (Neyman and Pearson): of all that vote otherwise with probability `delta` at 0, the one that
 * keeps the least of its votes at a shift of whole cells. Cells, as exact masses on a grid.
 */
function leastLeft(kind: NoiseKind, delta: number, shift: readonly [number, number], width: number): number {
  const half = Math.round(12 / width);
  const below = (cells: number) => NOISES[kind].law.cdf((cells - half) * width);
  const mass = Array.from({ length: 2 * half }, (_, i) => below(i + 1) - below(i));
  const cells: { here: number; there: number }[] = [];
  mass.forEach((a, i) =>
    mass.forEach((b, j) => {
      const there = (mass[i - shift[0]] ?? 0) * (mass[j - shift[1]] ?? 0);
      if (a * b > 0) cells.push({ here: a * b, there });
    }),
  );
  cells.sort((a, b) => a.there / a.here - b.there / b.here);
  let [left, wanted] = [0, 1 - delta];
  for (const { here, there } of cells) {
    const share = Math.min(1, wanted / here);
    left += share * there;
    wanted -= share * here;
    if (wanted <= 0) break;
  }
  return left;
}

describe.each(NOISE_KINDS)('the hardest classifier of two coordinates under %s noise', (kind) => {
  const noise = NOISES[kind];
  const width = 0.1;
  const norms = { l1: (a: number, b: number) => a + b, l2: (a: number, b: number) => Math.hypot(a, b) };

  it.each([0.02, 0.1, 0.3, 0.45])(
    'keeps its majority at every shift within the radius of δ = %f',
    (delta) => {
      const radius = noise.radiusOf(delta);
      for (const angle of [0, 0.2, 0.5, 0.8, 1]) {
        // The longest shift of this direction, in cells, that is within the radius in the noise's norm.
        for (let length = 0.999; ; length *= 0.98) {
          const [a, b] = [
            radius * length * Math.cos(angle * (Math.PI / 4)),
            radius * length * Math.sin(angle * (Math.PI / 4)),
          ];
          const shift = [Math.floor(a / width), Math.floor(b / width)] as const;
          if (norms[noise.norm](shift[0] * width, shift[1] * width) > radius) continue;
          expect(leastLeft(kind, delta, shift, width)).toBeGreaterThanOrEqual(0.5 - 1e-9);
          break;
        }
      }
    },
  );

  it('loses it a little beyond', () => {
    const radius = noise.radiusOf(0.1);
    expect(leastLeft(kind, 0.1, [Math.ceil(radius / width) + 1, 0], width)).toBeLessThan(0.5);
  });
});

it('the radii of Laplace and uniform noise are none in L2', () => {
  for (const kind of L1_KINDS) {
    const steps = Math.floor(NOISES[kind].radiusOf(0.1) / Math.SQRT2 / 0.1);
    expect(leastLeft(kind, 0.1, [steps, steps], 0.1)).toBeLessThan(0.5);
  }
});

/** The law of the failures of n samples, by the ratio of neighbours; of its own, not the product's. */
function binomial(n: number, delta: number): number[] {
  if (delta === 0) return [1];
  const logs = [n * Math.log1p(-delta)];
  const odds = Math.log(delta) - Math.log1p(-delta);
  for (let j = 0; j < n; j++) logs.push(logs[j]! + Math.log((n - j) / (j + 1)) + odds);
  return logs.map(Math.exp);
}
