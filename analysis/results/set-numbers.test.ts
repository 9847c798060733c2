import { describe, expect, it } from 'vitest';

import { ABSTAINED, makeResult, makeSet } from '../../test/support/result-sets.js';
import { meanRadii, outcomeCounts, sampleNumbers, stopCounts } from './set-numbers.js';

const FAILED = { ...ABSTAINED, outcome: 'failed', stop: 'CHILD_DIED' } as const;
const SET = makeSet(
  [
    makeResult(0, { radius: 0.5, samples: 64 }),
    makeResult(1, { radius: 0.25, class: 5, correct: false, samples: 128, stop: 'budget' }),
    makeResult(2, { ...ABSTAINED, samples: 256 }),
    makeResult(3, { ...FAILED, samples: 1000 }),
    makeResult(4, { radius: 0.75, samples: 128 }),
  ],
  { images: 10 },
);

describe('the numbers of a set', () => {
  it('count the outcomes, and the images that have not ended', () => {
    expect(Object.fromEntries(outcomeCounts(SET))).toEqual({
      'certified-right': 2,
      'certified-wrong': 1,
      abstained: 1,
      failed: 1,
      'not-ended': 5,
    });
  });

  it('tell right from wrong only where there is a label', () => {
    const unlabelled = { label: null, correct: null } as const;
    const set = makeSet([
      makeResult(0, unlabelled),
      makeResult(1, { ...unlabelled, outcome: 'predicted' }),
      makeResult(2, { outcome: 'predicted' }),
      makeResult(3, { outcome: 'predicted', correct: false }),
      makeResult(4, { ...ABSTAINED, outcome: 'approximate' }),
    ]);
    expect([...outcomeCounts(set).keys()]).toEqual([
      'certified',
      'predicted',
      'predicted-right',
      'predicted-wrong',
      'approximate',
    ]);
  });

  it('count the reasons by outcome, the most frequent first', () => {
    expect(stopCounts(SET)).toEqual([
      { outcome: 'certified', stop: 'gain', count: 2 },
      { outcome: 'certified', stop: 'budget', count: 1 },
      { outcome: 'abstained', stop: 'abstain', count: 1 },
      { outcome: 'failed', stop: 'CHILD_DIED', count: 1 },
    ]);
    const equal = ['budget', 'gain', 'abstain'].map((stop, at) => makeResult(at, { stop }));
    expect(stopCounts(makeSet(equal)).map(({ stop }) => stop)).toEqual(['abstain', 'budget', 'gain']);
  });

  it('have means of the radii over all images, decided or not', () => {
    expect(meanRadii(SET)).toEqual({ acr: (0.5 + 0.75) / 10, mean: (0.5 + 0.25 + 0.75) / 10 });
  });

  it('have no average certified radius without labels', () => {
    const set = makeSet([
      makeResult(0, { label: null, correct: null }),
      makeResult(1, { ...ABSTAINED, label: null }),
    ]);
    expect(meanRadii(set)).toEqual({ acr: null, mean: 0.25 });
  });

  it.each([
    { stop: { kind: 'target', radii: ['0.1'] }, bound: 'anytime' } as const,
    { stop: { kind: 'predict' }, bound: 'anytime' } as const,
    { stop: { kind: 'fixed', selection: 20 }, bound: 'clt' } as const,
  ])('have no means with $stop.kind and $bound', (job) => {
    expect(meanRadii(makeSet([makeResult(0)], { job }))).toBeNull();
  });

  it('have the samples of the images that have not failed', () => {
    expect(sampleNumbers(SET)).toEqual({ images: 4, sum: 576, median: 128, most: 256 });
    expect(sampleNumbers(makeSet([makeResult(0, FAILED)]))).toBeNull();
  });
});
