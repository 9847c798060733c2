import { describe, expect, it } from 'vitest';

import { radiusSteps } from './radius-steps.js';

describe('the radii of a table', () => {
  it('are equal steps to the first that is not below the largest', () => {
    expect(radiusSteps(0.25, 0.6)).toEqual({ step: 0.25, radii: [0, 0.25, 0.5, 0.75] });
    expect(radiusSteps(0.25, 0.5)).toEqual({ step: 0.25, radii: [0, 0.25, 0.5] });
    expect(radiusSteps(0.25, 0)).toEqual({ step: 0.25, radii: [0] });
    expect(radiusSteps(0.1, 0.3).radii).toEqual([0, 0.1, 0.2, 0.3]);
  });

  it('are at most 41, with a coarser step where there would be more', () => {
    expect(radiusSteps(0.25, 10).radii).toHaveLength(41);
    expect(radiusSteps(0.25, 10.1).step).toBe(0.5);
    expect(radiusSteps(0.25, 99).step).toBe(2.5);
    for (const most of [1e3, 12_345, 1e9]) {
      const { step, radii } = radiusSteps(0.25, most);
      expect(radii.length).toBeLessThanOrEqual(41);
      expect(radii.at(-1)!).toBeGreaterThanOrEqual(most);
      expect(radii.at(-1)! - step).toBeLessThan(most);
    }
  });
});
