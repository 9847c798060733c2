import { describe, expect, it } from 'vitest';

import { claimOf, type ClaimSpec } from './claim-of.js';

const SPEC: ClaimSpec = {
  alpha: 0.001,
  bound: 'spending',
  stop: { kind: 'gain', minGain: 0.1 },
  maxSamples: 128,
  runnerUp: false,
  simultaneous: false,
};
const IMAGES = { start: 0, stop: 1000, step: 2 };
const claim = (more: Partial<ClaimSpec>) => claimOf({ ...SPEC, ...more }, IMAGES);

describe('the claim that is asked for', () => {
  it('has the looks of the rule, and no field that says nothing', () => {
    expect(claim({ bound: 'anytime' })).toEqual({
      alpha: 0.001,
      bound: 'anytime',
      stop: SPEC.stop,
      looks: [64, 96, 128],
      images: IMAGES,
    });
  });

  it('has the gain that the table of spending is matched to', () => {
    expect(claim({}).matchedGain).toBe(0.1);
    // 0.12 · (1000 · 500 / 1,000,000)^1.4, to three digits.
    expect(claim({ stop: { kind: 'budget', totalSamples: 1_000_000 } }).matchedGain).toBe(0.0455);
    expect(claim({ stop: { kind: 'target', radii: ['0.5'] } })).not.toHaveProperty('matchedGain');
  });

  it('says what it claims beside the usual', () => {
    expect(claim({ runnerUp: true, simultaneous: true })).toMatchObject({
      runnerUp: true,
      simultaneous: true,
    });
  });
});
