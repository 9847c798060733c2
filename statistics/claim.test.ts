import { describe, expect, it } from 'vitest';

import type { Claim } from '../shared/job.js';
import { areRadii, requireProvable, requireRunnerUp, requireCheckedLevel } from './claim.js';
import { gaussian } from './noises/gaussian.js';
import { laplace } from './noises/laplace.js';

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
const KEPT = { kind: 'fixed', selection: 10, keepCounts: true } as const;
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
const PREDICT: Claim = { ...GAIN, bound: 'anytime', stop: { kind: 'predict' }, looks: [64, 80, 100] };
const TWO_SIDED: Claim = { ...PREDICT, bound: 'two-sided', looks: [100] };
const uncovered: unknown = expect.objectContaining({ code: 'INTERNAL' });
const requiring = (claim: Claim) => () => requireProvable(claim);

describe('the claim', () => {
  it.each<[string, Claim]>([
    ['gain', GAIN],
    ['gain at no price', { ...GAIN, stop: { kind: 'gain', minGain: 0 } }],
    ['target', TARGET],
    ['two-stage', TWO_STAGE],
    ['fixed', FIXED],
    ['predict', PREDICT],
    ['predict at one look', TWO_SIDED],
    [
      'fixed with as many samples as there may be, twice',
      { ...FIXED, looks: [1e9, 2e9], stop: { kind: 'fixed', selection: 1e9 } },
    ],
    ['the smallest α', { ...GAIN, alpha: 1e-12 }],
    ['the largest α', { ...GAIN, alpha: 0.25 }],
    ['fixed with clt', { ...FIXED, bound: 'clt' }],
    ['fixed with counts kept at 50', { ...FIXED, stop: KEPT, looks: [10, 60, 110] }],
    ['fixed with counts kept at none', { ...FIXED, stop: KEPT, looks: [10, 14] }],
  ])('is taken where the mathematics covers it (%s)', (_, claim) => {
    expect(requiring(claim)).not.toThrow();
  });

  it.each<[string, Partial<Claim>]>([
    ['an α above ¼', { alpha: 0.2500001 }],
    ['an α below what was checked', { alpha: 1e-13 }],
    ['an α that is no number', { alpha: NaN }],
    ['a gain below 0', { stop: { kind: 'gain', minGain: -1 } }],
    ['a gain that is no number', { stop: { kind: 'gain', minGain: NaN } }],
    ['an infinite gain', { stop: { kind: 'gain', minGain: Infinity } }],
    ['a matched gain below 0', { matchedGain: -1 }],
    ['an infinite matched gain', { matchedGain: Infinity }],
    ['a gain that another bound is matched to', { bound: 'anytime', matchedGain: 0.02 }],
    ['no looks', { looks: [] }],
    ['a look at 0', { looks: [0, 64] }],
    ['looks that repeat', { looks: [64, 64] }],
    ['looks that descend', { looks: [128, 64] }],
    ['a look between two samples', { looks: [64.5] }],
    ['too many samples', { looks: [64, 1e9 + 1] }],
  ])('is refused with %s', (_, change) => expect(requiring({ ...GAIN, ...change })).toThrow(uncovered));

  it.each([[[10]], [[11, 110]], [[10, 60, 110]]])('of fixed is refused with the looks %j', (looks) =>
    expect(requiring({ ...FIXED, looks })).toThrow(uncovered),
  );

  it.each([[[10]], [[11, 60, 110]], [[10, 60, 1e9 + 11]]])(
    'of fixed with counts kept is refused with the looks %j',
    (looks) => expect(requiring({ ...FIXED, stop: KEPT, looks })).toThrow(uncovered),
  );

  it.each([[[64]], [[32, 64]]])('of two-stage is refused with the looks %j', (looks) =>
    expect(requiring({ ...TWO_STAGE, looks })).toThrow(uncovered),
  );

  it.each([[[64]], [[32, 64]]])('of predict is refused with the looks %j', (looks) =>
    expect(requiring({ ...PREDICT, looks })).toThrow(uncovered),
  );

  it.each([[[]], [[64, 100]], [[1e9 + 1]]])(
    'of predict with two-sided is refused with the looks %j',
    (looks) => expect(requiring({ ...TWO_SIDED, looks })).toThrow(uncovered),
  );

  it('of two-stage is refused with a price below 0', () =>
    expect(requiring({ ...TWO_STAGE, stop: { kind: 'two-stage', minGain: -1 } })).toThrow(uncovered));

  it('of target is refused with radii that are none', () =>
    expect(requiring({ ...TARGET, stop: { kind: 'target', radii: [] } })).toThrow(uncovered));

  it('is refused with another pair', () =>
    expect(requiring({ ...TARGET, bound: 'spending' })).toThrow(/target is not offered with spending/));
});

describe('the level of each of the images together', () => {
  const together = (alpha: number, stop: number): Claim => ({
    ...GAIN,
    alpha,
    images: { start: 0, stop, step: 1 },
    simultaneous: true,
  });

  it('is one that the bounds are checked for', () => {
    expect(() => requireCheckedLevel(together(1e-9, 1000))).not.toThrow();
    expect(() => requireCheckedLevel({ ...GAIN, alpha: 1e-13 })).not.toThrow();
    expect(() => requireCheckedLevel(together(1e-9, 1001))).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: expect.stringMatching(
          /^With α = 1e-9 for 1001 images together \(9\.99e-13 for each\), an image has less than the 1e-12 down to which the bounds are checked\.$/,
        ) as string,
      }),
    );
  });
});

describe('radii', () => {
  it.each([['0'], ['0', '0.25', '0.5', '1.0'], ['10'], ['0.000001', '2']])('%j are radii', (...radii) =>
    expect(areRadii(radii)).toBe(true),
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
  ])('%j are none', (...radii) => expect(areRadii(radii)).toBe(false));
});

describe('the claim with the runner-up', () => {
  const runnerUp = true as const;

  it('is taken for two pairs under Gaussian noise; any claim is without it', () => {
    expect(() => requireRunnerUp({ ...GAIN, runnerUp }, gaussian)).not.toThrow();
    expect(() => requireRunnerUp({ ...FIXED, runnerUp }, gaussian)).not.toThrow();
    expect(() => requireRunnerUp(TARGET, laplace)).not.toThrow();
  });

  it('is refused under other noise and for other pairs', () => {
    expect(() => requireRunnerUp({ ...GAIN, runnerUp }, laplace)).toThrow(uncovered);
    for (const claim of [TARGET, TWO_STAGE, { ...GAIN, bound: 'anytime' as const }]) {
      expect(() => requireRunnerUp({ ...claim, runnerUp }, gaussian)).toThrow(uncovered);
    }
  });
});
