import { describe, expect, it } from 'vitest';

import type { CompiledBound } from './bounds/bound.js';
import { compileBound } from './bounds/bounds.js';
import { gainPerSample, gainStops } from './gain.js';
import { gaussian } from './noises/gaussian.js';

const LOOKS = [64, 128, 256, 512, 1000];

/** A bound that answers from a list of z by look, whatever the failures: it isolates the rule from the bounds. */
function listed(z: readonly number[]): CompiledBound {
  return {
    certify: (look) => (z[look]! > 0 ? { deltaUpper: 0.1, z: z[look]! } : null),
  };
}

describe('the rule gain', () => {
  it('stops at the last look for the budget, whatever is held', () => {
    const bound = listed([1, 1, 1, 1, 1]);
    expect(gainStops(bound, LOOKS, 0, { look: 4, failures: 0, heldZ: 0 })).toBe('budget');
    expect(gainStops(bound, LOOKS, 9, { look: 4, failures: 0, heldZ: 3 })).toBe('budget');
  });

  it('stops with a certificate iff the next look gains less than the price of its samples', () => {
    const standing = { look: 0, failures: 0, heldZ: 1 };
    // 64 samples at 0.5 per 1,000 cost 0.032
    expect(gainStops(listed([1, 1.0319, 9, 9, 9]), LOOKS, 0.5, standing)).toBe('gain');
    expect(gainStops(listed([1, 1.0321, 0, 0, 0]), LOOKS, 0.5, standing)).toBeNull();
    expect(gainStops(listed([1, 0, 9, 9, 9]), LOOKS, 0.5, standing)).toBe('gain');
    // equality draws on: 64 samples at 1,000/64 cost exactly 1
    expect(gainStops(listed([1, 2, 0, 0, 0]), LOOKS, 1000 / 64, standing)).toBeNull();
  });

  it('without a certificate stops iff no later look pays', () => {
    const standing = { look: 0, failures: 20, heldZ: 0 };
    // the last look costs 936 samples, 0.936 at 1 per 1,000
    expect(gainStops(listed([0, 0, 0, 0, 0.935]), LOOKS, 1, standing)).toBe('abstain');
    expect(gainStops(listed([0, 0, 0, 0, 0.937]), LOOKS, 1, standing)).toBeNull();
    expect(gainStops(listed([0, 0, 0.193, 0, 0]), LOOKS, 1, standing)).toBeNull();
  });

  it('forecasts by the votes of the runner-up, too, where there are any', () => {
    const claim = { alpha: 0.001, looks: LOOKS, runnerUp: true } as const;
    const bound = compileBound({ ...claim, bound: 'spending' }, gaussian);
    const without = { look: 0, failures: 40, heldZ: 0 };
    expect(gainStops(bound, LOOKS, 0.02, without)).toBe('abstain');
    expect(gainStops(bound, LOOKS, 0.02, { ...without, runnerUp: 10 })).toBeNull();
    expect(gainStops(bound, LOOKS, 0.02, { ...without, runnerUp: 24 })).toBe('abstain');
    const held = { look: 3, failures: 300, heldZ: 0.2 };
    expect(gainStops(bound, LOOKS, 0.02, { ...held, runnerUp: 60 })).toBeNull();
    expect(gainStops(bound, LOOKS, 0.02, { ...held, runnerUp: 180 })).toBe('gain');
  });

  it('gives up hopeless votes and draws on with hopeful ones', () => {
    const bound = compileBound({ bound: 'anytime', alpha: 0.001, looks: LOOKS }, gaussian);
    expect(gainStops(bound, LOOKS, 0.02, { look: 0, failures: 40, heldZ: 0 })).toBe('abstain');
    expect(gainStops(bound, LOOKS, 0.02, { look: 0, failures: 25, heldZ: 0 })).toBeNull();
  });
});

describe('the gain of a further sample', () => {
  it('with a certificate is that of the next look alone, and never below 0', () => {
    const standing = { look: 0, failures: 0, heldZ: 1 };
    expect(gainPerSample(listed([1, 1.5, 9, 9, 9]), LOOKS, standing)).toBe(0.5 / 64);
    expect(gainPerSample(listed([1, 0.9, 9, 9, 9]), LOOKS, standing)).toBe(0);
    expect(gainPerSample(listed([1, 0, 0, 0, 0]), LOOKS, { ...standing, look: 3 })).toBe(0);
  });

  it('without a certificate is that of the later look that adds most a sample', () => {
    const standing = { look: 0, failures: 20, heldZ: 0 };
    expect(gainPerSample(listed([0, 0, 0.2, 0.4, 0.9]), LOOKS, standing)).toBe(0.2 / 192);
    expect(gainPerSample(listed([0, 0, 0.1, 0.1, 0.9]), LOOKS, standing)).toBe(0.9 / 936);
    expect(gainPerSample(listed([9, 0, 0, 0, 0]), LOOKS, standing)).toBe(0);
    expect(gainPerSample(listed([9, 9, 9, 9, 9]), LOOKS, { ...standing, failures: 60 })).toBe(0);
  });

  it('is the price at which the rule gain stops', () => {
    const bound = compileBound({ bound: 'anytime', alpha: 0.001, looks: LOOKS }, gaussian);
    for (const failures of [0, 1, 5, 20, 27, 31]) {
      const heldZ = bound.certify(0, failures, 64)?.z ?? 0;
      const standing = { look: 0, failures, heldZ };
      const price = 1000 * gainPerSample(bound, LOOKS, standing);
      expect(gainStops(bound, LOOKS, price * (1 + 1e-12) + 1e-300, standing)).not.toBeNull();
      if (price > 0) expect(gainStops(bound, LOOKS, price * (1 - 1e-12), standing)).toBeNull();
    }
  });
});
