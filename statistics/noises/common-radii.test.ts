import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonRadii } from './common-radii.js';

describe('radii that nobody asked for', () => {
  it.each([
    [0.4, [0, 0.25]],
    [0.83, [0, 0.25, 0.5, 0.75]],
    [1.66, [0, 0.25, 0.5, 0.75, 1, 1.5]],
    [3.33, [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3]],
    [0.25, [0, 0.25]],
    [0.2, [0, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2]],
    [0.01, [0, 0.0025, 0.005, 0.0075, 0.01]],
    [9.9, [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8]],
    [10, [0, 2.5, 5, 7.5, 10]],
    [330, [0, 25, 50, 75, 100, 150, 200, 250, 300]],
  ])('up to %d are %j', (most, radii) => {
    expect(commonRadii(most)).toEqual(radii);
  });

  it('can all be certified, begin with 0, and are some and not many', () => {
    const most = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(most, (one) => {
        const radii = commonRadii(one);
        expect(radii[0]).toBe(0);
        expect(radii.length).toBeGreaterThan(1);
        expect(radii.length).toBeLessThan(14);
        expect(radii).toEqual([...radii].sort((a, b) => a - b));
        expect(radii.at(-1)).toBeLessThanOrEqual(one);
      }),
    );
  });

  it('of a smaller largest radius are among those of a larger one, within the usual range', () => {
    const most = fc.double({ min: 0.25, max: 9.99, noNaN: true });
    fc.assert(
      fc.property(most, most, (a, b) => {
        const [few, many] = [Math.min(a, b), Math.max(a, b)].map(commonRadii);
        expect(many!.slice(0, few!.length)).toEqual(few);
      }),
    );
  });
});
