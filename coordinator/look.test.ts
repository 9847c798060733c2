import { describe, expect, it } from 'vitest';

import type { Counts } from '../shared/counts.js';
import type { Claim } from '../shared/job.js';
import { clopperPearsonDelta } from '../shared/statistics/clopper-pearson.js';
import { anytimeDelta } from '../shared/statistics/confidence-sequence.js';
import { looksFor } from '../shared/statistics/schedule.js';
import { compileDecision, type Held } from './look.js';

const images = { start: 0, stop: 1, step: 1 };

function gain(bound: 'spending' | 'anytime', looks: readonly number[], minGain = 0.02, alpha = 0.001): Claim {
  return { alpha, bound, stop: { kind: 'gain', minGain }, looks, images };
}

const FIXED: Claim = {
  alpha: 0.001,
  bound: 'clopper-pearson',
  stop: { kind: 'fixed', selection: 20 },
  looks: [20, 120],
  images,
};

/** Counts from [class, votes] pairs and a number of invalid votes. */
function counts(votes: readonly (readonly [number, number])[], invalid = 0): Counts {
  return { classes: votes.map(([c]) => c), votes: votes.map(([, v]) => v), invalid };
}

describe('gain', () => {
  it('certifies the leader and counts every other outcome as a failure, invalid votes too', () => {
    const decision = compileDecision(gain('anytime', [64, 96], 0));
    const prefix = counts(
      [
        [2, 3],
        [7, 58],
      ],
      3,
    );
    const { held } = decision.at(0, [prefix], null);
    expect(held).toMatchObject({ classIndex: 7, look: 0, deltaUpper: anytimeDelta(6, 64, 0.001) });
  });

  it('keeps the largest z, the earlier look on a tie, and the class that earned it', () => {
    const decision = compileDecision(gain('anytime', [64, 96, 144], 0));
    const first = decision.at(0, [counts([[3, 64]])], null).held!;
    const worse = counts([
      [3, 64],
      [5, 80],
    ]);
    expect(decision.at(2, [counts([]), counts([]), worse], first).held).toBe(first);
    const equal: Held = { ...first, look: 0, classIndex: 9 };
    expect(decision.at(0, [counts([[3, 64]])], equal).held).toBe(equal);
    const higher = decision.at(1, [counts([[3, 64]]), counts([[3, 96]])], first).held!;
    expect(higher.look).toBe(1);
    expect(higher.z).toBeGreaterThan(first.z);
  });

  it('breaks a tie of classes to the lowest index and certifies neither', () => {
    const decision = compileDecision(gain('spending', [64, 128], 0));
    const tie = counts([
      [1, 32],
      [2, 32],
    ]);
    expect(decision.at(0, [tie], null).held).toBeNull();
  });

  it('abstains where all votes are invalid, and keeps what was held before', () => {
    const decision = compileDecision(gain('spending', [64, 128, 256]));
    expect(decision.at(0, [counts([], 64)], null)).toEqual({ held: null, stop: 'abstain' });
    const held = decision.at(0, [counts([[0, 64]])], null).held;
    const later = counts([], 128);
    expect(decision.at(1, [counts([[0, 64]]), later], held)).toEqual({ held, stop: 'gain' });
    expect(decision.at(2, [counts([]), counts([]), counts([], 256)], null)).toEqual({
      held: null,
      stop: 'budget',
    });
  });

  it.each([
    ['spending', 0.1, 4096, 2.908],
    ['spending', 0.05, 8192, 3.122],
    ['spending', 0.02, 16_384, 3.326],
    ['spending', 0.01, 32_768, 3.518],
    ['anytime', 0.1, 3691, 2.85],
    ['anytime', 0.05, 5536, 2.98],
    ['anytime', 0.02, 12_456, 3.22],
    ['anytime', 0.01, 28_026, 3.44],
  ] as const)('with %s stops unanimous votes at price %f after %i samples', (bound, price, samples, z) => {
    const claim = gain(bound, looksFor({ kind: 'gain', minGain: price }, bound, 100_000), price);
    const decision = compileDecision(claim);
    const prefixes: Counts[] = [];
    let held: Held | null = null;
    for (const [look, n] of decision.looks.entries()) {
      prefixes.push(counts([[4, n]]));
      const outcome = decision.at(look, prefixes, held);
      held = outcome.held;
      if (outcome.stop === null) continue;
      expect(outcome.stop).toBe('gain');
      expect(n).toBe(samples);
      break;
    }
    expect(held!.z).toBeCloseTo(z, bound === 'spending' ? 12 : 2);
    expect(decision.looks[held!.look]).toBe(samples);
  });

  it('with the defaults stops every image after 16,384 samples at the latest', () => {
    const decision = compileDecision(
      gain('spending', looksFor({ kind: 'gain', minGain: 0.02 }, 'spending', 100_000)),
    );
    const look = decision.looks.indexOf(16_384);
    const before = Array<Counts>(look).fill(counts([]));
    for (let failures = 0; failures <= 16_384; failures++) {
      const prefix = counts([[0, 16_384 - failures]], failures);
      expect(decision.at(look, [...before, prefix], null).stop).not.toBeNull();
    }
  });

  it('refuses counts that are not those of the look', () => {
    const decision = compileDecision(gain('spending', [64, 128]));
    const internal = expect.objectContaining({ code: 'INTERNAL' }) as unknown;
    expect(() => decision.at(0, [counts([[0, 63]])], null)).toThrow(internal);
    expect(() => decision.at(1, [counts([[0, 64]])], null)).toThrow(internal);
    expect(() => decision.at(2, [], null)).toThrow(internal);
  });
});

