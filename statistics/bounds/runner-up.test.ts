import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { BOUND_NAMES, NOISE_KINDS } from '../../shared/job.js';
import { RULE_NAMES } from '../../shared/job-spec.js';
import { binomialLaw } from '../../test/exact/chain.js';
import { matchedShares } from '../matched-shares.js';
import { gaussian } from '../noises/gaussian.js';
import { NOISES } from '../noises/noises.js';
import { upperTail } from '../normal.js';
import { buildSpendingTable, evenShares, theoremLevel } from '../spending-table.js';
import { compileBound } from './bounds.js';
import { clopperPearsonDelta } from './clopper-pearson.js';
import { certifiedPair, FRESH_VOTES, runnerUpReason, SAME_VOTES } from './runner-up.js';
import { pairOfTables } from './spending-runner-up.js';

const LOOKS = [64, 128, 256, 512, 1000];
const spendingOf = (alpha: number, matchedGain = 0.02) =>
  compileBound({ bound: 'spending', alpha, looks: LOOKS, matchedGain, runnerUp: true }, gaussian);
const clopperPearsonOf = (alpha: number) =>
  compileBound({ bound: 'clopper-pearson', alpha, looks: [1, 2], runnerUp: true }, gaussian);

describe('α with the runner-up', () => {
  it('is spent once: on the class and one runner-up, or on the class and two', () => {
    expect(FRESH_VOTES.ofClass + FRESH_VOTES.runnerUp).toBe(1);
    expect(SAME_VOTES.ofClass + 2 * SAME_VOTES.runnerUp).toBeLessThanOrEqual(1);
  });
});

describe('a claim with the runner-up', () => {
  it('is offered for two pairs of rule and bound, under Gaussian noise', () => {
    const offered = RULE_NAMES.flatMap((rule) =>
      BOUND_NAMES.filter((bound) => runnerUpReason(rule, bound, gaussian) === null).map((b) => [rule, b]),
    );
    expect(offered).toEqual([
      ['gain', 'spending'],
      ['fixed', 'clopper-pearson'],
    ]);
  });

  it('has the end of a sentence for every other pair and noise', () => {
    for (const rule of RULE_NAMES) {
      for (const bound of BOUND_NAMES) {
        for (const kind of NOISE_KINDS) {
          const reason = runnerUpReason(rule, bound, NOISES[kind]);
          if (reason !== null) expect(reason).toMatch(/^(it|the) .*[^.]$/);
          if (kind !== 'gaussian') expect(reason).not.toBeNull();
        }
      }
    }
  });
});

describe('clopper-pearson with the runner-up', () => {
  // From 40 digits: both bounds at half of α, the smaller one of them for the runner-up, the mean of their z.
  it.each([
    [30, 25, 100, 0.001, 0.4666864205448417, 0.412715916617701, 0.152083087460116],
    [60, 12, 100, 0.05, 0.6967052312971226, 0.2002356836199688, 0.16291597357063],
    [0, 0, 100, 0.001, 0.07319215754417004, 0.07319215754417004, 1.45242195577313],
    [5, 3, 1000, 0.001, 0.01730291723657872, 0.01385806926740634, 2.15711089394166],
    [600, 150, 1000, 0.001, 0.650562649275733, 0.1902751173111883, 0.245021485969238],
  ])(
    'of %i failures, %i for the runner-up, of %i, α = %f',
    (failures, runnerUp, n, alpha, delta, upper, z) => {
      const certified = clopperPearsonOf(alpha).certify(1, failures, n, runnerUp)!;
      expect(certified.deltaUpper / delta).toBeCloseTo(1, 7);
      expect(certified.runnerUpUpper! / upper).toBeCloseTo(1, 7);
      expect(Math.abs(certified.z - z)).toBeLessThan(1.1e-6);
      expect(certified.z).toBeLessThanOrEqual(z);
    },
  );

  it('certifies nothing where the runner-up may be as likely, or no vote is for the class', () => {
    expect(clopperPearsonOf(0.001).certify(1, 55, 100, 20)).toBeNull();
    expect(clopperPearsonOf(0.001).certify(1, 50, 100)).toBeNull();
    expect(clopperPearsonOf(0.001).certify(1, 100, 100, 0)).toBeNull();
    expect(certifiedPair(gaussian, 1, 0.001)).toBeNull();
  });

  it('keeps its level far below the smallest α', () => {
    for (const [failures, n] of [
      [0, 100],
      [3, 100],
      [90, 100],
      [40, 100_000],
    ] as const) {
      const delta = clopperPearsonDelta(failures, n, 1e-13);
      const { first, mass } = binomialLaw(n, delta);
      const tail = mass.reduce((sum, m, i) => (first + i <= failures ? sum + m : sum), 0);
      expect(tail / 1e-13).toBeCloseTo(1, 6);
    }
  });
});

