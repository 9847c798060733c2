import { describe, expect, it } from 'vitest';

import { BOUND_NAMES, type BoundName } from '../../shared/job.js';
import { DEFAULT_BOUNDS, RULE_NAMES } from '../../shared/job-spec.js';
import { BOUNDS, boundsFor, compileBound, pairReason } from './bounds.js';
import { clopperPearsonDelta } from './clopper-pearson.js';
import { anytimeDelta } from '../confidence-sequence.js';
import { gaussian } from '../noises/gaussian.js';
import { laplace } from '../noises/laplace.js';
import { upperTail, upperTailQuantile } from '../normal.js';
import { certifiedRadius } from '../radius.js';

const LOOKS = [64, 128, 256, 512, 1000];
const PROVEN = BOUND_NAMES.filter((name) => BOUNDS[name].proves);

describe.each(PROVEN)('the compiled bound %s', (name) => {
  const bound = compileBound({ bound: name, alpha: 0.001, looks: LOOKS }, gaussian);

  it('certifies a positive multiple of 1e-6, and a radius, or nothing', () => {
    LOOKS.forEach((n, look) => {
      for (let failures = 0; failures <= n; failures++) {
        const certified = bound.certify(look, failures, n);
        if (certified === null) continue;
        expect(certified.z).toBeGreaterThan(0);
        expect(Math.round(certified.z * 1e6) / 1e6).toBe(certified.z);
        expect(Math.abs(certified.z - upperTailQuantile(certified.deltaUpper))).toBeLessThan(1.01e-6);
        expect(certifiedRadius(certified.deltaUpper, 0, gaussian, 1)).toBeGreaterThan(0);
      }
      expect(bound.certify(look, n, n)).toBeNull();
      expect(bound.certify(look, n / 2, n)).toBeNull();
    });
  });

  it('certifies less the more votes fail', () => {
    LOOKS.forEach((n, look) => {
      let before = Infinity;
      for (let failures = 0; failures <= n; failures++) {
        const z = bound.certify(look, failures, n)?.z ?? 0;
        expect(z).toBeLessThanOrEqual(before);
        before = z;
      }
    });
  });
});

describe('compiling a bound', () => {
  it('keeps to the function of its name', () => {
    const of = (bound: BoundName) =>
      compileBound({ bound, alpha: 0.05, looks: LOOKS }, gaussian).certify(4, 30, 1000)!;
    expect(of('anytime').deltaUpper).toBe(anytimeDelta(30, 1000, 0.05));
    expect(of('clopper-pearson').deltaUpper).toBe(clopperPearsonDelta(30, 1000, 0.05));
    expect(of('spending').deltaUpper).toBe(upperTail(of('spending').z));
    expect(of('clopper-pearson').z).toBeGreaterThan(of('spending').z);
  });

  it('floors a z below 1e-6 to no certificate', () => {
    // α chosen so that the bound for 10 unanimous votes is ½ less 1e-8.
    const alpha = (0.5 + 1e-8) ** 10;
    const bound = compileBound({ bound: 'clopper-pearson', alpha, looks: [1, 11] }, gaussian);
    expect(clopperPearsonDelta(0, 10, alpha)).toBeLessThan(0.5);
    expect(bound.certify(1, 0, 10)).toBeNull();
  });

  it('gives equal claims the same bound, and other claims another one', () => {
    const of = (alpha: number, looks = LOOKS) => compileBound({ bound: 'spending', alpha, looks }, gaussian);
    const first = of(0.001);
    expect(of(0.001)).toBe(first);
    expect(of(0.002)).not.toBe(first);
    expect(of(0.001, [64, 128])).not.toBe(first);
    expect(compileBound({ bound: 'spending', alpha: 0.001, looks: LOOKS }, laplace)).not.toBe(first);
    const certified = LOOKS.map((_, look) => first.certify(look, 3, LOOKS[look]!));
    for (let i = 1; i < 40; i++) compileBound({ bound: 'anytime', alpha: i / 1000, looks: LOOKS }, gaussian);
    expect(LOOKS.map((_, look) => of(0.001).certify(look, 3, LOOKS[look]!))).toEqual(certified);
  });

  it('answers the same after it has forgotten', () => {
    const bound = compileBound({ bound: 'clopper-pearson', alpha: 0.001, looks: [100, 1e6] }, gaussian);
    const first = bound.certify(1, 7, 100);
    for (let n = 1; n < 70_000; n++) bound.certify(1, 0, n);
    expect(bound.certify(1, 7, 100)).toEqual(first);
    expect(bound.certify(1, 7, 100)).toBe(bound.certify(1, 7, 100));
  });
});

describe('the bounds', () => {
  it.each(RULE_NAMES)('offer %s its usual bound first', (rule) => {
    const [first] = boundsFor(rule);
    expect(first).toBe(DEFAULT_BOUNDS[rule]);
    expect(BOUNDS[first!].proves).toBe(true);
  });

  it('have a reason for every pair that is not offered', () => {
    const pairs = RULE_NAMES.flatMap((rule) => BOUND_NAMES.map((bound) => pairReason(rule, bound)));
    expect(pairs.filter((reason) => reason === null)).toHaveLength(10);
    for (const reason of pairs) if (reason !== null) expect(reason).toMatch(/^(it|the) .*[^.]$/);
  });
});

describe('the compiled bound clt', () => {
  it('certifies nothing at all', () => {
    const bound = compileBound({ bound: 'clt', alpha: 0.25, looks: [10, 1010] }, gaussian);
    for (const failures of [0, 1, 500]) expect(bound.certify(1, failures, 1000)).toBeNull();
  });
});
