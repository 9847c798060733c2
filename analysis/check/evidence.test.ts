import { describe, expect, it } from 'vitest';
import { calibrated, figuresOf, informationOf, mostFrequent, type Evidence } from './evidence.js';

/** Two images of three classes, each with two noisy copies. */
const TWO: Evidence = {
  classes: 3,
  plain: [0, 2],
  noisy: [0, 1, 2, -1],
  scores: [2, 0, 0, 0, 0, 1],
};

describe('figures', () => {
  it('count right answers, agreement and the most frequent class', () => {
    expect(figuresOf(TWO, [0, 1])).toEqual({
      images: 2,
      copies: 2,
      plain: 0.5,
      noisy: 0.25,
      agreement: 0.5,
      largest: { class: 0, share: 0.5 },
      largestNoisy: { class: -1, share: 0.25 },
      // (e²/(e² + 2) + e/(e + 2)) / 2
      confidence: expect.closeTo(0.681_549, 5) as number,
    });
  });

  it('are null where nothing tells', () => {
    expect(figuresOf(TWO, null)).toMatchObject({ plain: null, noisy: null, agreement: 0.5 });
    const plain = { ...TWO, noisy: [] };
    expect(figuresOf(plain, [0, 2])).toMatchObject({
      plain: 1,
      noisy: null,
      agreement: null,
      largestNoisy: null,
    });
    expect(informationOf(plain)).toBeNull();
  });

  it('take the lowest of several most frequent classes', () =>
    expect(mostFrequent([3, 1, 3, 1, 2])).toEqual({ class: 1, share: 0.4 }));
});

describe('information', () => {
  it('is 1 where the copies follow their images over all classes, 0 where all are one', () => {
    const all = { classes: 4, plain: [0, 1, 2, 3], noisy: [0, 1, 2, 3], scores: [] };
    expect(informationOf(all)).toBeCloseTo(1, 12);
    expect(informationOf({ ...all, plain: [2, 2, 2, 2] })).toBeCloseTo(0, 12);
    expect(informationOf({ ...all, plain: [0, 0, 1, 1], noisy: [0, 0, 1, 1] })).toBeCloseTo(0.5, 12);
  });
});

describe('calibrated losses', () => {
  it('do not change where scores are scaled', () => {
    const labels = [0, 0, 1];
    const evidence = (factor: number): Evidence => ({
      classes: 2,
      plain: [0, 1, 1],
      noisy: [],
      scores: [1, 0, 0, 0.5, -1, 1].map((score) => factor * score),
    });
    const [one, large] = [1, 16].map((factor) => calibrated(evidence(factor), labels));
    expect(large!.losses).toEqual(one!.losses.map((loss) => expect.closeTo(loss, 9) as number));
    expect(large!.temperature).toBe(16 * one!.temperature);
  });

  it('at temperature 1 are those of the softmax, and of probabilities their own', () => {
    const at1 = ({ temperature }: { temperature: number }) => Math.abs(Math.log(temperature));
    const logits: Evidence = { classes: 2, plain: [0], noisy: [], scores: [Math.log(3), 0] };
    expect(calibrated(logits, [0], at1).losses).toEqual([expect.closeTo(-Math.log(0.75), 12)]);
    const probabilities = { ...logits, scores: [0.75, 0.25] };
    expect(calibrated(probabilities, [1], at1).losses).toEqual([expect.closeTo(-Math.log(0.25), 12)]);
  });

  it('are bounded for impossible labels and for images without a vote', () => {
    const evidence: Evidence = { classes: 2, plain: [0, -1, 0], noisy: [], scores: [1, 0, NaN, 0, 1, 0] };
    expect(calibrated(evidence, [1, 0, 9]).losses).toEqual([20, 20, 20]);
  });
});
