import { describe, expect, it } from 'vitest';
import { LEVELS, levelsOf } from './failure-levels.js';

const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
const meanOf = (values: Float64Array) =>
  values.reduce((total, share, level) => total + share * LEVELS[level]!, 0);

describe('how likely each failure rate of an image is', () => {
  it('ascends from 0, near to 1', () => {
    expect(LEVELS[0]).toBe(0);
    expect([...LEVELS].sort((a, b) => a - b)).toEqual(LEVELS);
    expect(LEVELS.at(-1)).toBeGreaterThan(0.9);
  });

  it('is even for a job without votes', () => {
    const [prior, ...others] = levelsOf([]);
    expect(others).toEqual([]);
    for (const share of prior!) expect(share).toBeCloseTo(1 / LEVELS.length, 12);
  });

  it('adds up to 1, and lies where the votes are', () => {
    const groups = [
      { failures: 0, samples: 1_000, images: 50 },
      { failures: 300, samples: 1_000, images: 25 },
      { failures: 1_000, samples: 1_000, images: 25 },
    ];
    const [clear, torn, none, prior] = levelsOf(groups);
    for (const shares of [clear!, torn!, none!, prior!]) expect(sum(shares)).toBeCloseTo(1, 10);
    expect(meanOf(clear!)).toBeLessThan(0.001);
    expect(meanOf(torn!)).toBeCloseTo(0.3, 1);
    expect(meanOf(none!)).toBeGreaterThan(0.9);
    // Half of the images are clear; so is half of those that have no votes yet.
    expect(prior!.slice(0, 20).reduce((a, b) => a + b, 0)).toBeCloseTo(0.5, 2);
  });

  it('of few votes goes by the other images', () => {
    const young = { failures: 1, samples: 16, images: 1 };
    const among = (failures: number) =>
      meanOf(levelsOf([young, { failures, samples: 1_000, images: 500 }])[0]!);
    expect(among(10)).toBeLessThan(0.02);
    expect(among(200)).toBeGreaterThan(0.15);
  });

  it('is the most likely distribution: no move of weight between two levels makes the votes more likely', () => {
    const groups = [
      { failures: 0, samples: 64, images: 30 },
      { failures: 5, samples: 64, images: 20 },
      { failures: 30, samples: 64, images: 10 },
    ];
    const prior = levelsOf(groups).at(-1)!;
    const likelihood = (weights: readonly number[]) =>
      groups.reduce((total, { failures, samples, images }) => {
        const of = weights.reduce(
          (all, w, l) => all + w * LEVELS[l]! ** failures * (1 - LEVELS[l]!) ** (samples - failures),
          0,
        );
        return total + images * Math.log(of);
      }, 0);
    const found = likelihood([...prior]);
    for (let from = 0; from < LEVELS.length; from += 5) {
      for (let to = 2; to < LEVELS.length; to += 5) {
        const moved = [...prior];
        const weight = moved[from]! / 2;
        moved[from]! -= weight;
        moved[to]! += weight;
        // It is found by a bounded number of rounds, and so nearly.
        expect(likelihood(moved)).toBeLessThan(found + 0.5);
      }
    }
  });
});
