import { describe, expect, it } from 'vitest';

import type { Counts } from '../../shared/counts.js';
import type { Claim } from '../../shared/job.js';
import { looksFor } from '../../statistics/schedule.js';
import { SEQUENCE_TEST, TWO_SIDED_TEST } from '../../statistics/predict.js';
import { runnerUpVotes } from './class-votes.js';
import { compileDecision } from './look.js';

const UNIT_NOISE = { kind: 'gaussian', scale: 1 } as const;
const stop = { kind: 'predict' } as const;

function claimOf(bound: 'anytime' | 'two-sided', maxSamples: number, alpha = 0.001): Claim {
  const looks = looksFor(stop, bound, maxSamples);
  return { alpha, bound, stop, looks, images: { start: 0, stop: 1, step: 1 } };
}
const decisionOf = (...args: Parameters<typeof claimOf>) => compileDecision(claimOf(...args), UNIT_NOISE);

const counts = (classes: number[], votes: number[], invalid = 0): Counts => ({ classes, votes, invalid });

describe('the votes of the closest other outcome', () => {
  it('are those of another class, or the invalid ones', () => {
    expect(runnerUpVotes(3, counts([1, 3, 5], [10, 40, 20], 15))).toBe(20);
    expect(runnerUpVotes(5, counts([1, 3, 5], [10, 40, 20], 15))).toBe(40);
    expect(runnerUpVotes(3, counts([1, 3, 5], [10, 40, 20], 25))).toBe(25);
    expect(runnerUpVotes(3, counts([3], [40]))).toBe(0);
    expect(runnerUpVotes(9, counts([3], [40]))).toBe(40);
  });
});

describe('predict with anytime', () => {
  const rule = decisionOf('anytime', 1000);
  const { looks } = rule;
  const pilot = counts([2, 7], [40, 24]);

  it('passes over the pilot, whatever it shows', () => {
    expect(rule.at(0, [counts([2], [64])], null)).toEqual({ held: null, stop: null });
    expect([rule.due([]), rule.due([pilot]), rule.due([pilot, pilot])]).toEqual([1, 1, 2]);
    expect(rule.ahead).toBe(1);
  });

  it('decides the class of the pilot by the samples behind it alone', () => {
    const outcome = rule.at(1, [pilot, counts([2, 7], [55, 25])], null);
    expect(SEQUENCE_TEST.refutes(15, 1, 0.001)).toBe(false);
    expect(outcome).toEqual({ held: null, stop: null });
    expect(rule.at(1, [pilot, counts([2, 7], [56, 24])], null)).toEqual({
      held: null,
      stop: 'decided',
      prediction: { classIndex: 2, look: 1, pValue: SEQUENCE_TEST.pValue(16, 0) },
    });
  });

  it('never names another class than that of the pilot, whatever comes behind', () => {
    const other = rule.at(2, [pilot, pilot, counts([2, 7], [40, 56])], null);
    expect(other).toEqual({ held: null, stop: 'futile' });
  });

  it('counts invalid votes as an outcome, which is no class', () => {
    expect(rule.at(2, [pilot, pilot, counts([2, 7], [56, 24], 16)], null).prediction).toBeUndefined();
    expect(rule.at(2, [pilot, pilot, counts([2, 7], [70, 24], 2)], null).prediction).toMatchObject({
      classIndex: 2,
      pValue: SEQUENCE_TEST.pValue(30, 2),
    });
    expect(rule.at(1, [counts([], [], 64), counts([], [], 80)], null)).toEqual({
      held: null,
      stop: 'futile',
    });
  });

  it('abstains at the end of the budget', () => {
    const last = looks.length - 1;
    const prefixes = [...looks.slice(0, -1).map(() => pilot), counts([2, 7], [520, 480])];
    expect(rule.at(last, prefixes, null)).toEqual({ held: null, stop: 'budget' });
  });

  it('refuses counts of another look', () =>
    expect(() => rule.at(1, [pilot, pilot], null)).toThrow(expect.objectContaining({ code: 'INTERNAL' })));

  it('needs twelve samples behind the pilot at α = 0.001', () => {
    const small: unknown = expect.objectContaining({
      code: 'BUDGET_TOO_SMALL',
      message:
        'With 75 samples and α = 0.001, not even votes that all agree would decide the class of an image.',
    });
    expect(() => decisionOf('anytime', 75)).toThrow(small);
    expect(decisionOf('anytime', 76).looks).toEqual([64, 76]);
  });

  it('takes of a simultaneous claim the level of one image', () => {
    const claim = { ...claimOf('anytime', 1000), images: { start: 0, stop: 1000, step: 1 } };
    const prefixes = [pilot, counts([2, 7], [56, 24])];
    expect(compileDecision(claim, UNIT_NOISE).at(1, prefixes, null).stop).toBe('decided');
    const together = compileDecision({ ...claim, simultaneous: true }, UNIT_NOISE);
    expect(together.at(1, prefixes, null).stop).toBe(null);
  });
});

