import { describe, expect, it } from 'vitest';

import { ABSTAINED, makeResult, makeSet } from '../../test/support/result-sets.js';
import { countedRadii, isComplete, isLabelled, isSample, provesRadii } from './counted.js';

const WRONG = { class: 5, correct: false } as const;
const UNLABELLED = { label: null, correct: null } as const;

describe('the images that count', () => {
  it('with labels are those that are certified and right', () => {
    const set = makeSet([
      makeResult(0, { radius: 0.5 }),
      makeResult(1, { radius: 0.9, ...WRONG }),
      makeResult(2, ABSTAINED),
      makeResult(3, { radius: 0.1 }),
    ]);
    expect(isLabelled(set)).toBe(true);
    expect([...countedRadii(set)]).toEqual([0.1, 0.5]);
  });

  it('without labels are all that are certified', () => {
    const set = makeSet([
      makeResult(0, { radius: 0.5, ...UNLABELLED }),
      makeResult(1, { ...ABSTAINED, ...UNLABELLED }),
      makeResult(2, { radius: 0, ...UNLABELLED }),
    ]);
    expect(isLabelled(set)).toBe(false);
    expect([...countedRadii(set)]).toEqual([0, 0.5]);
  });

  it('are none that are approximate or predicted', () => {
    const results = (['approximate', 'predicted'] as const).map((outcome, at) =>
      makeResult(at, { outcome, radius: 1 }),
    );
    expect(countedRadii(makeSet(results))).toHaveLength(0);
  });
});

describe('a set of results', () => {
  it('is complete when every image has ended', () => {
    expect(isComplete(makeSet([makeResult(0)]))).toBe(true);
    expect(isComplete(makeSet([makeResult(0)], { images: 2 }))).toBe(false);
  });

  it('proves radii unless it predicts, or its bound proves nothing', () => {
    const proves = (job: Parameters<typeof makeSet>[1]) => provesRadii(makeSet([], job));
    expect(proves({})).toBe(true);
    expect(proves({ job: { stop: { kind: 'predict' }, bound: 'anytime' } })).toBe(false);
    expect(proves({ job: { stop: { kind: 'fixed', selection: 20 }, bound: 'clt' } })).toBe(false);
  });
});

it('images are a sample of a population unless some have not ended, or they share samples', () => {
  const results = [makeResult(0), makeResult(1)];
  expect(isSample(makeSet(results))).toBe(true);
  expect(isSample(makeSet(results, { images: 3 }))).toBe(false);
  const job = { stop: { kind: 'budget', totalSamples: 900 } } as const;
  expect(isSample(makeSet(results, { job }))).toBe(false);
});
