import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NOISE_KINDS } from '../../shared/job.js';
import { describeNoise, describeWidth, scaleOf, sigmaOf } from './scale.js';

describe('the scale of a noise', () => {
  it('is σ, σ/√2 or σ · √3', () => {
    expect(scaleOf('gaussian', 0.25)).toBe(0.25);
    expect(scaleOf('laplace', 0.25)).toBeCloseTo(0.17677669529663, 13);
    expect(scaleOf('uniform', 0.25)).toBeCloseTo(0.43301270189221, 13);
  });

  it.each(NOISE_KINDS)('of %s gives its σ back, as far as a person writes one', (kind) => {
    const written = fc
      .tuple(fc.integer({ min: 1, max: 999_999_999 }), fc.integer({ min: -12, max: 5 }))
      .map(([digits, power]) => Number(`${digits}e${power - 9}`));
    fc.assert(
      fc.property(written, (sigma) => {
        expect(sigmaOf({ kind, scale: scaleOf(kind, sigma) })).toBe(sigma);
      }),
    );
  });

  it('of Gaussian noise is σ to the last bit', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e6, noNaN: true }), (sigma) => {
        expect(sigmaOf({ kind: 'gaussian', scale: scaleOf('gaussian', sigma) })).toBe(sigma);
      }),
    );
  });
});

describe('a noise in words', () => {
  it.each([
    ['gaussian', 'σ = 0.25', 'σ = 0.25'],
    ['laplace', 'σ = 0.25 (λ = 0.1768)', 'laplace noise of σ = 0.25 (λ = 0.1768), radii in L1'],
    ['uniform', 'σ = 0.25 (λ = 0.433)', 'uniform noise of σ = 0.25 (λ = 0.433), radii in L1'],
  ] as const)('names of %s its width, and what it is unless it is the usual one', (kind, width, words) => {
    const noise = { kind, scale: scaleOf(kind, 0.25) };
    expect(describeWidth(noise)).toBe(width);
    expect(describeNoise(noise)).toBe(words);
  });
});
