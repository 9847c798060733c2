import { describe, expect, it } from 'vitest';

import { compileDecision } from '../../coordinator/look.js';
import type { Claim } from '../../shared/job.js';
import { compileBound } from '../../shared/statistics/bound.js';
import { logM } from '../../shared/statistics/confidence-sequence.js';
import { looksFor } from '../../shared/statistics/schedule.js';
import { binomialLaw, convolve, errorOfRule } from './chain.js';
import { errorAtEverySample } from './every-sample.js';
import { simulate } from './monte-carlo.js';
import { peekingRule, unpaidSpendingRule } from './rules.js';

const ALPHA = 0.001;

/** Errors that a certifier is known to make: the harness must see each, by the size that is known for it. */
describe('the harness catches a planted error:', () => {
  it('the bound for one look at every look (published: 8.2, 7.9, 6.5, 5.0, 2.8, .5 times α)', () => {
    const rule = peekingRule(ALPHA, [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 100_000]);
    const ratios = [0.5, 0.2, 0.05, 0.01, 0.001].map((delta) => errorOfRule(rule, delta, 1) / ALPHA);
    for (const ratio of ratios) expect(ratio).toBeGreaterThan(1);
    [8.19, 7.9, 6.5, 5.0, 2.8].forEach((known, i) => expect(Math.abs(ratios[i]! - known)).toBeLessThan(0.05));
    expect(errorOfRule(rule, 0.5, 2) / ALPHA).toBeGreaterThan(8.2);
  });

  it.each([
    [100, 1.79],
    [250, 1.88],
    [1000, 1.73],
    [10_000, 1.87],
  ])('class and bound from the same %i samples (known: %f times α)', (n, known) => {
    const ratio = errorOfRule(peekingRule(ALPHA, [n]), 0.5) / ALPHA;
    expect(ratio).toBeGreaterThan(1);
    expect(Math.abs(ratio - known)).toBeLessThan(0.005);
  });

  it.each([64, 128, 256, 1024, 16_384, 100_000])(
    'spending at level α instead of p0 · α, to %i samples',
    (maxSamples) => {
      const looks = looksFor({ kind: 'gain', minGain: 0.02 }, 'spending', maxSamples);
      expect(errorOfRule(unpaidSpendingRule(ALPHA, looks), 0.5) / ALPHA).toBeGreaterThan(1.1);
    },
  );

  it('the sequence at level α instead of p0 · α, looked at after every sample', () => {
    const rejects = (failures: number, n: number): boolean =>
      failures < n && logM(n - failures, failures, 0.5) >= -Math.log(ALPHA);
    expect(errorAtEverySample(1500, 0.5, rejects, rejects) / ALPHA).toBeGreaterThan(1.1);
  });
});

describe('the simulation of three classes catches a planted error:', () => {
  it.each([[[0.5, 0.25, 0.25]], [[0.8, 0.15, 0.05]]])(
    'the bound for one look at every look, %j',
    (probabilities) => {
      const [alpha, images] = [0.05, 20_000];
      const stop = { kind: 'gain', minGain: 0.02 } as const;
      const claim: Claim = {
        ...{ alpha, bound: 'spending', stop, looks: looksFor(stop, 'spending', 512) },
        images: { start: 0, stop: 1, step: 1 },
      };
      const bound = compileBound({ bound: 'clopper-pearson', alpha, looks: claim.looks });
      const decision = compileDecision(claim);
      const { anyLook } = simulate({ decision, bound, probabilities, images, seed: 7 });
      const allowed = alpha * images;
      expect(anyLook).toBeGreaterThan(allowed + 4 * Math.sqrt(allowed * (1 - alpha)));
    },
  );
});

describe('the harness agrees with what is known', () => {
  it.each([
    [0.1, 0.92],
    [0.01, 0.85],
    [0.005, 0.79],
  ])('of the sequence for one class, after every sample to 20,000, at 1 − p = %f: %f α', (delta, known) => {
    const rejects = (failures: number, n: number): boolean =>
      failures < n && logM(n - failures, failures, delta) >= -Math.log(ALPHA);
    expect(Math.abs(errorAtEverySample(20_000, delta, rejects) / ALPHA - known)).toBeLessThan(0.006);
  });

  it('that laws add up to 1, and that a binomial is the sum of two', () => {
    const sum = convolve(binomialLaw(300, 0.3), binomialLaw(700, 0.3)).law;
    const whole = binomialLaw(1000, 0.3);
    expect(sum.mass.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 13);
    sum.mass.forEach((mass, i) => {
      expect(Math.abs(mass - (whole.mass[sum.first + i - whole.first] ?? 0))).toBeLessThan(1e-14);
    });
  });
});
