import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ABSTAINED, makeResult, makeSet } from '../../test/support/result-sets.js';
import {
  PROBABILITY_BINS,
  inProbabilityBins,
  lowerBounds,
  sampleBins,
  samplesInBins,
  voteShares,
} from './histograms.js';

const withSamples = (samples: readonly number[]) =>
  makeSet(samples.map((n, at) => makeResult(at, { samples: n })));

describe('the histogram of samples', () => {
  it('has a bin for each number where there are few of them', () => {
    const sets = [withSamples([64, 128, 64]), withSamples([0])];
    const bins = sampleBins(sets);
    expect(bins).toEqual([0, 64, 128].map((n) => ({ from: n, to: n })));
    expect(sets.map((set) => samplesInBins(set, bins))).toEqual([
      [0, 2, 1],
      [1, 0, 0],
    ]);
  });

  it('has bins that double where there are many, empty ones among them, and one for none', () => {
    const many = [0, ...Array.from({ length: 13 }, (_, i) => 70 + i), 1000];
    expect(sampleBins([withSamples(many)])).toEqual([
      { from: 0, to: 0 },
      { from: 64, to: 127 },
      { from: 128, to: 255 },
      { from: 256, to: 511 },
      { from: 512, to: 1023 },
    ]);
  });

  it('has bins that grow fourfold where doubling would give too many', () => {
    const many = [...Array.from({ length: 13 }, (_, i) => 16 + i), 1e7];
    const bins = sampleBins([withSamples(many)]);
    expect(bins.slice(0, 2)).toEqual([
      { from: 16, to: 63 },
      { from: 64, to: 255 },
    ]);
    expect(bins.at(-1)!.to).toBeGreaterThanOrEqual(1e7);
  });

  it('has every image in one bin', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1e9), { minLength: 1, maxLength: 40 }), (samples) => {
        const set = withSamples(samples);
        const bins = sampleBins([set]);
        expect(bins.length).toBeLessThanOrEqual(17);
        expect(samplesInBins(set, bins).reduce((a, b) => a + b, 0)).toBe(samples.length);
      }),
    );
  });

  it('leaves out images that failed', () => {
    const set = makeSet([makeResult(0), makeResult(1, { ...ABSTAINED, outcome: 'failed', samples: 7 })]);
    expect(sampleBins([set])).toEqual([{ from: 128, to: 128 }]);
  });
});

describe('the histograms of p_A', () => {
  it('have each lower end in its bin, and 1 in the last', () => {
    const ends = PROBABILITY_BINS.map(({ from }) => from);
    expect(inProbabilityBins(ends)).toEqual(PROBABILITY_BINS.map(() => 1));
    expect(inProbabilityBins([1]).at(-1)).toBe(1);
    expect(inProbabilityBins([0.49, 0.599, 0.99989]).slice(0, 2)).toEqual([1, 1]);
  });

  it('are of the bounds of certificates, and of the votes of all that have not failed', () => {
    const set = makeSet([
      makeResult(0, { pLower: 0.7 }),
      makeResult(1, ABSTAINED),
      makeResult(2, { ...ABSTAINED, counts: { classes: [], votes: [], invalid: 0 } }),
      makeResult(3, { ...ABSTAINED, outcome: 'failed' }),
    ]);
    expect(lowerBounds(set)).toEqual([0.7]);
    expect(voteShares(set)).toEqual([120 / 128, 120 / 128]);
  });
});
