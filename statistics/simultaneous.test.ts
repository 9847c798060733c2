import { describe, expect, it } from 'vitest';

import { imageAlpha, togetherOf } from './simultaneous.js';

const claim = (alpha: number, images: number, simultaneous?: true) => ({
  alpha,
  images: { start: 0, stop: 2 * images, step: 2 },
  ...(simultaneous ? { simultaneous } : {}),
});

describe('the level of one image', () => {
  /** 1 − (1 − α)^(1/N) with 50 digits, and rounded. */
  it.each([
    [0.001, 500, 2.00099866516657e-6],
    [0.25, 2, 0.13397459621556135],
    [0.25, 10_000, 2.87677934442722e-5],
    [0.05, 300, 1.70963032113457e-4],
    [1e-9, 1000, 1.0000000004995e-12],
    [1e-12, 1, 1e-12],
  ])('of α = %f for %i images together is that of Šidák', (alpha, images, level) => {
    expect(Math.abs(imageAlpha(claim(alpha, images, true)) / level - 1)).toBeLessThan(1e-14);
    expect(imageAlpha(claim(alpha, images))).toBe(alpha);
  });

  it('of one image is the whole α', () => expect(imageAlpha(claim(1e-12, 1, true))).toBe(1e-12));
});

it('a claim about all images together says how many they are', () => {
  expect(togetherOf(claim(0.001, 500, true))).toEqual({ alpha: 0.001, images: 500 });
  expect(togetherOf(claim(0.001, 500))).toBeNull();
});
