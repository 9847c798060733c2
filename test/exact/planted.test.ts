import { describe, expect, it } from 'vitest';

import { compileDecision } from '../../coordinator/core/look.js';
import { leaderOf, votesOf } from '../../shared/counts.js';
import type { Claim } from '../../shared/job.js';
import { compileBound } from '../../statistics/bounds/bounds.js';
import { clopperPearsonDelta } from '../../statistics/bounds/clopper-pearson.js';
import { logM } from '../../statistics/confidence-sequence.js';
import { gaussian } from '../../statistics/noises/gaussian.js';
import { looksFor } from '../../statistics/schedule.js';
import { targetDelta } from '../../statistics/target.js';
import { stageLengths } from '../../statistics/two-stage.js';
import { binomialLaw, convolve, errorOfRule, hardestPoints } from './chain.js';
import { errorAtEverySample } from './every-sample.js';
import { simulate } from './monte-carlo.js';
import { cltRule, peekingRule, targetRuleOf, unpaidSpendingRule, unpaidTargetRule } from './rules.js';
import { errorOfStages, hardestOfStages, stagesOf } from './two-stage.js';

const UNIT_NOISE = { kind: 'gaussian', scale: 1 } as const;

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

/** Prints what a planted error costs, and wants it above α. */
function caught(name: string, ratio: number, known: number): void {
  console.log(`planted: ${name}: error ${ratio.toFixed(3)} α`);
  expect(ratio).toBeGreaterThan(1.1);
  expect(Math.abs(ratio / known - 1)).toBeLessThan(0.005);
}

describe('the harness catches a planted error of target:', () => {
  const radii = ['0', '0.25', '0.5'];
  const looks = looksFor({ kind: 'target', radii }, 'anytime', 100_000);

  it('each radius at level α instead of p0 · α, two classes at (½, ½), looked at after every sample', () => {
    const deltas = radii.map((radius) => targetDelta(gaussian, Number(radius), 0));
    const accepts = (failures: number, n: number): boolean =>
      deltas.some((delta) => logM(n - failures, failures, delta) >= 1e-9 - Math.log(ALPHA));
    caught('list without p0', errorAtEverySample(10_000, 0.5, accepts, accepts) / ALPHA, 1.581);
  });

  it('that error at the scheduled looks alone is twice what is shipped, though these looks spend too little to show it', () => {
    const shipped = errorOfRule(targetRuleOf(radii, ALPHA, looks), 0.5);
    const unpaid = errorOfRule(unpaidTargetRule(radii, ALPHA, looks), 0.5);
    console.log(`planted: list without p0, scheduled looks: error ${(unpaid / ALPHA).toFixed(3)} α`);
    expect(unpaid / shipped).toBeGreaterThan(1.9);
  });

  it('the bound for one look at every look of the schedule', () => {
    const delta = targetDelta(gaussian, 1, 0);
    const rule = peekingRule(ALPHA, looks.slice(0, 70));
    const oneRadius = { looks: rule.looks, bounds: rule.bounds.map((of) => of.map((d) => (d <= delta ? delta : Infinity))) }; // prettier-ignore
    caught('target with Clopper-Pearson', errorOfRule(oneRadius, delta * (1 + 1e-15)) / ALPHA, 10.43);
  });
});

describe('the harness catches a planted error of two-stage:', () => {
  it("a bound on the pilot's samples too, at 1 − p just below ½", () => {
    const [alpha, stop] = [0.05, { kind: 'two-stage', minGain: 0 }] as const;
    const looks = looksFor(stop, 'clopper-pearson', 400);
    const images = { start: 0, stop: 1, step: 1 };
    const decision = compileDecision({ alpha, bound: 'clopper-pearson', stop, looks, images }, UNIT_NOISE);
    const stages = stagesOf(decision, (look, prefixes) => {
      const classIndex = leaderOf(prefixes[0]!)!;
      const n = looks[look]!;
      const deltaUpper = clopperPearsonDelta(n - votesOf(prefixes[look]!, classIndex), n, alpha);
      return deltaUpper < 0.5 ? { classIndex, z: 1, deltaUpper, look } : null;
    });
    const errors = hardestOfStages(stages, 200).map((delta) => errorOfStages(stages, delta) / alpha);
    caught('two-stage, pilot in the bound (α = 0.05)', Math.max(...errors), 1.168);
  });

  it.each([
    [0.2, 9.35],
    [0.05, 5.8],
  ])('its bound published at every candidate number, at 1 − p = %f', (delta, known) => {
    const lengths = stageLengths(1436);
    const rightClass = binomialLaw(64, delta).mass.slice(0, 32).reduce((a, b) => a + b, 0); // prettier-ignore
    const ratio = (rightClass * errorOfRule(peekingRule(ALPHA, lengths), delta, 1)) / ALPHA;
    caught(`two-stage, a bound at every candidate, p = ${1 - delta}`, ratio, known);
  });
});

describe('the harness shows why the normal approximation is no bound:', () => {
  it.each([
    [100, 0.01, 366],
    [1000, 0.001, 368],
    [100, 0.05, 37.1],
    [10_000, 0.0001, 368],
  ])('with %i samples at 1 − p = %f it errs %f times α', (n, delta, known) => {
    caught(`clt, n = ${n}, p = ${1 - delta}`, errorOfRule(cltRule(ALPHA, n, true), delta, 1) / ALPHA, known);
  });

  it.each([
    [100, 66.3],
    [1000, 68.2],
  ])('not even with unanimous votes left out, as they are here: %i samples', (n, known) => {
    const rule = cltRule(ALPHA, n, false);
    const ratios = hardestPoints(rule).map((delta) => errorOfRule(rule, delta, 1) / ALPHA);
    caught(`clt without unanimous votes, n = ${n}, worst p`, Math.max(...ratios), known);
  });
});

describe('the simulation of three classes catches a planted error:', () => {
  it.each([[[0.5, 0.25, 0.25]], [[0.8, 0.15, 0.05]]])(
    'the bound for one look at every look, %j',
    (probabilities) => {
      const [alpha, images] = [0.05, 20_000];
      const stop = { kind: 'gain', minGain: 0.02 } as const;
      const claim: Claim = {
        alpha,
        bound: 'spending',
        stop,
        looks: looksFor(stop, 'spending', 512),
        images: { start: 0, stop: 1, step: 1 },
      };
      const bound = compileBound({ bound: 'clopper-pearson', alpha, looks: claim.looks }, gaussian);
      const decision = compileDecision(claim, UNIT_NOISE);
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
