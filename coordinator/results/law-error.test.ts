import { describe, expect, it } from 'vitest';

import { NOISE_KINDS, type Lattice, type NoiseKind } from '../../shared/job.js';
import { anytimeDelta } from '../../statistics/confidence-sequence.js';
import { lawError } from '../../statistics/law-error.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { mostAccepted } from '../../statistics/target.js';
import { foldOfVotes } from '../../test/support/folds.js';
import {
  FIXED,
  TWO_STAGE,
  certificate,
  makeJob,
  type JobOptions,
  type Voter,
} from '../../test/support/jobs.js';
import { compileDecision } from '../core/look.js';

/** No real job has such a large error: t = 2^22 · (2^32 − 1) · 2^-64, a little below 2^-10. */
const LATTICE: Lattice = { step: '1/255', ratio: '127.5', largest: 2 ** 31 - 1, dimension: 2 ** 22 };
const T = 2 ** -10 * (1 - 2 ** -32);

function found(options: Partial<JobOptions>, kind: NoiseKind, voter: Voter, lattice?: Lattice) {
  const law = { kind, scale: 0.5, generator: 'test', version: 1 } as const;
  const noise = lattice === undefined ? law : { ...law, lattice };
  return certificate(foldOfVotes(makeJob({ images: 1, ...options, draw: { noise } }), voter), 0, 4);
}

const unanimous: Voter = () => 4;
const oneIn =
  (n: number): Voter =>
  (_, sample) =>
    sample % n ? 4 : 5;
const SMALL_TARGET = {
  looks: [32, 64, 128, 1024],
  bound: 'anytime',
  stop: { kind: 'target', radii: ['0', '0.25'] },
} as const;
const GAIN = { looks: [100], bound: 'anytime', stop: { kind: 'gain', minGain: 0 } } as const;

it('the error of these tests is the one they say', () => {
  expect(lawError(LATTICE)).toBe(T);
  expect(T).toBeCloseTo(0.00097656249977, 14);
});

/**
 * From 40 digits: 0.5 · ρ((δ + t)(1 + 2e-8)) · (1 − 1e-12) with ρ = −Φ⁻¹(δ), −ln 2δ and 1 − 2δ, and the raw bounds δ of docs/statistics.md:
 * 1 − α^(1/n) for no failure, 0.07819401587855 and 0.40003481105988 of `anytime` for 0 and 20 of 100.
 */
const BY_HAND: [string, Partial<JobOptions>, Voter, Record<NoiseKind, number>, string][] = [
  [
    'gain with anytime, no failure',
    GAIN,
    unanimous,
    { gaussian: 0.7053363234354, laplace: 0.92150166686991, uniform: 0.42082942003784 },
    '0.079170579962',
  ],
  [
    'gain with anytime, every fifth vote a failure',
    GAIN,
    oneIn(5),
    { gaussian: 0.1253650656914, laplace: 0.11030914426298, uniform: 0.09898861842001 },
    '0.401011381580',
  ],
  [
    'fixed with clopper-pearson, no failure',
    FIXED,
    unanimous,
    { gaussian: 0.7464859814781, laplace: 0.99959656192867, uniform: 0.43227773694234 },
    '0.067722263058',
  ],
];

describe.each(BY_HAND)('with a law error of 2^-10, %s', (_, options, voter, radii, delta) => {
  it.each(NOISE_KINDS)('certifies with %s noise the radius of δ + t', (kind) => {
    const { radius, delta_upper, p_lower } = found(options, kind, voter, LATTICE);
    // δ itself is good to 1e-8.
    expect(radius / radii[kind]).toBeCloseTo(1, 7);
    expect(Number(delta_upper)).toBeCloseTo(Number(delta), 9);
    expect(Number(delta_upper) + Number(p_lower)).toBeCloseTo(1, 12);
    const exact = found(options, kind, voter);
    expect(radius).toBeLessThan(exact.radius);
    expect(Number(delta_upper) - Number(exact.delta_upper)).toBeCloseTo(T, 10);
  });
});

it('is added to both bounds of a certificate with the runner-up', () => {
  const both = { ...FIXED, claim: { runnerUp: true } } as const;
  // 30 of the 100 fresh votes are failures, 25 of them for one class: from 40 digits.
  const voter: Voter = (_, sample) => (sample < 90 ? 4 : sample < 115 ? 5 : 6);
  const lowered = found(both, 'gaussian', voter, LATTICE);
  const exact = found(both, 'gaussian', voter);
  expect(exact.runner_up).toMatchObject({ class_votes: 70, outcome: 5, votes: 25 });
  expect(lowered.radius / 0.0748006175076103).toBeCloseTo(1, 7);
  expect(exact.radius / (0.152083065120937 / 2)).toBeCloseTo(1, 7);
  expect(Number(lowered.runner_up!.p_upper)).toBeCloseTo(0.412715916617701 + T, 7);
  expect(Number(lowered.delta_upper)).toBeCloseTo(0.4666864205448417 + T, 7);
});

