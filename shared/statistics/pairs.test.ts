import { describe, expect, it } from 'vitest';

import { SmoothcertError } from '../errors.js';
import type { Claim } from '../job.js';
import { compileBound } from './bound.js';
import { checkAlpha, checkBudget, checkClaim, checkPair } from './pairs.js';

const CLAIM: Claim = {
  alpha: 0.001,
  bound: 'spending',
  stop: { kind: 'gain', minGain: 0.02 },
  looks: [64, 128],
  images: { start: 0, stop: 1, step: 1 },
};
const FIXED: Claim = {
  ...CLAIM,
  bound: 'clopper-pearson',
  stop: { kind: 'fixed', selection: 10 },
  looks: [10, 110],
};

function refusal(act: () => void): SmoothcertError {
  try {
    act();
  } catch (error) {
    if (error instanceof SmoothcertError) return error;
  }
  throw new Error('nothing was refused');
}

describe('pairs of a stopping rule and a bound', () => {
  it.each([
    ['gain', 'spending'],
    ['gain', 'anytime'],
    ['fixed', 'clopper-pearson'],
  ])('offers %s with %s', (stop, bound) => {
    expect(() => checkPair(stop, bound)).not.toThrow();
  });

  it.each([
    ['gain', 'clopper-pearson', /35 times/, /--bound spending or --bound anytime/],
    ['fixed', 'spending', /looks once/, /--bound clopper-pearson/],
    ['fixed', 'anytime', /looks once/, /--bound clopper-pearson/],
    ['fixed', 'clt', /no such bound/, /--bound clopper-pearson/],
    ['gain', 'toString', /no such bound/, /--bound spending/],
    ['target', 'anytime', /no stopping rule "target"/, /--stop gain or --stop fixed/],
    ['toString', 'anytime', /no stopping rule/, /--stop gain/],
  ])('refuses %s with %s in a sentence', (stop, bound, reason, remedy) => {
    const error = refusal(() => checkPair(stop, bound));
    expect(error.code).toBe('PAIR_NOT_OFFERED');
    expect(error.message).toMatch(reason);
    expect(error.remedy).toMatch(remedy);
  });
});

describe('the claim', () => {
  it('has an α from 1e-12 to ¼', () => {
    for (const alpha of [1e-12, 0.001, 0.25]) expect(() => checkAlpha(alpha)).not.toThrow();
    for (const alpha of [0, -1, 1e-13, 0.2500001, 1, NaN]) {
      expect(refusal(() => checkAlpha(alpha)).code).toBe('OPTION_INVALID');
    }
  });

  it('is taken where the mathematics covers it', () => {
    expect(() => checkClaim(CLAIM)).not.toThrow();
    expect(() => checkClaim(FIXED)).not.toThrow();
    expect(() => checkClaim({ ...CLAIM, stop: { kind: 'gain', minGain: 0 } })).not.toThrow();
  });

  it.each<[string, Partial<Claim>]>([
    ['an α above ¼', { alpha: 0.3 }],
    ['a gain below 0', { stop: { kind: 'gain', minGain: -1 } }],
    ['a gain that is no number', { stop: { kind: 'gain', minGain: NaN } }],
    ['an infinite gain', { stop: { kind: 'gain', minGain: Infinity } }],
    ['no looks', { looks: [] }],
    ['a look at 0', { looks: [0, 64] }],
    ['looks that repeat', { looks: [64, 64] }],
    ['looks that descend', { looks: [128, 64] }],
    ['a look between two samples', { looks: [64.5] }],
    ['too many samples', { looks: [64, 1e9 + 1] }],
  ])('is refused with %s', (_, change) => {
    expect(refusal(() => checkClaim({ ...CLAIM, ...change })).code).toBe('OPTION_INVALID');
  });

  it.each([[[10]], [[11, 110]], [[10, 60, 110]]])('of fixed is refused with the looks %j', (looks) => {
    expect(refusal(() => checkClaim({ ...FIXED, looks })).code).toBe('OPTION_INVALID');
  });
});

describe('the budget', () => {
  const check = (claim: Claim) => () => checkBudget(claim, compileBound(claim));

  it('is enough exactly if unanimous votes certify', () => {
    const anytime = { ...CLAIM, bound: 'anytime' } as const;
    expect(refusal(check({ ...anytime, looks: [12] })).code).toBe('BUDGET_TOO_SMALL');
    expect(check({ ...anytime, looks: [13] })).not.toThrow();
    expect(refusal(check({ ...CLAIM, looks: [10] })).message).toMatch(/10 samples/);
    expect(check({ ...CLAIM, looks: [11] })).not.toThrow();
  });

  it('of fixed counts the samples after the selection alone', () => {
    expect(refusal(check({ ...FIXED, looks: [10, 19] })).message).toMatch(/9 samples/);
    expect(check({ ...FIXED, looks: [10, 20] })).not.toThrow();
  });
});