/** Returns the most failures that reject each null, by sums of this test's own, without a running minimum. */
function limitsOf(
  looks: readonly number[],
  level: (delta: number) => number,
  shares: (delta: number) => readonly number[],
  z: number,
): number[] {
  const delta = upperTail(z);
  let budget = 0;
  return looks.map((n, look) => {
    budget += level(delta) * shares(delta)[look]!;
    const { first, mass } = binomialLaw(n, delta);
    let most = first - 1;
    let spent = 0;
    for (const m of mass) {
      if (spent + m > budget * (1 - 1e-9)) break;
      spent += m;
      most += 1;
    }
    budget -= spent;
    return most;
  });
}

describe('spending with the runner-up', () => {
  const looks = [20, 40, 90];

  it.each([
    [0.001, undefined],
    [0.05, 10],
    [0.25, 0.5],
  ])('has the limits of its levels, α = %f, matched to %s', (alpha, matchedGain) => {
    const common = { alpha, looks };
    const tables = pairOfTables(matchedGain === undefined ? common : { ...common, matchedGain }, gaussian);
    const shares =
      matchedGain === undefined
        ? evenShares(looks)
        : matchedShares({ looks, alpha, minGain: matchedGain, noise: gaussian });
    const classLevel = (delta: number) => (1 - delta) * 0.8 * alpha;
    const runnerUpLevel = () => 0.1 * alpha;
    // Φ(z) > 1/20 down to z = −1.644; nothing is certified at the lowest null.
    const wanted = [
      { table: tables.ofClass, level: classLevel, from: -822 },
      { table: tables.runnerUp, level: runnerUpLevel, from: 0 },
    ];
    for (const { table, level, from } of wanted) {
      const rows = Array.from({ length: 1900 - from }, (_, i) =>
        limitsOf(looks, level, shares, (from + i) / 500),
      );
      looks.forEach((n, look) => {
        for (let failures = 0; failures <= n; failures++) {
          const rejected = rows.findIndex((row) => row[look]! < failures) - 1;
          expect(table.certifiedZ(look, failures)).toBe(rejected > 0 ? (from + rejected) / 500 : null);
        }
      });
    }
  });

  it('has no null that one vote in the first look would not exceed', () => {
    for (const first of [1, 2, 3, 64]) {
      const { ofClass } = pairOfTables({ alpha: 0.25, looks: [first, 1000] }, gaussian);
      const least = Array.from({ length: 1000 }, (_, f) => ofClass.certifiedZ(1, f)).filter(
        (z) => z !== null,
      );
      expect(upperTail(-Math.min(...least))).toBeGreaterThan(1 / first > 0.5 ? 0.5 : 1 / first);
    }
  });

  it('adds half of what each table certifies', () => {
    const bound = spendingOf(0.001);
    const tables = pairOfTables({ alpha: 0.001, looks: LOOKS, matchedGain: 0.02 }, gaussian);
    const zClass = tables.ofClass.certifiedZ(4, 560)!;
    const zRunnerUp = tables.runnerUp.certifiedZ(4, 150)!;
    expect(zClass).toBeLessThan(0);
    expect(bound.certify(4, 560, 1000, 150)).toEqual({
      z: Math.round(500 * (zClass + zRunnerUp)) / 1000,
      deltaUpper: upperTail(zClass),
      runnerUpUpper: upperTail(zRunnerUp),
    });
    // Where the runner-up is all that failed, its own bound may be no help.
    expect(bound.certify(4, 30, 1000)).toMatchObject({ z: tables.ofClass.certifiedZ(4, 30) });
    expect(bound.certify(4, 560, 1000, 440)).toBeNull();
    expect(bound.certify(4, 1000, 1000, 0)).toBeNull();
    expect(bound.certify(0, 32, 64)).toBeNull();
  });
});

