import { describe, expect, it } from 'vitest';
import { fixedRadii, lagrange } from './fixed-radii.js';

const UNIT = { kind: 'gaussian', scale: 1 } as const;

describe('the radii of a fixed number of samples', () => {
  // By scipy 1.17: −Φ⁻¹(beta.ppf(1 − α, f + 1, n − f)).
  it.each([
    { n: 100, failures: 1, radius: 1.3492590388103909 },
    { n: 100_000, failures: 257, radius: 2.73657166089105 },
    { n: 100_000, failures: 300, radius: 2.68989556723728 },
    { n: 100_000, failures: 777, radius: 2.379562179310839 },
    { n: 100_000, failures: 5_000, radius: 1.6242137046140768 },
    { n: 100_000, failures: 20_011, radius: 0.8272604512003492 },
    { n: 100_000, failures: 45_000, radius: 0.11336694802752982 },
    { n: 100_000, failures: 49_400, radius: 0.0027798346398473983 },
    { n: 1_000_000, failures: 123_457, radius: 1.1528957441678476 },
  ])('are those of scipy: $failures of $n', ({ n, failures, radius }) => {
    expect(Math.abs(fixedRadii(n, 0.001, UNIT)[failures]! - radius)).toBeLessThan(1.5e-7);
  });

  it('end where nothing is certified, and fall up to there', () => {
    const radii = fixedRadii(100_000, 0.001, UNIT);
    expect(radii).toHaveLength(49_511);
    expect(radii.every((radius, f) => radius > 0 && (f === 0 || radius < radii[f - 1]!))).toBe(true);
  });

  it('are none where unanimous votes certify nothing', () => {
    expect(fixedRadii(9, 0.001, UNIT)).toHaveLength(0);
    // ln α / ln ½ = 9.97.
    expect(fixedRadii(10, 0.001, UNIT)).toHaveLength(1);
  });

  it('are as wide as the noise', () => {
    const wide = fixedRadii(1_000, 0.001, { kind: 'laplace', scale: 0.25 });
    const narrow = fixedRadii(1_000, 0.001, { kind: 'laplace', scale: 1 });
    expect(wide).toHaveLength(narrow.length);
    expect(wide[7]).toBeCloseTo(narrow[7]! / 4, 12);
  });
});

describe('interpolation', () => {
  it('through four points of a cubic is the cubic', () => {
    const cubic = (x: number) => 2 * x ** 3 - x ** 2 + 0.5 * x - 7;
    const xs = [-1, 0.5, 2, 4];
    expect(lagrange(xs, xs.map(cubic), 1.25)).toBeCloseTo(cubic(1.25), 12);
    expect(lagrange(xs, xs.map(cubic), 2)).toBeCloseTo(cubic(2), 12);
  });
});
