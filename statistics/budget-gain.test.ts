import { expect, it } from 'vitest';

import { MAX_IMAGES, MAX_TOTAL_SAMPLES } from '../shared/job-limits.js';
import { budgetGain } from './budget-gain.js';

it('the gain of a shared total depends on the samples an image alone, and falls as they rise', () => {
  expect(budgetGain(1, 1000)).toBe(0.12);
  expect(budgetGain(500, 500_000)).toBe(0.12);
  expect(budgetGain(100, 1_000_000)).toBe(0.00478);
  expect(budgetGain(100, 30_000)).toBe(0.647);
});

it('the gain of a shared total is a number above 0 at the largest and the smallest totals', () => {
  for (const [images, total] of [
    [1, MAX_TOTAL_SAMPLES],
    [MAX_IMAGES, 1],
  ] as const) {
    // prettier-ignore
    expect(budgetGain(images, total)).toBeGreaterThan(0);
    expect(budgetGain(images, total)).toBeLessThan(1e15);
  }
});
