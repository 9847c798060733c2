import { describe, expect, it } from 'vitest';

import type { Counts } from '../../shared/counts.js';
import type { Claim } from '../../shared/job.js';
import { compileBound } from '../../statistics/bounds/bounds.js';
import { clopperPearsonDelta } from '../../statistics/bounds/clopper-pearson.js';
import { anytimeDelta } from '../../statistics/confidence-sequence.js';
import { gaussian } from '../../statistics/noises/gaussian.js';
import { looksFor } from '../../statistics/schedule.js';
import { plannedLength } from '../../statistics/two-stage.js';
import type { Held } from './decision.js';
import { compileDecision } from './look.js';

const UNIT_NOISE = { kind: 'gaussian', scale: 1 } as const;

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
    const decision = compileDecision(gain('anytime', [64, 96], 0), UNIT_NOISE);
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
    const decision = compileDecision(gain('anytime', [64, 96, 144], 0), UNIT_NOISE);
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
    const decision = compileDecision(gain('spending', [64, 128], 0), UNIT_NOISE);
    const tie = counts([
      [1, 32],
      [2, 32],
    ]);
    expect(decision.at(0, [tie], null).held).toBeNull();
  });

  it('abstains where all votes are invalid, and keeps what was held before', () => {
    const decision = compileDecision(gain('spending', [64, 128, 256]), UNIT_NOISE);
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
    const decision = compileDecision(claim, UNIT_NOISE);
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
      UNIT_NOISE,
    );
    const look = decision.looks.indexOf(16_384);
    const before = Array<Counts>(look).fill(counts([]));
    for (let failures = 0; failures <= 16_384; failures++) {
      const prefix = counts([[0, 16_384 - failures]], failures);
      expect(decision.at(look, [...before, prefix], null).stop).not.toBeNull();
    }
  });

  it('refuses counts that are not those of the look', () => {
    const decision = compileDecision(gain('spending', [64, 128]), UNIT_NOISE);
    const internal = expect.objectContaining({ code: 'INTERNAL' }) as unknown;
    expect(() => decision.at(0, [counts([[0, 63]])], null)).toThrow(internal);
    expect(() => decision.at(1, [counts([[0, 64]])], null)).toThrow(internal);
    expect(() => decision.at(2, [], null)).toThrow(internal);
  });
});

