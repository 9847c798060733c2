import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { upperTail, upperTailQuantile } from './normal.js';

describe('the normal tail', () => {
  it('is undone by its quantile from ½ to 1e-300', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 300, noNaN: true }), (decades) => {
        const delta = 0.5 * 10 ** -decades;
        const z = upperTailQuantile(delta);
        // dδ/δ = z² · dz/z in the tail
        expect(Math.abs(upperTail(z) / delta - 1)).toBeLessThan(1e-13 * (1 + z * z));
      }),
    );
  });

  it('falls with z, and its quantile with δ', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 0.49, noNaN: true }), (delta) => {
        expect(upperTailQuantile(delta)).toBeGreaterThan(upperTailQuantile(delta * 1.0001));
      }),
    );
    expect(upperTail(0)).toBe(0.5);
    expect(upperTail(1)).toBeCloseTo(0.15865525393145707, 15);
  });
});
