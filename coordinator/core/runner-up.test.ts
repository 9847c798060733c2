import { describe, expect, it } from 'vitest';

import type { Counts } from '../../shared/counts.js';
import type { Claim } from '../../shared/job.js';
import { compileDecision } from './look.js';

const UNIT_NOISE = { kind: 'gaussian', scale: 1 } as const;

const images = { start: 0, stop: 1, step: 1 };

function gain(bound: 'spending' | 'anytime', looks: readonly number[]): Claim {
  return { alpha: 0.001, bound, stop: { kind: 'gain', minGain: 0.02 }, looks, images };
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

describe('a decision with the runner-up', () => {
  const looks = [64, 128, 256, 512, 1000];
  const gainOf = (more: Partial<Claim> = {}) =>
    compileDecision({ ...gain('spending', looks), matchedGain: 0.02, runnerUp: true, ...more }, UNIT_NOISE);
  const spread = (n: number) => counts([[3, n * 0.4375], ...[4, 5, 6, 7, 8, 9].map((c) => [c, n * 0.09375] as const)]); // prettier-ignore

  it('gain certifies a class without a majority, by both bounds of its look', () => {
    const decision = gainOf();
    const at64 = decision.at(0, [spread(64)], null);
    expect(at64).toEqual({ held: null, stop: null });
    const prefixes = [64, 128, 256, 512].map(spread);
    const { held } = decision.at(3, prefixes, null);
    expect(held).toEqual({ classIndex: 3, look: 3, ...decision.bound.certify(3, 288, 512, 48)! });
    expect(held!.deltaUpper).toBeGreaterThan(0.5);
    const radius = decision.radiusOf(held!.deltaUpper, held!.runnerUpUpper)!;
    expect(radius).toBeLessThan(held!.z);
    expect(radius).toBeGreaterThan(held!.z - 1e-6);
    expect(decision.radiusOf(held!.deltaUpper)).toBeNull();
    const plain = compileDecision({ ...gain('spending', looks), matchedGain: 0.02 }, UNIT_NOISE);
    expect(plain.at(0, [spread(64)], null).stop).toBe('abstain');
  });

  it('takes invalid votes for one outcome, which may be the runner-up', () => {
    const decision = gainOf();
    const before = [64, 128, 256].map(spread);
    const invalid = counts([[3, 256], [4, 128]], 128); // prettier-ignore
    const { held } = decision.at(3, [...before, invalid], null);
    expect(held).toEqual({ classIndex: 3, look: 3, ...decision.bound.certify(3, 256, 512, 128)! });
    const more = counts([[3, 224], [4, 64]], 224); // prettier-ignore
    expect(decision.at(3, [...before, more], null).held).toBeNull();
    expect(decision.at(3, [...before, counts([], 512)], null).held).toBeNull();
  });

  it('gain draws on as long as both counts promise more, and stops by them', () => {
    const prefixes = [64, 128, 256, 512].map(spread);
    const decision = gainOf();
    const { held } = decision.at(3, prefixes, null);
    const forecast = decision.bound.certify(4, 563, 1000, 94)!;
    const gained = (forecast.z - held!.z) * 1000;
    expect(gained / 488).toBeGreaterThan(0.02);
    expect(decision.at(3, prefixes, null).stop).toBeNull();
    const dear = gainOf({ stop: { kind: 'gain', minGain: gained / 488 + 1e-9 } });
    expect(dear.at(3, prefixes, null).stop).toBe('gain');
    const cheap = gainOf({ stop: { kind: 'gain', minGain: gained / 488 - 1e-9 } });
    expect(cheap.at(3, prefixes, null).stop).toBeNull();
  });

  it('fixed bounds both by the fresh votes alone', () => {
    const decision = compileDecision({ ...FIXED, runnerUp: true }, UNIT_NOISE);
    const selection = counts([[3, 1], [4, 19]]); // prettier-ignore
    const all = counts([[3, 21], [4, 79], [5, 10]], 10); // prettier-ignore
    const { held, stop } = decision.at(1, [selection, all], null);
    expect(held).toEqual({ classIndex: 4, look: 1, ...decision.bound.certify(1, 40, 100, 20)! });
    expect(stop).toBe('budget');
  });

  it('spends α of one image of a simultaneous claim', () => {
    const whole = gainOf({ simultaneous: true, images: { start: 0, stop: 1000, step: 1 } });
    const one = gainOf({ alpha: -Math.expm1(Math.log1p(-0.001) / 1000) });
    const z = (decision: ReturnType<typeof gainOf>) => decision.bound.certify(4, 563, 1000, 94);
    expect(z(whole)).toEqual(z(one));
    expect(z(whole)!.z).toBeLessThan(z(gainOf())!.z);
  });

  it('is compiled for no other pair and noise', () => {
    const other = gain('anytime', looks);
    expect(() => compileDecision({ ...other, runnerUp: true }, UNIT_NOISE)).toThrow(/and the runner-up/);
    const claim: Claim = { ...gain('spending', looks), runnerUp: true };
    expect(() => compileDecision(claim, { kind: 'laplace', scale: 1 })).toThrow(/laplace noise/);
  });

  it('is refused where not even votes that all agree would certify an image', () => {
    const small = gain('spending', [2]);
    expect(() => compileDecision({ ...small, runnerUp: true }, UNIT_NOISE)).toThrow(
      expect.objectContaining({ code: 'BUDGET_TOO_SMALL' }),
    );
    const fixed: Claim = { ...FIXED, looks: [20, 25], runnerUp: true };
    expect(() => compileDecision(fixed, UNIT_NOISE)).toThrow(
      expect.objectContaining({ code: 'BUDGET_TOO_SMALL' }),
    );
  });
});
