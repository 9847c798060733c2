import { describe, expect, it } from 'vitest';
import { radiusDown } from './radius-down.js';

describe('a radius for people', () => {
  it.each([
    [0, '0.0000'],
    [0.83399, '0.8339'],
    [1.66798, '1.6679'],
    [12.34567, '12.3456'],
    [0.0345678, '0.0345'],
    [0.00345678, '0.003456'],
    [2.99999e-5, '0.00002999'],
  ])('%d is %s', (radius, text) => expect(radiusDown(radius)).toBe(text));

  it('is never above the radius', () => {
    for (let at = 1; at < 2000; at++) {
      const radius = 1.0173 ** (at - 1000);
      expect(Number(radiusDown(radius))).toBeLessThanOrEqual(radius);
      expect(Number(radiusDown(radius))).toBeGreaterThan(0.99 * radius - 1e-12);
    }
  });
});
