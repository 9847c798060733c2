import { expect, it } from 'vitest';
import { missOfShare, missProbability } from './missed.js';

// C(95, 10)/C(100, 10), mpmath.
it('the probability to miss forged shards is hypergeometric', () => {
  expect(missProbability(100, 5, 10)).toBeCloseTo(0.583752367, 9);
  expect(missProbability(100, 0, 10)).toBe(1);
  expect(missProbability(10, 5, 6)).toBe(0);
  expect(missOfShare(100, 0.05, 10)).toBe(missProbability(100, 5, 10));
  expect(missOfShare(10, 0.01, 1)).toBeCloseTo(0.9, 15);
});
