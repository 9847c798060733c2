import { describe, expect, it } from 'vitest';

import type { Claim } from '../shared/job.js';
import { ImpossibleClaim, budgetTooSmall, describeImpossible } from './impossible-claim.js';

const GAIN: Claim = {
  alpha: 0.001,
  bound: 'spending',
  stop: { kind: 'gain', minGain: 0.02 },
  looks: [64, 128],
  images: { start: 0, stop: 1, step: 1 },
};

describe('a budget that is too small', () => {
  it('is refused with its numbers', () => {
    expect(budgetTooSmall(GAIN)).toMatchObject({
      code: 'BUDGET_TOO_SMALL',
      message: 'With 128 samples and α = 0.001, not even votes that all agree would certify an image.',
      why: {
        reason: 'budget-too-small',
        samples: 128,
        alpha: 0.001,
        together: null,
        rule: 'gain',
        wanted: null,
      },
    });
  });

  it('counts of fixed the samples that bound the class', () => {
    const fixed: Claim = { ...GAIN, stop: { kind: 'fixed', selection: 10 }, looks: [10, 110] };
    expect(budgetTooSmall(fixed).message).toMatch(/^With 100 samples/);
  });

  it('names the radius that is out of reach, as it was written', () => {
    expect(
      budgetTooSmall(GAIN, { radius: '0.50', noise: { kind: 'gaussian', scale: 0.25 } }).message,
    ).toMatch(/certify a radius of 0\.50 at σ = 0\.25\.$/);
  });
});

describe('what is impossible', () => {
  it('has a sentence and a code for each reason', () => {
    const pilot = { reason: 'nothing-behind-pilot', samples: 64, pilot: 64 } as const;
    expect(describeImpossible(pilot)).toBe(
      'With 64 samples an image, nothing is left behind the pilot of 64 samples',
    );
    expect(new ImpossibleClaim(pilot).code).toBe('BUDGET_TOO_SMALL');
    const total = {
      reason: 'total-too-small',
      total: 50,
      least: 64,
      isFirstLook: true,
      alpha: 0.001,
      together: null,
    } as const;
    expect(new ImpossibleClaim(total)).toMatchObject({
      code: 'BUDGET_TOO_SMALL',
      message:
        'No image can be certified from fewer than 64 samples, its first look, and all images together have 50.',
    });
    expect(describeImpossible({ ...total, isFirstLook: false })).toBe(
      'No image can be certified from fewer than 64 samples, and all images together have 50',
    );
    const level = 1 - 0.999 ** (1 / 6);
    const shared = { ...total, alpha: level, together: { alpha: 0.001, images: 6 } } as const;
    expect(describeImpossible(shared)).toBe(
      'With α = 0.001 for 6 images together (0.000167 for each), no image can be certified from fewer than 64 samples, its first look, and all images together have 50',
    );
    expect(describeImpossible({ ...shared, together: { alpha: 0.001, images: 1 } })).toMatch(/^No image /);
    const wanted = { radius: '0.50', noise: { kind: 'uniform', scale: 0.5 } } as const;
    const far = { reason: 'out-of-reach', wanted, farthest: 0.5 } as const;
    expect(new ImpossibleClaim(far)).toMatchObject({
      code: 'OPTION_INVALID',
      message:
        'With uniform noise of σ = 0.288675134594813 (λ = 0.5), no votes certify a radius of 0.50: all radii are below 0.5.',
    });
    const looks = { reason: 'too-many-looks', samples: 200_000, looks: 13, most: 12 } as const;
    expect(new ImpossibleClaim(looks)).toMatchObject({
      code: 'SCHEDULE_TOO_LONG',
      message: 'With 200000 samples an image, the bound "spending" would have 13 looks; it takes at most 12.',
    });
  });
});
