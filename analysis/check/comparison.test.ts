import { describe, expect, it } from 'vitest';
import { compare, kappaOf } from './comparison.js';
import type { Evidence } from './evidence.js';

/** Evidence of ten classes with these votes, of scores 3. */
function voting(plain: readonly number[], classes = 10): Evidence {
  const scores = plain.flatMap((vote) => Array.from({ length: classes }, (_, one) => (one === vote ? 3 : 0)));
  return { classes, plain, noisy: [], scores };
}
const filled = (count: number, value: number) => Array<number>(count).fill(value);
const LEVEL = 0.001;

describe('agreement with the labels', () => {
  it('is 1 where all answers are right, and 0 where answers are of one class', () => {
    expect(kappaOf([0, 1, 2], [0, 1, 2])).toBe(1);
    expect(kappaOf([1, 1, 1], [0, 1, 2])).toBeCloseTo(0, 12);
    expect(kappaOf([1, 1, 2], [1, 1, 1])).toBeCloseTo(0, 12);
    expect(kappaOf([1, 1], [1, 1])).toBe(0);
  });

  it('is that of the example of 50 proposals, 20 + 15 of which two readers agree on', () => {
    // A: 25 yes, B: 30 yes; both 20 yes, both 15 no: p_o = 0.7, p_e = 0.5, κ = 0.4.
    const first = [...filled(25, 1), ...filled(25, 0)];
    const second = [...filled(20, 1), ...filled(5, 0), ...filled(10, 1), ...filled(15, 0)];
    expect(kappaOf(first, second)).toBeCloseTo(0.4, 12);
  });
});

describe('two treatments', () => {
  const labels = Array.from({ length: 60 }, (_, at) => at % 10);
  /** Sure and wrong about all images, or less sure. */
  const wrong = labels.map((label) => (label + 1) % 10);

  it('are not told apart where all images are of one class, however right one is', () => {
    const same = filled(60, 4);
    expect(compare(voting(filled(60, 5)), voting(same), same, LEVEL)).toEqual({ by: 'answers', chance: 1 });
  });

  it('are not told apart by scores if neither is right for half of the images', () => {
    const unsure: Evidence = {
      ...voting(wrong),
      scores: labels.flatMap((label) =>
        Array.from({ length: 10 }, (_, one) => (one === label ? 2.9 : one === (label + 1) % 10 ? 3 : 0)),
      ),
    };
    expect(compare(voting(wrong), unsure, labels, LEVEL)).toEqual({ by: 'answers', chance: 1 });
  });

  it('are told apart by right answers where these are enough, else by the smaller probability', () => {
    const half = voting(labels.map((label, at) => (at % 2 === 0 ? label : (label + 1) % 10)));
    expect(compare(half, voting(labels), labels, LEVEL)).toEqual({ by: 'answers', chance: 2 ** -30 });
    const nine = voting(labels.map((label, at) => (at < 54 ? label : (label + 1) % 10)));
    const { by, chance } = compare(nine, voting(labels), labels, LEVEL);
    expect(chance).toBeLessThan(2 ** -6);
    expect(by).toBe('scores');
    expect(compare(voting(labels), voting(labels), labels, LEVEL)).toEqual({ by: 'answers', chance: 1 });
    expect(compare(voting(labels), half, labels, LEVEL).by).toBe('answers');
  });
});
