import { describe, expect, it } from 'vitest';
import { countedPopulation, deltaOfCounts, restingOf } from './counted-image.js';

describe('the failure probability that counts speak for', () => {
  it('is the share of the failures', () => {
    expect(deltaOfCounts({ failures: 25, n: 1_000 }, 100_000)).toBe(0.025);
    expect(deltaOfCounts({ failures: 0, n: 1_000 }, 1_000)).toBe(0);
  });

  it('of an image that never failed is the one with which it would not in half of the cases, where more is asked', () => {
    const delta = deltaOfCounts({ failures: 0, n: 1_000 }, 1_001);
    expect((1 - delta) ** 1_000).toBeCloseTo(0.5, 10);
  });
});

describe('a population that was counted', () => {
  const images = [
    { failures: 0, n: 100, right: true },
    { failures: 30, n: 300, right: null },
    { failures: 1, n: 200, right: false },
  ];

  it('has the images in their order', () => {
    const noise = { kind: 'gaussian', scale: 0.25 } as const;
    expect(countedPopulation('three', noise, images, 100)).toEqual({
      name: 'three',
      noise,
      images: [
        { delta: 0, right: true },
        { delta: 0.1, right: null },
        { delta: 0.005, right: false },
      ],
    });
  });

  it('says how many samples it rests on', () => {
    expect(restingOf(images)).toEqual({ least: 100, median: 200, most: 300 });
    expect(restingOf(images.slice(1))).toEqual({ least: 200, median: 200, most: 300 });
  });
});
