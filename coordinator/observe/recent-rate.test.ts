import { expect, it } from 'vitest';
import { RecentRate } from './recent-rate.js';

it('is not known in the first second, and then the mean since the beginning', () => {
  const rate = new RecentRate(5_000, 400);
  expect(rate.perSecond(5_999, 900)).toBeNull();
  expect(rate.perSecond(6_000, 500)).toBe(100);
  rate.add(6_000, 500);
  rate.add(6_400, 600);
  expect(rate.perSecond(9_000, 800)).toBe(100);
});

it('forgets what was more than half a minute ago', () => {
  const rate = new RecentRate(0, 0);
  for (let second = 1; second <= 60; second++) rate.add(1_000 * second, 100 * second);
  for (let second = 61; second <= 100; second++) rate.add(1_000 * second, 6_000 + 10 * (second - 60));
  expect(rate.perSecond(100_000, 6_400)).toBe(10);
});

it('falls to 0 once nothing has come for half a minute', () => {
  const rate = new RecentRate(0, 0);
  rate.add(1_000, 1_000);
  expect(rate.perSecond(11_000, 1_000)).toBeCloseTo(1_000 / 11, 10);
  expect(rate.perSecond(31_000, 1_000)).toBe(0);
});