describe('predict with two-sided', () => {
  const rule = decisionOf('two-sided', 100);
  const ended = (votes: Counts) => rule.at(0, [votes], null);

  it('looks once', () => {
    expect([rule.due([]), rule.ahead]).toEqual([0, 0]);
    expect(claimOf('two-sided', 100).looks).toEqual([100]);
  });

  it('tests the class with most votes against the second outcome, by the same votes', () => {
    expect(ended(counts([1, 4, 9], [66, 30, 4]))).toEqual({
      held: null,
      stop: 'budget',
      prediction: { classIndex: 1, look: 0, pValue: TWO_SIDED_TEST.pValue(66, 30) },
    });
    expect(ended(counts([1, 4, 9], [61, 35, 4]))).toEqual({ held: null, stop: 'budget' });
  });

  it('abstains at a tie, where invalid votes lead, and where there are no others', () => {
    expect(ended(counts([1, 4], [50, 50]))).toEqual({ held: null, stop: 'budget' });
    expect(ended(counts([1], [20], 80))).toEqual({ held: null, stop: 'budget' });
    expect(ended(counts([1], [60], 40))).toEqual({ held: null, stop: 'budget' });
    expect(ended(counts([], [], 100))).toEqual({ held: null, stop: 'budget' });
  });

  it('needs eleven samples at α = 0.001', () => {
    expect(() => decisionOf('two-sided', 10)).toThrow(expect.objectContaining({ code: 'BUDGET_TOO_SMALL' }));
    expect(decisionOf('two-sided', 11).looks).toEqual([11]);
  });

  it('certifies no radius', () => {
    expect(decisionOf('two-sided', 100).bound.certify(0, 0, 100)).toBeNull();
  });
});

describe('a claim about all images together', () => {
  it.each(['anytime', 'two-sided'] as const)('predicts with %s at the level of one of them', (bound) => {
    const claim = claimOf(bound, 200, 0.05);
    const images = { start: 0, stop: 40, step: 2 };
    const together = compileDecision({ ...claim, images, simultaneous: true }, UNIT_NOISE);
    const [apart, level] = [decisionOf(bound, 200, 0.05), decisionOf(bound, 200, 1 - 0.95 ** (1 / 20))];
    const pilot = counts([2], [64]);
    const last = claim.looks.length - 1;
    const n = claim.looks[last]!;
    const predicts = (rule: typeof apart, others: number) => {
      const prefixes = bound === 'anytime' ? Array<Counts>(last).fill(pilot) : [];
      prefixes.push(counts([2, 7], [n - others, others]));
      return rule.at(last, prefixes, null).prediction !== undefined;
    };
    const most = (rule: typeof apart) => {
      let others = 1;
      while (predicts(rule, others + 1)) others += 1;
      return others;
    };
    expect(most(together)).toBe(most(level));
    expect(most(together)).toBeLessThan(most(apart));
  });
});
