import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { keptSizes } from './kept-sizes.js';
import { looksFor } from './schedule.js';

const GAIN = { kind: 'gain', minGain: 0.02 } as const;

describe('the sizes at which counts are kept', () => {
  it('are the documented ones, ascending, each once, the whole number last', () => {
    const upToAThousand = '10 16 25 32 50 64 96 100 128 144 160 216 250 256 324 486 500 512 729 1000'.split(
      ' ',
    );
    expect(keptSizes(1000).map(String)).toEqual(upToAThousand);
    expect(keptSizes(1)).toEqual([1]);
    expect(keptSizes(10)).toEqual([10]);
    expect(keptSizes(16)).toEqual([10, 16]);
  });

  it('hold every look of spending and anytime, so that one drawing can be studied under both', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 131_072 }),
        fc.constantFrom('spending' as const, 'anytime' as const),
        (most, bound) => {
          const kept = new Set(keptSizes(most));
          expect(looksFor(GAIN, bound, most).filter((n) => !kept.has(n))).toEqual([]);
        },
      ),
    );
  });

  it('are few enough for a job at the largest budget', () => {
    expect(keptSizes(1e9).length).toBeLessThan(120);
  });
});
