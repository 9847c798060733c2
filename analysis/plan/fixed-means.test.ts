import { describe, expect, it } from 'vitest';
import { deltaGroups } from './delta-groups.js';
import { fixedMeans } from './fixed-means.js';

const UNIT = { kind: 'gaussian', scale: 1 } as const;
/** Six images, of which two are of the wrong class; two of the images cannot be certified, or hardly. */
const IMAGES = [
  [0.0005, true],
  [0.01, true],
  [0.1, false],
  [0.35, true],
  [0.48, true],
  [0.7, false],
] as const;
const groups = deltaGroups({
  name: 'six',
  noise: UNIT,
  images: IMAGES.map(([delta, right]) => ({ delta, right })),
});

describe('means of a fixed number of samples', () => {
  // By scipy 1.17: means over the images of Σ_f binom.pmf(f, n, δ) · Φ⁻¹(beta.ppf(α, n − f, f + 1)), where that is above 0.
  it.each([
    {
      n: 100,
      alpha: 0.001,
      acr: 0.48341553877641874,
      meanRadius: 0.6112725575409236,
      certified: 0.5776068605353148,
      accuracy: [0.33535461042668996, 0.33324424425314203, 0],
    },
    {
      n: 1_000,
      alpha: 0.01,
      acr: 0.8168724232054867,
      meanRadius: 1.0095308618547083,
      certified: 0.6889956579613419,
      accuracy: [0.47197913810391173, 0.33333333333333326, 0.2987519336516189],
    },
    {
      n: 10_000,
      alpha: 0.001,
      acr: 0.920201575230005,
      meanRadius: 1.1250161163616188,
      certified: 0.8022442288918599,
      accuracy: [0.49999999999999545, 0.33333333333333315, 0.33333333333332527],
    },
  ])('are those of scipy at n = $n', ({ n, alpha, acr, meanRadius, certified, accuracy }) => {
    const found = fixedMeans(groups, { n, alpha, selection: 100 }, UNIT, [0.25, 1, 2]);
    expect(found.samples).toBe(n + 100);
    expect(found.acr).toBeCloseTo(acr, 7);
    expect(found.meanRadius).toBeCloseTo(meanRadius, 7);
    expect(found.certified).toBeCloseTo(certified, 8);
    accuracy.forEach((share, j) => expect(found.accuracy[j]).toBeCloseTo(share, 8));
  });

  it('are nothing where nothing can be certified', () => {
    const found = fixedMeans(groups, { n: 5, alpha: 0.001, selection: 1 }, UNIT, [0]);
    expect(found).toEqual({ samples: 6, meanRadius: 0, acr: 0, certified: 0, accuracy: [0] });
  });
});
