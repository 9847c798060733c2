import { describe, expect, it } from 'vitest';
import { invalidCause, isTie, largestScore } from './score-row.js';

const voteOf = (...scores: number[]) => largestScore(Float32Array.from(scores), 0, scores.length);

describe('the largest score of a row', () => {
  it('is found beside masked classes', () => {
    expect(voteOf(-Infinity, 3, -Infinity)).toBe(1);
    expect(voteOf(-Infinity, -1000, 2, 2)).toBe(2);
  });

  it('is none where a score is NaN or +∞, wherever it stands, or where no score is finite', () => {
    for (const broken of [NaN, Infinity]) {
      expect(voteOf(broken, 5, 1)).toBeNull();
      expect(voteOf(5, broken, 1)).toBeNull();
      expect(voteOf(5, 1, broken)).toBeNull();
      expect(voteOf(-Infinity, broken, -Infinity)).toBeNull();
    }
    expect(voteOf(-Infinity, -Infinity)).toBeNull();
    expect(voteOf()).toBeNull();
  });

  it('is looked for in the row only', () => {
    const scores = Float32Array.of(NaN, 1, 2, Infinity);
    expect(largestScore(scores, 1, 3)).toBe(1);
  });
});

describe('a tie', () => {
  const tied = (...scores: number[]) => {
    const row = Float32Array.from(scores);
    return isTie(row, 0, row.length, largestScore(row, 0, row.length)!);
  };

  it('is a largest score that a later class has, too', () => {
    expect(tied(1, 3, 3)).toBe(true);
    expect(tied(0, -0)).toBe(true);
    expect(tied(3, 1, 1)).toBe(false);
    expect(tied(1, 1, 2)).toBe(false);
    expect(tied(-Infinity, 2, -Infinity)).toBe(false);
    expect(tied(5)).toBe(false);
  });

  it('is looked for in its row', () => {
    expect(isTie(Float32Array.of(2, 1, 2, 2), 0, 2, 0)).toBe(false);
    expect(isTie(Float32Array.of(9, 1, 2, 2), 1, 4, 1)).toBe(true);
  });
});

it('a row that is no vote says why: NaN before +∞, before no finite score', () => {
  const cause = (...scores: number[]) => invalidCause(Float32Array.from(scores), 0, scores.length);
  expect(cause(Infinity, NaN, 1)).toBe('nan');
  expect(cause(1, Infinity)).toBe('infinite');
  expect(cause(-Infinity, -Infinity)).toBe('noneFinite');
});
