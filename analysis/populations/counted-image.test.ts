import { describe, expect, it } from 'vitest';
import { countedPopulation, isExtrapolated, restingOf, type Continued } from './counted-image.js';

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

  it('continues images that never failed as it is asked to, beyond the samples that were counted', () => {
    const noise = { kind: 'gaussian', scale: 1 } as const;
    const of = (mostAsked: number, continued: Continued) =>
      countedPopulation('c', noise, images, mostAsked, continued).images;
    expect(of(101, 'once').filter(({ delta }) => delta === 0.01)).toEqual([{ delta: 0.01, right: true }]);
    expect(of(101, 'never')[0]).toEqual({ delta: 0, right: true });
    expect(of(100, 'once')[0]).toEqual({ delta: 0, right: true });
    expect([100, 101].map((most) => isExtrapolated(images, most))).toEqual([false, true]);
  });

  it('spreads images of few failures over a law, a whole image each', () => {
    const noise = { kind: 'gaussian', scale: 1 } as const;
    const spread = countedPopulation('s', noise, images, 1_000).images;
    const shareOf = (right: boolean | null) =>
      spread.filter((one) => one.right === right).reduce((sum, { share = 1 }) => sum + share, 0);
    for (const right of [true, null, false]) expect(shareOf(right)).toBeCloseTo(1, 6);
    expect(spread.filter(({ right }) => right === null)).toEqual([{ delta: 0.1, right: null }]);
    expect(spread.length).toBeGreaterThan(20);
  });

  it('says how many samples it rests on', () => {
    expect(restingOf(images)).toEqual({ least: 100, median: 200, most: 300 });
    expect(restingOf(images.slice(1))).toEqual({ least: 200, median: 200, most: 300 });
  });
});