describe('fixed', () => {
  const decision = compileDecision(FIXED, UNIT_NOISE);

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

describe('target', () => {
  const target = (radii: readonly string[], maxSamples = 100_000): Claim => {
    const stop = { kind: 'target', radii } as const;
    return { alpha: 0.001, bound: 'anytime', stop, looks: looksFor(stop, 'anytime', maxSamples), images };
  };
  /** The outcome of an image whose first votes are these, look by look, until it stops. */
  function run(claim: Claim, failuresAt: (n: number) => number, scale = 0.5) {
    const decision = compileDecision(claim, { kind: 'gaussian', scale });
    const prefixes: Counts[] = [];
    let held: Held | null = null;
    for (const [look, n] of decision.looks.entries()) {
      expect(decision.due(prefixes)).toBe(look);
      const failures = failuresAt(n);
      prefixes.push(
        counts(
          failures > 0
            ? [
                [3, n - failures],
                [9, failures],
              ]
            : [[3, n]],
        ),
      );
      const outcome = decision.at(look, prefixes, held);
      held = outcome.held;
      if (outcome.stop !== null) return { ...outcome, n };
    }
    throw new Error('the last look did not stop');
  }

  it('stops as soon as the largest radius is certified, and holds it with its look', () => {
    const found = run(target(['0.5']), () => 0);
    // At z = 1: the first multiple of 32 with ln M(0 failures; δ = 0.1587) ≥ −ln(0.8413 α).
    expect(found).toMatchObject({ stop: 'certified', n: 64 });
    expect(found.held).toMatchObject({ classIndex: 3, z: 1, look: 1, target: 0 });
    expect(anytimeDelta(0, 64, 0.001)!).toBeLessThan(found.held!.deltaUpper);
    expect(anytimeDelta(0, 32, 0.001)!).toBeGreaterThan(found.held!.deltaUpper);
  });

  it('holds the largest radius of a list reached so far, by the look that reached it first', () => {
    const found = run(target(['0', '0.5', '1']), (n) => Math.round(0.05 * n));
    expect(found.stop).toBe('futile');
    expect(found.held).toMatchObject({ target: 1, z: 1 });
    expect(found.n).toBeGreaterThan(
      compileDecision(target(['0.5']), { kind: 'gaussian', scale: 0.5 }).looks[found.held!.look]!,
    );
  });

  it('gives up as soon as the next radius is out of reach, with nothing held', () => {
    expect(run(target(['0.5']), (n) => n / 2)).toEqual({ held: null, stop: 'futile', n: 32 });
  });

  it('keeps what it holds when the votes turn', () => {
    const found = run(target(['0', '1.0']), (n) => (n <= 32 ? 0 : n - 32));
    expect(found).toMatchObject({ stop: 'futile', n: 64, held: { target: 0, look: 0, z: 0 } });
  });

  it('draws its whole budget on an image at the edge, and stops there', () => {
    const edge = run(target(['0.5'], 2048), (n) => Math.round(0.132 * n));
    expect(edge).toEqual({ held: null, stop: 'budget', n: 2048 });
  });

  it('abstains where all votes are invalid, and certifies no class of a tie', () => {
    const decision = compileDecision(target(['0']), UNIT_NOISE);
    expect(decision.at(0, [counts([], 32)], null)).toEqual({ held: null, stop: 'futile' });
    const tie = counts([
      [1, 16],
      [2, 16],
    ]);
    expect(decision.at(0, [tie], null).held).toBeNull();
  });

  it('depends on the radii in units of σ alone', () => {
    const at = (radius: string, scale: number) => run(target([radius]), (n) => Math.round(0.05 * n), scale);
    expect(at('0.5', 0.5)).toEqual(at('1', 1));
  });

  it('is refused where a radius is out of reach of votes that all agree', () => {
    expect(() => compileDecision(target(['0.5', '2'], 1000), { kind: 'gaussian', scale: 0.5 })).toThrow(
      expect.objectContaining({
        code: 'BUDGET_TOO_SMALL',
        message:
          'With 1000 samples and α = 0.001, not even votes that all agree would certify a radius of 2 at σ = 0.5.',
      }),
    );
    expect(() => compileDecision(target(['0.5', '2'], 1000), UNIT_NOISE)).not.toThrow();
  });
});

describe('two-stage', () => {
  const stop = { kind: 'two-stage', minGain: 0.02 } as const;
  const claim: Claim = {
    alpha: 0.001,
    bound: 'clopper-pearson',
    stop,
    images,
    looks: looksFor(stop, 'clopper-pearson', 20_000),
  };
  const decision = compileDecision(claim, UNIT_NOISE);
  const lengths = claim.looks.slice(1).map((n) => n - 64);
  const bound = compileBound({ bound: 'clopper-pearson', alpha: 0.001, looks: claim.looks }, gaussian);
  const pilotOf = (failures: number) =>
    counts([[2, 64 - failures], ...(failures > 0 ? ([[5, failures]] as const) : [])]);

  it('is due at the pilot, then at the length that the pilot planned, whatever came between', () => {
    expect(decision.due([])).toBe(0);
    expect(decision.ahead).toBe(0);
    for (let failures = 0; failures <= 20; failures++) {
      const due = decision.due([pilotOf(failures)]);
      expect(due).toBe(lengths.indexOf(plannedLength(bound, lengths, 0.02, failures)) + 1);
      expect(decision.due([pilotOf(failures), counts([]), counts([])])).toBe(due);
    }
  });

  it('bounds at the planned length and at no other', () => {
    const pilot = pilotOf(3);
    const due = decision.due([pilot]);
    const all: Counts[] = claim.looks.map((n) =>
      counts([
        [2, n - 3],
        [5, 3],
      ]),
    );
    for (const look of claim.looks.keys()) {
      const { held, stop: reason } = decision.at(look, all, null);
      if (look === due) continue;
      expect({ look, held, reason }).toEqual({ look, held: null, reason: null });
    }
    const n = claim.looks[due]! - 64;
    expect(n).toBeGreaterThan(1000);
    expect(decision.at(due, all, null)).toMatchObject({
      stop: 'planned',
      held: { classIndex: 2, look: due, deltaUpper: clopperPearsonDelta(0, n, 0.001) },
    });
  });

  it('bounds the class of the pilot on the samples behind it alone', () => {
    const pilot = counts([
      [2, 40],
      [5, 24],
    ]);
    const due = decision.due([pilot]);
    const n = claim.looks[due]! - 64;
    const prefixes: Counts[] = [pilot];
    const other = counts([
      [2, 40],
      [5, 24 + n],
    ]);
    const split = Math.round(0.3 * n);
    prefixes[due] = counts([
      [2, 40 + n - split],
      [5, 24 + split],
    ]);
    expect(decision.at(due, prefixes, null).held).toMatchObject({
      classIndex: 2,
      deltaUpper: clopperPearsonDelta(split, n, 0.001),
    });
    prefixes[due] = other;
    expect(decision.at(due, prefixes, null)).toEqual({ held: null, stop: 'planned' });
  });

  it('abstains behind the pilot where nothing is worth drawing', () => {
    expect(decision.at(0, [pilotOf(32)], null)).toEqual({ held: null, stop: 'abstain' });
    expect(decision.at(0, [counts([], 64)], null)).toEqual({ held: null, stop: 'abstain' });
    expect(decision.at(0, [pilotOf(0)], null)).toEqual({ held: null, stop: null });
  });

  it('is refused where not even a unanimous pilot would be followed by a second stage', () => {
    const dear: Claim = { ...claim, stop: { kind: 'two-stage', minGain: 1000 } };
    const few: Claim = { ...claim, looks: looksFor(stop, 'clopper-pearson', 73) };
    for (const refused of [dear, few]) {
      expect(() => compileDecision(refused, UNIT_NOISE)).toThrow(
        expect.objectContaining({ code: 'BUDGET_TOO_SMALL' }),
      );
    }
  });
});

describe('fixed with clt', () => {
  it('never holds a certificate, however clear the votes', () => {
    const decision = compileDecision({ ...FIXED, bound: 'clt', looks: [20, 21] }, UNIT_NOISE);
    const whole = counts([[3, 21]]);
    expect(decision.at(1, [counts([[3, 20]]), whole], null)).toEqual({ held: null, stop: 'budget' });
  });
});

describe('when something may be decided', () => {
  it('is at every look for gain, one ahead; at the end alone for fixed', () => {
    const every = compileDecision(gain('anytime', [64, 96, 144]), UNIT_NOISE);
    expect([every.ahead, every.due([]), every.due([counts([[0, 64]])])]).toEqual([1, 0, 1]);
    const once = compileDecision(FIXED, UNIT_NOISE);
    expect([once.ahead, once.due([]), once.due([counts([[0, 20]])])]).toEqual([0, 1, 1]);
  });
});

describe('claims that cannot be made', () => {
  it.each<[string, Claim]>([
    ['INTERNAL', { ...FIXED, bound: 'anytime' }],
    ['INTERNAL', { ...FIXED, alpha: 0.5 }],
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
    expect(() => compileDecision(claim, UNIT_NOISE)).toThrow(expect.objectContaining({ code }));
  });
});
