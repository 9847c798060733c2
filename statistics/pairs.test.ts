import { describe, expect, it } from 'vitest';

import { SmoothcertError } from '../shared/errors.js';
import { checkAlpha, checkPair } from './pairs.js';

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
