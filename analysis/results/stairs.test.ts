import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { countFrom } from './counted.js';
import { stairsOf, thinned, type Stair } from './stairs.js';

/** The number of images that stairs show at a radius: that of the first stair whose radius is not smaller, 0 behind the last. */
const shownAt = (stairs: readonly Stair[], radius: number): number =>
  stairs.find((stair) => stair.radius >= radius)?.count ?? 0;

/** A number of up to so much, a whole number of hundredths. */
const hundredths = (least: number, most: number) =>
  fc.integer({ min: 100 * least, max: 100 * most }).map((units) => units / 100);
const radii = fc.array(hundredths(0, 4), { maxLength: 60 }).map((some) => Float64Array.from(some).sort());

describe('the stairs of certified radii', () => {
  it('count every image up to its own radius, that one included', () => {
    expect(stairsOf(Float64Array.of(0, 0.5, 0.5, 1))).toEqual([
      { radius: 0, count: 4 },
      { radius: 0.5, count: 3 },
      { radius: 1, count: 1 },
    ]);
    expect(stairsOf(new Float64Array())).toEqual([{ radius: 0, count: 0 }]);
  });

  it('are the counts at every radius', () => {
    fc.assert(
      fc.property(radii, hundredths(0, 5), (some, radius) => {
        const count = some.filter((one) => one >= radius).length;
        expect(shownAt(stairsOf(some), radius)).toBe(count);
        expect(countFrom(some, radius)).toBe(count);
      }),
    );
  });

  it('when thinned never show more than there is, and fall at most the width too early', () => {
    const width = hundredths(0.01, 1);
    fc.assert(
      fc.property(radii, width, hundredths(0, 5), (some, wide, radius) => {
        const stairs = stairsOf(some);
        const fewer = thinned(stairs, wide);
        expect(shownAt(fewer, radius)).toBeLessThanOrEqual(shownAt(stairs, radius));
        // What is shown at a radius is true of one at most the width further on; but for rounding.
        expect(shownAt(fewer, radius)).toBeGreaterThanOrEqual(shownAt(stairs, radius + wide + 1e-12));
        expect(fewer[0]).toEqual(stairs[0]);
        expect(fewer.at(-1)).toEqual(stairs.at(-1));
        expect(fewer.length).toBeLessThanOrEqual(4 / wide + 2);
      }),
    );
  });

  it('are left as they are where none is closer than the width', () => {
    const stairs = stairsOf(Float64Array.of(0.1, 0.3, 0.5));
    expect(thinned(stairs, 0.05)).toEqual(stairs);
  });
});
