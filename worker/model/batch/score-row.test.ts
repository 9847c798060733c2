import { describe, expect, it } from 'vitest';
import { largestScore } from './score-row.js';

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
