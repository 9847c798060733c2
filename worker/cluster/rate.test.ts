import { expect, it } from 'vitest';
import { Rate } from './rate.js';

it('is what was drawn in the last thirty seconds', () => {
  let now = 1_000;
  const rate = new Rate(() => now);
  expect(rate.perSecond).toBe(0);
  rate.add(300);
  now += 29_000;
  rate.add(600);
  expect(rate.perSecond).toBe(30);
  now += 1_001;
  expect(rate.perSecond).toBe(20);
  now += 29_000;
  expect(rate.perSecond).toBe(0);
});