/** Votes at a look: the failures, and those of them for the runner-up. */
const votes = fc
  .nat({ max: LOOKS.length - 1 })
  .chain((look) => fc.tuple(fc.constant(look), fc.nat({ max: LOOKS[look]! })))
  .chain(([look, failures]) => fc.tuple(fc.constant(look), fc.constant(failures), fc.nat({ max: failures })));
const levels = fc.constantFrom(1e-9, 0.001, 0.05, 0.25);

describe.each([
  ['spending', spendingOf],
  ['clopper-pearson', clopperPearsonOf],
])('%s with the runner-up', (name, boundOf) => {
  const zOf = (alpha: number, look: number, failures: number, runnerUp?: number) =>
    boundOf(alpha).certify(look, failures, LOOKS[look]!, runnerUp)?.z ?? 0;

  it('certifies no less than the bound on the class alone, at the part of α that is for the class', () => {
    const tables = new Map<number, ReturnType<typeof buildSpendingTable>>();
    const alone = (alpha: number, look: number, failures: number): number => {
      if (name === 'clopper-pearson') {
        const bound = compileBound({ bound: name, alpha: 0.5 * alpha, looks: [1, 2] }, gaussian);
        return bound.certify(look, failures, LOOKS[look]!)?.z ?? 0;
      }
      const level = 0.8 * alpha;
      const shares = matchedShares({ looks: LOOKS, alpha, minGain: 0.02, noise: gaussian });
      const made = { looks: LOOKS, level: theoremLevel(level), shares, noise: gaussian };
      const table = tables.get(alpha) ?? buildSpendingTable(made);
      tables.set(alpha, table);
      return table.certifiedZ(look, failures) ?? 0;
    };
    fc.assert(
      fc.property(votes, levels, ([look, failures, runnerUp], alpha) => {
        expect(zOf(alpha, look, failures, runnerUp)).toBeGreaterThanOrEqual(alone(alpha, look, failures));
      }),
      { numRuns: 1000 },
    );
  });

  it('certifies no more with more failures, or with more of them for the runner-up', () => {
    fc.assert(
      fc.property(votes, levels, ([look, failures, runnerUp], alpha) => {
        const z = zOf(alpha, look, failures, runnerUp);
        expect(zOf(alpha, look, failures)).toBeLessThanOrEqual(z);
        if (failures > runnerUp) expect(zOf(alpha, look, failures, runnerUp + 1)).toBeLessThanOrEqual(z);
        if (failures < LOOKS[look]!) {
          expect(zOf(alpha, look, failures + 1, runnerUp)).toBeLessThanOrEqual(z);
          expect(zOf(alpha, look, failures + 1, runnerUp + 1)).toBeLessThanOrEqual(z);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('certifies nothing where the runner-up has as many votes as the class', () => {
    fc.assert(
      fc.property(votes, levels, ([look, failures, runnerUp], alpha) => {
        fc.pre(LOOKS[look]! - failures <= runnerUp);
        expect(zOf(alpha, look, failures, runnerUp)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('certifies positive multiples of 1e-6, and states the smaller bound for the runner-up', () => {
    fc.assert(
      fc.property(votes, levels, ([look, failures, runnerUp], alpha) => {
        const certified = boundOf(alpha).certify(look, failures, LOOKS[look]!, runnerUp);
        if (certified === null) return;
        const { z, deltaUpper, runnerUpUpper = 1 } = certified;
        expect(z).toBeGreaterThan(0);
        expect(Math.round(z * 1e6) / 1e6).toBe(z);
        expect(runnerUpUpper).toBeLessThanOrEqual(deltaUpper);
        expect(Math.abs((gaussian.radiusOf(deltaUpper) + gaussian.radiusOf(runnerUpUpper)) / 2 - z)).toBeLessThan(1.1e-6); // prettier-ignore
      }),
      { numRuns: 1000 },
    );
  });
});