describe.each(NOISE_KINDS)('with a law error of 2^-10, %s noise', (kind) => {
  const noise = NOISES[kind];

  it.each<[string, Partial<JobOptions>]>([
    ['gain with spending', { looks: [64, 128, 1000], bound: 'spending', stop: { kind: 'gain', minGain: 0 } }],
    ['two-stage with clopper-pearson', TWO_STAGE],
  ])('is certified by %s for δ + t', (_, options) => {
    for (const voter of [unanimous, oneIn(20)]) {
      const exact = found(options, kind, voter);
      const lowered = found(options, kind, voter, LATTICE);
      const wanted = 0.5 * noise.radiusOf(Number(exact.delta_upper) + T);
      expect(lowered.radius / wanted).toBeCloseTo(1, 7);
      expect(lowered.radius).toBeLessThan(exact.radius);
      expect(Number(lowered.delta_upper)).toBeCloseTo(Number(exact.delta_upper) + T, 9);
      // What is drawn, and when it stops, is the same.
      expect(lowered).toMatchObject({ samples: exact.samples, stop: exact.stop, counts: exact.counts });
    }
  });

  it('lowers what fixed with clt approximates', () => {
    const options = { ...FIXED, bound: 'clt' } as const;
    const voter: Voter = (_, sample) => (sample < 20 || sample % 25 ? 4 : 5);
    const wanted = {
      gaussian: 0.6364338305815,
      laplace: 0.79711456119351,
      uniform: 0.39846749677497,
    };
    expect(found(options, kind, voter, LATTICE).approximate_radius! / wanted[kind]).toBeCloseTo(1, 9);
  });

  it('is certified by target iff the bound of the votes and t are within the radius', () => {
    const radii = ['0', '0.1', '0.3', '0.45'];
    const stop = { kind: 'target', radii } as const;
    const looks = [32, 64, 256, 1024, 8192];
    const images = { start: 0, stop: 1, step: 1 };
    const claim = { alpha: 0.001, bound: 'anytime', stop, looks, images } as const;
    // As large as the steps of the rates of failures that are tried below.
    const lattice = { ...LATTICE, dimension: 2 ** 26 };
    const t = lawError(lattice);
    const decision = compileDecision(claim, { kind, scale: 0.5, lattice });
    let refused = 0;
    for (const [look, n] of looks.entries()) {
      for (let failures = 0; 2 * failures < n; failures += Math.ceil(n / 64)) {
        const votes = {
          classes: failures > 0 ? [4, 5] : [4],
          votes: failures > 0 ? [n - failures, failures] : [n],
          invalid: 0,
        };
        const prefixes = looks
          .slice(0, look + 1)
          .map((m) => (m === n ? votes : { classes: [4], votes: [m], invalid: 0 }));
        const { held } = decision.at(look, prefixes, null);
        const delta = anytimeDelta(failures, n, 0.001) ?? 1;
        const within = (error: number) =>
          radii.filter((radius) => delta + error <= noise.deltaOf(Number(radius) / 0.5)).length;
        expect(held === null ? 0 : held.target! + 1).toBe(within(t));
        if (within(t) < within(0)) refused += 1;
        if (held) expect(held.deltaUpper + t).toBeLessThanOrEqual(noise.deltaOf(held.z));
      }
    }
    expect(refused).toBeGreaterThan(0);
  });

  it('tells of target the failure probability of the exact law', () => {
    const { radius, delta_upper, target } = found(SMALL_TARGET, kind, unanimous, LATTICE);
    expect([radius, target]).toEqual([0.25, '0.25']);
    expect(Number(delta_upper)).toBeCloseTo(noise.deltaOf(0.5), 8);
    expect(Number(delta_upper)).toBeLessThan(noise.deltaOf(0.5));
  });

  it('certifies less the larger the error, and nothing where it is a half', () => {
    let before = found(FIXED, kind, unanimous).radius;
    for (let power = 0; power <= 31; power++) {
      const { radius, outcome } = found(FIXED, kind, unanimous, { ...LATTICE, dimension: 2 ** power });
      expect(radius).toBeLessThanOrEqual(before);
      expect(outcome).toBe(radius > 0 ? 'certified' : 'abstained');
      before = radius;
    }
    expect(before).toBe(0);
  });

  it('is certified to the same bits where no lattice is named as where its error is 0', () => {
    for (const options of [GAIN, FIXED, TWO_STAGE, SMALL_TARGET]) {
      const exact = found(options, kind, oneIn(50));
      // (δ + 0) · (1 + 2e-8) rounds as δ · (1 + 2e-8) does; an error below half a bit of δ changes none.
      const tiny = found(options, kind, oneIn(50), { ...LATTICE, largest: 1, dimension: 1 });
      expect(tiny).toEqual(exact);
    }
  });
});

it('a null that the error leaves nothing of is never rejected', () => {
  expect(mostAccepted(1e6, 0, 0.001)).toBe(-1);
});