describe('fixed', () => {
  const decision = compileDecision(FIXED);

  it('decides nothing at the selection', () => {
    expect(decision.at(0, [counts([[0, 20]])], null)).toEqual({ held: null, stop: null });
  });

  it('bounds the selected class on the samples after the selection, and only on them', () => {
    const selection = counts([[3, 20]]);
    const whole = counts(
      [
        [3, 115],
        [4, 3],
      ],
      2,
    );
    const { held, stop } = decision.at(1, [selection, whole], null);
    expect(stop).toBe('budget');
    expect(held).toMatchObject({ classIndex: 3, look: 1, deltaUpper: clopperPearsonDelta(5, 100, 0.001) });
  });

  it('sticks to the selected class where another one leads afterwards', () => {
    const selection = counts([
      [1, 12],
      [2, 8],
    ]);
    const whole = counts([
      [1, 14],
      [2, 106],
    ]);
    expect(decision.at(1, [selection, whole], null)).toEqual({ held: null, stop: 'budget' });
  });

  it('abstains where the selection has no valid vote', () => {
    const whole = counts([[1, 100]], 20);
    expect(decision.at(1, [counts([], 20), whole], null)).toEqual({ held: null, stop: 'budget' });
  });

  it('refuses a selection that is not of its samples', () => {
    expect(() => decision.at(1, [counts([[0, 19]]), counts([[0, 120]])], null)).toThrow(
      expect.objectContaining({ code: 'INTERNAL' }),
    );
  });
});

describe('claims that cannot be made', () => {
  it.each<[string, Claim]>([
    ['PAIR_NOT_OFFERED', { ...FIXED, bound: 'anytime' }],
    ['OPTION_INVALID', { ...FIXED, alpha: 0.5 }],
    ['BUDGET_TOO_SMALL', { ...FIXED, looks: [20, 29] }],
    ['BUDGET_TOO_SMALL', gain('anytime', [12])],
    [
      'SCHEDULE_TOO_LONG',
      gain(
        'spending',
        Array.from({ length: 13 }, (_, j) => 64 * 2 ** j),
      ),
    ],
  ])('are refused with %s', (code, claim) => {
    expect(() => compileDecision(claim)).toThrow(expect.objectContaining({ code }));
  });
});
