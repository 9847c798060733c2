import { describe, expect, it } from 'vitest';

import { SmoothcertError } from '../shared/errors.js';
import type { Claim } from '../shared/job.js';
import { checkAlpha, checkClaim, checkPair, checkRadii } from './claim.js';

const GAIN: Claim = {
  alpha: 0.001,
  bound: 'spending',
  stop: { kind: 'gain', minGain: 0.02 },
  looks: [64, 128],
  images: { start: 0, stop: 1, step: 1 },
};
const FIXED: Claim = {
  ...GAIN,
  bound: 'clopper-pearson',
  stop: { kind: 'fixed', selection: 10 },
  looks: [10, 110],
};
const TARGET: Claim = {
  ...GAIN,
  bound: 'anytime',
  stop: { kind: 'target', radii: ['0.25', '0.50'] },
  looks: [32, 64],
};
const TWO_STAGE: Claim = {
  ...GAIN,
  bound: 'clopper-pearson',
  stop: { kind: 'two-stage', minGain: 0.02 },
  looks: [64, 80, 100],
};
const invalid: unknown = expect.objectContaining({ code: 'OPTION_INVALID' });
const checking = (claim: Claim) => () => checkClaim(claim);

describe('the claim', () => {
  it.each<[string, Claim]>([
    ['gain', GAIN],
    ['gain at no price', { ...GAIN, stop: { kind: 'gain', minGain: 0 } }],
    ['target', TARGET],
    ['two-stage', TWO_STAGE],
    ['fixed', FIXED],
    ['fixed with clt', { ...FIXED, bound: 'clt' }],
  ])('is taken where the mathematics covers it (%s)', (_, claim) => {
    expect(checking(claim)).not.toThrow();
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
  ])('is refused with %s', (_, change) => expect(checking({ ...GAIN, ...change })).toThrow(invalid));

  it.each([[[10]], [[11, 110]], [[10, 60, 110]]])('of fixed is refused with the looks %j', (looks) =>
    expect(checking({ ...FIXED, looks })).toThrow(invalid),
  );

  it.each([[[64]], [[32, 64]]])('of two-stage is refused with the looks %j', (looks) =>
    expect(checking({ ...TWO_STAGE, looks })).toThrow(invalid),
  );

  it('of two-stage is refused with a price below 0', () =>
    expect(checking({ ...TWO_STAGE, stop: { kind: 'two-stage', minGain: -1 } })).toThrow(invalid));

  it('of target is refused with radii that are none', () =>
    expect(checking({ ...TARGET, stop: { kind: 'target', radii: [] } })).toThrow(invalid));

  it('is refused with another pair', () =>
    expect(checking({ ...TARGET, bound: 'spending' })).toThrow(
      expect.objectContaining({ code: 'PAIR_NOT_OFFERED' }),
    ));
});

describe('radii', () => {
  it.each([['0'], ['0', '0.25', '0.5', '1.0'], ['10'], ['0.000001', '2']])('%j are radii', (...radii) =>
    expect(() => checkRadii(radii)).not.toThrow(),
  );

  it.each([
    [],
    [''],
    ['-1'],
    ['1e-3'],
    ['.5'],
    ['5.'],
    ['0.5', '0.25'],
    ['0.5', '0.50'],
    ['0.25', 'x'],
    ['Infinity'],
  ])('%j are none', (...radii) => expect(() => checkRadii(radii)).toThrow(invalid));
});

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
    ['target', 'anytime'],
    ['two-stage', 'clopper-pearson'],
    ['fixed', 'clopper-pearson'],
    ['fixed', 'clt'],
  ])('offers %s with %s', (stop, bound) => {
    expect(() => checkPair(stop, bound)).not.toThrow();
  });

  it.each([
    ['gain', 'clopper-pearson', /35 times/, /--bound spending or --bound anytime/],
    ['gain', 'clt', /is no bound/, /--bound spending or --bound anytime/],
    ['gain', 'toString', /no such bound/, /--bound spending/],
    ['target', 'spending', /more often than the tables/, /--bound anytime/],
    ['target', 'clopper-pearson', /35 times/, /--bound anytime/],
    ['target', 'clt', /is no bound/, /--bound anytime/],
    ['two-stage', 'spending', /looks once/, /--bound clopper-pearson/],
    ['two-stage', 'anytime', /looks once/, /--bound clopper-pearson/],
    ['two-stage', 'clt', /is no bound/, /--bound clopper-pearson\./],
    ['fixed', 'spending', /looks once/, /--bound clopper-pearson\.$/],
    ['fixed', 'anytime', /looks once/, /--bound clopper-pearson/],
    ['fixed', 'wald', /no such bound/, /--bound clopper-pearson/],
    ['budget', 'anytime', /no stopping rule "budget"/, /--stop gain or --stop target or --stop two-stage/],
    ['toString', 'anytime', /no stopping rule/, /--stop gain/],
  ])('refuses %s with %s in a sentence', (stop, bound, reason, remedy) => {
    const error = refusal(() => checkPair(stop, bound));
    expect(error.code).toBe('PAIR_NOT_OFFERED');
    expect(error.message).toMatch(reason);
    expect(error.remedy).toMatch(remedy);
  });
});

describe('α', () => {
  it('is from 1e-12 to ¼', () => {
    for (const alpha of [1e-12, 0.001, 0.25]) expect(() => checkAlpha(alpha)).not.toThrow();
    for (const alpha of [0, -1, 1e-13, 0.2500001, 1, NaN]) {
      expect(refusal(() => checkAlpha(alpha)).code).toBe('OPTION_INVALID');
    }
  });
});
