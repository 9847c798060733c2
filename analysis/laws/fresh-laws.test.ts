import { describe, expect, it } from 'vitest';
import { fixedLaw, twoStageLaw } from './fresh-laws.js';

const UNIT = { kind: 'gaussian', scale: 1 } as const;
const RADII = [0.5, 1];

describe('the exact law of fixed', () => {
  // By scipy 1.10: Σ_k Bin(k; n, p) · Φ⁻¹(beta.ppf(α, k, n − k + 1)) over the k that certify.
  it.each([
    { n: 100, p: 0.99, alpha: 0.001, radius: 1.367538784627227, certified: 1, reached: [1, 0.99946546553] },
    {
      n: 100,
      p: 0.8,
      alpha: 0.001,
      radius: 0.4005597704389298,
      certified: 0.99966391283,
      reached: [0.1923375846, 1.868e-5],
    },
    { n: 1000, p: 0.6, alpha: 0.01, radius: 0.1590529943421497, certified: 0.9999692657846, reached: [0, 0] },
    { n: 10_000, p: 0.9, alpha: 0.001, radius: 1.2288872467896825, certified: 1, reached: [1, 1] },
  ])('agrees with scipy at n = $n, p = $p', ({ n, p, alpha, radius, certified, reached }) => {
    const law = fixedLaw({ alpha, selection: 100, maxSamples: n }, UNIT, RADII);
    const found = law(1 - p);
    expect(found.samples).toBeCloseTo(n + 100, 6);
    expect(found.radius).toBeCloseTo(radius, 6);
    expect(found.certified).toBeCloseTo(certified, 8);
    found.reached.forEach((share, j) => expect(share).toBeCloseTo(reached[j]!, 7));
  });

  it('certifies nothing of an image whose votes are half failures, and the cap of one without any', () => {
    const law = fixedLaw({ alpha: 0.001, selection: 100, maxSamples: 100 }, UNIT, RADII);
    expect(law(1)).toEqual({ samples: 200, radius: 0, certified: 0, reached: [0, 0] });
    // Φ⁻¹(α^(1/100)): what 100 unanimous votes prove.
    expect(law(0).radius).toBeCloseTo(1.5, 3);
  });
});

describe('the exact law of two-stage', () => {
  const claim = { alpha: 0.001, minGain: 0.1, maxSamples: 10_000 };

  it('draws the pilot alone for an image that is not worth more', () => {
    expect(twoStageLaw(claim, UNIT, RADII)(1)).toEqual({
      samples: 64,
      radius: 0,
      certified: 0,
      reached: [0, 0],
    });
  });

  it('is the law of the fixed number that a unanimous pilot plans, where every vote is for the class', () => {
    const found = twoStageLaw(claim, UNIT)(0);
    const n = found.samples - 64;
    expect(n).toBeGreaterThan(100);
    const same = fixedLaw({ alpha: claim.alpha, selection: 64, maxSamples: n }, UNIT)(0);
    expect(found).toEqual(same);
  });

  it('is the mean over pilots', () => {
    const found = twoStageLaw(claim, UNIT, RADII)(0.1);
    // Between what the most and the least hopeful pilot would plan.
    expect(found.samples).toBeGreaterThan(64);
    expect(found.certified).toBeGreaterThan(0.99);
    expect(found.reached[0]).toBeGreaterThan(found.reached[1]!);
    expect(found.radius).toBeLessThan(1.2816);
  });
});
