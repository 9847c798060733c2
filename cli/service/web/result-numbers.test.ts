import { describe, expect, it } from 'vitest';
import { ABSTAINED, makeResult, makeSet } from '../../../test/support/result-sets.js';
import { resultNumbers } from './result-numbers.js';

const RESULTS = [
  makeResult(0, { radius: 0.5 }),
  makeResult(1, { radius: 0.3, class: 5, correct: false }),
  makeResult(2, ABSTAINED),
  makeResult(3, { radius: 0.25 }),
];

describe('numbers of a job for its page', () => {
  it('tell right from wrong at once, and shares and means once all images have ended', () => {
    expect(resultNumbers(makeSet(RESULTS, { images: 5 }))).toEqual({
      right: 2,
      wrong: 1,
      acr: null,
      meanRadius: null,
      certified: [],
    });
    const { certified, ...rest } = resultNumbers(makeSet(RESULTS));
    expect(rest).toEqual({ right: 2, wrong: 1, acr: 0.75 / 4, meanRadius: 1.05 / 4 });
    expect(certified[0]).toEqual({ radius: 0, images: 2 });
    expect(certified.length).toBeGreaterThan(1);
    for (const { radius, images } of certified)
      expect(images).toBe([0.25, 0.5].filter((one) => one >= radius).length);
  });

  it('count all certificates without labels, and have no radii without certificates', () => {
    const unlabelled = RESULTS.map((result) => ({ ...result, label: null, correct: null }));
    const numbers = resultNumbers(makeSet(unlabelled));
    expect(numbers).toMatchObject({ right: null, wrong: null, acr: null, meanRadius: 1.05 / 4 });
    expect(numbers.certified[0]).toEqual({ radius: 0, images: 3 });
    const predicted = [makeResult(0, { outcome: 'predicted', radius: 0 })];
    expect(
      resultNumbers(makeSet(predicted, { job: { stop: { kind: 'predict' }, bound: 'anytime' } })),
    ).toEqual({
      right: 1,
      wrong: 0,
      acr: null,
      meanRadius: null,
      certified: [],
    });
  });

  it('are those at the radii that were asked for', () => {
    const stop = { kind: 'target', radii: ['0.28', '0.4', '0.9'] } as const;
    const numbers = resultNumbers(makeSet(RESULTS, { job: { stop } }));
    const certified = [0.28, 0.4].map((radius) => ({ radius, images: 1 }));
    expect(numbers).toMatchObject({ acr: null, meanRadius: null, certified });
  });
});
