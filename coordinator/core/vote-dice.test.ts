import { describe, expect, it } from 'vitest';
import { VoteDice } from './vote-dice.js';

const DRAWS = 4_000;

describe('imagined votes', () => {
  it.each([
    [64, 0],
    [64, 1],
    [64, 0.01],
    [100, 0.15],
    [100, 0.5],
    [1_000, 0.3],
    [1_000, 0.99],
    [50_000, 0.0001],
  ])('of %d samples that fail at %d have the mean and the variance of the binomial law', (n, rate) => {
    const dice = new VoteDice(7);
    const all = Array.from({ length: DRAWS }, () => dice.failures(n, rate));
    expect(all.every((one) => Number.isInteger(one) && one >= 0 && one <= n)).toBe(true);
    const mean = all.reduce((a, b) => a + b, 0) / DRAWS;
    const variance = all.reduce((a, b) => a + (b - mean) ** 2, 0) / DRAWS;
    const exact = n * rate * (1 - rate);
    // Five standard deviations of the mean, and a tenth of the variance, whose deviation is below 3 %.
    expect(Math.abs(mean - n * rate)).toBeLessThanOrEqual(5 * Math.sqrt(exact / DRAWS));
    expect(Math.abs(variance - exact)).toBeLessThanOrEqual(0.1 * exact);
  });

  it('always fall alike with the same seed, and otherwise with another one', () => {
    const of = (seed: number) => {
      const dice = new VoteDice(seed);
      return Array.from({ length: 20 }, () => dice.failures(1_000, 0.2));
    };
    expect(of(3)).toEqual(of(3));
    expect(of(3)).not.toEqual(of(4));
  });
});
