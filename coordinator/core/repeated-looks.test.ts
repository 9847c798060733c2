import { describe, expect, it } from 'vitest';

import type { Counts } from '../../shared/counts.js';
import type { Claim } from '../../shared/job.js';
import { compileBound } from '../../statistics/bounds/bounds.js';
import { anytimeDelta } from '../../statistics/confidence-sequence.js';
import { gaussian } from '../../statistics/noises/gaussian.js';
import { budgetRule, targetRule } from './repeated-looks.js';

const target = (radii: readonly string[]): Claim => ({
  alpha: 0.001,
  bound: 'anytime',
  stop: { kind: 'target', radii },
  looks: [32, 64, 1000],
  images: { start: 0, stop: 1, step: 1 },
});

it('target is refused where the noise cannot reach a radius, whatever the votes', () => {
  const ruleOf = (...radii: string[]) => targetRule(target(radii), radii, { kind: 'uniform', scale: 0.5 });
  expect(() => ruleOf('0.25', '0.5')).toThrow(
    expect.objectContaining({
      code: 'OPTION_INVALID',
      message:
        'With uniform noise of σ = 0.288675134594813 (λ = 0.5), no votes certify a radius of 0.5: all radii are below 0.5.',
    }),
  );
  expect(() => ruleOf('0.25', '0.45')).not.toThrow();
});

describe('budget', () => {
  const claim = (totalSamples: number, looks = [64, 96, 200]): Claim => ({
    alpha: 0.001,
    bound: 'anytime',
    stop: { kind: 'budget', totalSamples },
    looks,
    images: { start: 0, stop: 3, step: 1 },
  });
  const ruleOf = (totalSamples: number, looks?: number[]) => {
    const given = claim(totalSamples, looks);
    return budgetRule(given, totalSamples, compileBound(given, gaussian));
  };
  const unanimous = (n: number): Counts => ({ classes: [3], votes: [n], invalid: 0 });

  it('is refused where the total brings no image to a look that could certify', () => {
    expect(() => ruleOf(63)).toThrow(
      expect.objectContaining({
        why: {
          reason: 'total-too-small',
          total: 63,
          least: 64,
          isFirstLook: true,
          alpha: 0.001,
          together: null,
        },
      }),
    );
    expect(() => ruleOf(199, [8, 12, 200])).toThrow(
      expect.objectContaining({
        why: {
          reason: 'total-too-small',
          total: 199,
          least: 200,
          isFirstLook: false,
          alpha: 0.001,
          together: null,
        },
      }),
    );
    expect(() => ruleOf(1e6, [8, 12])).toThrow(
      expect.objectContaining({
        why: {
          reason: 'budget-too-small',
          samples: 12,
          alpha: 0.001,
          together: null,
          rule: 'budget',
          wanted: null,
        },
      }),
    );
    expect(() => ruleOf(64)).not.toThrow();
  });

  it('ends an image at its last look alone, and keeps the best that it held', () => {
    const rule = ruleOf(1000);
    const first = rule.at(0, [unanimous(64)], null);
    expect(first).toMatchObject({ stop: null, held: { classIndex: 3, look: 0 } });
    const worse = { classes: [3, 4], votes: [64, 32], invalid: 0 };
    expect(rule.at(1, [unanimous(64), worse], first.held)).toEqual({ stop: null, held: first.held });
    const last = rule.at(2, [unanimous(64), unanimous(96), unanimous(200)], first.held);
    expect(last).toMatchObject({ stop: 'budget', held: { look: 2 } });
    expect(rule.due([unanimous(64)])).toBe(1);
  });

  it('takes a look of fewer samples than the schedule has, but of none that another look has seen', () => {
    const rule = ruleOf(1000);
    const { held } = rule.at(2, [unanimous(64), unanimous(96), unanimous(160)], null);
    expect(held!.deltaUpper).toBe(anytimeDelta(0, 160, 0.001));
    for (const n of [0, 96, 201]) {
      expect(() => rule.at(2, [unanimous(64), unanimous(96), unanimous(n)], null)).toThrow(/look 2/);
    }
    expect(() => rule.at(2, [unanimous(64), unanimous(96)], null)).toThrow(/look 2/);
    expect(() => rule.at(3, [], null)).toThrow(/look 3/);
  });
});
