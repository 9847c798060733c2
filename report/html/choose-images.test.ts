import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageResult } from '../../analysis/results/result-set.js';
import { chooseImages } from './choose-images.js';

type Outcome = Pick<ImageResult, 'outcome' | 'correct'>;
const RIGHT: Outcome = { outcome: 'certified', correct: true };
const WRONG: Outcome = { outcome: 'certified', correct: false };
const ABSTAINED: Outcome = { outcome: 'abstained', correct: null };

const many = (count: number, outcome: Outcome): Outcome[] => Array.from({ length: count }, () => outcome);

describe('chooseImages', () => {
  it('takes all where they fit', () => {
    expect(chooseImages([RIGHT, WRONG, ABSTAINED], 3)).toEqual([0, 1, 2]);
    expect(chooseImages([], 0)).toEqual([]);
  });

  it('takes the first ones, and of the others every rare outcome before the frequent one', () => {
    const results = [...many(900, RIGHT), ...many(3, WRONG), ...many(97, ABSTAINED)];
    const chosen = chooseImages(results, 100);
    expect(chosen.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, place) => place));
    const later = chosen.slice(50).map((place) => results[place]!);
    expect(later.filter((one) => one === WRONG)).toHaveLength(3);
    expect(later.filter((one) => one === ABSTAINED)).toHaveLength(23);
    expect(later.filter((one) => one === RIGHT)).toHaveLength(24);
  });

  it('spreads an outcome evenly', () => {
    expect(chooseImages(many(1000, RIGHT), 10)).toEqual([0, 1, 2, 3, 4, 5, 204, 403, 602, 801]);
  });

  it('takes exactly as many as it may, ascending and each once', () => {
    const outcome = fc.constantFrom(RIGHT, WRONG, ABSTAINED);
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 60 }), fc.nat(70), (results, most) => {
        const chosen = chooseImages(results, most);
        expect(chosen).toHaveLength(Math.min(most, results.length));
        expect([...new Set(chosen)].sort((a, b) => a - b)).toEqual(chosen);
        expect(chosen.every((place) => place < results.length)).toBe(true);
      }),
    );
  });
});
