import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import reference from '../test/fixtures/spending-matched.json' with { type: 'json' };
import { matchedShares } from './matched-shares.js';
import { gaussian } from './noises/gaussian.js';
import { NOISES } from './noises/noises.js';
import { upperTail } from './normal.js';
import { spendingRow, theoremLevel } from './spending-table.js';

const { looks } = reference;

describe('shares that are matched to a gain', () => {
  it('are those of the reference', () => {
    for (const { g, alpha, z, w } of reference.weights) {
      const shares = matchedShares({ looks, alpha, minGain: g, noise: gaussian })(upperTail(z));
      shares.forEach((share, look) => expect(Math.abs(share / Number(w[look]) - 1)).toBeLessThan(1e-9));
    }
  });

  it('give the limits of the reference', () => {
    for (const { alpha, g, z, limits, smallestRelativeMargin } of reference.rows) {
      // A limit this close to its budget would depend on the last bits.
      expect(smallestRelativeMargin).toBeGreaterThan(1e-6);
      const level = Number(alpha);
      const shares = matchedShares({ looks, alpha: level, minGain: Number(g), noise: gaussian });
      const row = spendingRow({ looks, level: theoremLevel(level), shares }, upperTail(z));
      expect(row.slice(0, limits.length)).toEqual(limits);
    }
  });

  it('are above 0 and add up to 1, for every price, level, schedule, noise and null', () => {
    const schedule = fc
      .uniqueArray(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 12 })
      .map((ns) => ns.sort((a, b) => a - b));
    const price = fc.oneof(
      fc.constantFrom(0, Number.MIN_VALUE, Number.MAX_VALUE),
      fc.double({ min: 0, max: 1e300, noNaN: true }),
      fc.double({ min: -20, max: 5, noNaN: true }).map((decades) => 10 ** decades),
    );
    const level = fc.double({ min: -12, max: Math.log10(0.25), noNaN: true }).map((decades) => 10 ** decades);
    const radius = fc.double({ min: 0, max: 0.999, noNaN: true });
    const kind = fc.constantFrom(...(Object.keys(NOISES) as (keyof typeof NOISES)[]));
    fc.assert(
      fc.property(schedule, price, level, radius, kind, (ns, minGain, alpha, near, name) => {
        const noise = NOISES[name];
        const delta = noise.deltaOf(noise.farthest < Infinity ? near : 7 * near);
        const shares = matchedShares({ looks: ns, alpha, minGain, noise })(delta);
        expect(shares).toHaveLength(ns.length);
        for (const share of shares) expect(share).toBeGreaterThan(0.0999 / ns.length);
        expect(Math.abs(shares.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-14);
      }),
      { numRuns: 2000 },
    );
  });
});
