import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import reference from '../test/fixtures/bounds.json' with { type: 'json' };
import { anytimeDelta, logM } from './confidence-sequence.js';
import { gaussian } from './noises/gaussian.js';
import { upperTail, upperTailQuantile } from './normal.js';
import { looksFor } from './schedule.js';
import { compileTarget, mostAccepted, targetDelta } from './target.js';

const ALPHA = 0.001;
const SCHEDULE = { kind: 'target', radii: ['0'] } as const;

describe('the most failures that reject a null', () => {
  it('are those of the reference, at the level α', () => {
    expect(reference.target_thresholds).toHaveLength(45);
    for (const { z0, alpha, n, max_failures } of reference.target_thresholds) {
      expect(mostAccepted(n, upperTail(z0), alpha)).toBe(max_failures);
    }
  });

  it('are exactly those with enough wealth', () => {
    for (const [delta, level] of [
      [0.5, ALPHA / 2],
      [0.3, 0.01],
      [0.01, 0.2],
    ] as const) {
      for (const n of [1, 2, 13, 32, 64, 100, 257]) {
        const enough = (f: number) => logM(n - f, f, delta) >= 1e-9 - Math.log(level);
        const counts = Array.from({ length: n + 1 }, (_, f) => f).filter(enough);
        const most = mostAccepted(n, delta, level);
        expect(counts).toEqual(Array.from({ length: most + 1 }, (_, f) => f));
      }
    }
  });

  it('are none where the null cannot be told from 0', () => expect(mostAccepted(100, 0, ALPHA)).toBe(-1));
});

/** h(p0) = p0 · M(1 − p0), as a logarithm. */
const logH = (failures: number, n: number, p0: number): number =>
  Math.log(p0) + logM(n - failures, failures, 1 - p0);

describe('Theorem C', () => {
  it('rejects an interval: what rejects p0 rejects every smaller one, down to ½', () => {
    const counts = fc.integer({ min: 1, max: 20_000 }).chain((n) =>
      fc.record({
        n: fc.constant(n),
        failures: fc.integer({ min: 0, max: Math.floor(n / 2) }),
        z: fc.double({ min: 0, max: 4, noNaN: true }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    );
    fc.assert(
      fc.property(counts, ({ n, failures, z, share }) => {
        const high = logH(failures, n, 1 - upperTail(z));
        fc.pre(high >= 0);
        expect(logH(failures, n, 1 - upperTail(share * z))).toBeGreaterThanOrEqual(high - 1e-9);
      }),
      { numRuns: 5000 },
    );
  });

  it('accepts the same radii here as its bound does', () => {
    const targets = [0, 0.1, 0.5, 1, 1.5, 2, 2.5, 3];
    const target = compileTarget({
      targets,
      alpha: ALPHA,
      maxSamples: 100_000,
      noise: gaussian,
      lawError: 0,
    });
    const draw = fc
      .integer({ min: 1, max: 100_000 })
      .chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 0, max: Math.ceil(n / 2) })));
    fc.assert(
      fc.property(draw, ([n, failures]) => {
        const bound = anytimeDelta(failures, n, ALPHA);
        const z = bound === null ? -1 : upperTailQuantile(bound);
        fc.pre(targets.every((r) => Math.abs(z - r) > 1e-7));
        expect(target.reached(failures, n)).toBe(targets.filter((r) => r < z).length);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a target', () => {
  it('asks for a failure probability just below that of the radius', () => {
    for (const z of [0, 0.5, 1, 3, 8]) {
      expect(targetDelta(gaussian, z, 0)).toBeLessThan(upperTail(z));
      expect(targetDelta(gaussian, z, 0) / upperTail(z)).toBeCloseTo(1, 8);
    }
    expect(targetDelta(gaussian, 40, 0)).toBe(0);
  });

  it('pays the factor p0 for all classes: radius 0 needs 13 unanimous votes, not 12', () => {
    const { deltas, ...target } = compileTarget({
      targets: [0],
      alpha: ALPHA,
      maxSamples: 100,
      noise: gaussian,
      lawError: 0,
    });
    const reached = (failures: number, n: number) => target.reached(failures, n);
    expect(deltas[0]).toBeLessThan(0.5);
    expect([reached(0, 12), reached(0, 13), reached(1, 13)]).toEqual([0, 1, 0]);
  });

  it('is futile iff two standard errors on the hopeful side would not reach the next radius at the end', () => {
    const options = { targets: [0.5, 1], alpha: ALPHA, maxSamples: 10_000, noise: gaussian, lawError: 0 };
    const target = compileTarget(options);
    const { deltas } = target;
    for (const held of [0, 1]) {
      const most = mostAccepted(10_000, deltas[held]!, (1 - deltas[held]!) * ALPHA);
      for (const n of [32, 320, 2048]) {
        for (let failures = 0; failures <= n; failures++) {
          const rate = failures / n;
          const hopeful = Math.max(0, rate - 2 * Math.sqrt(Math.max(rate * (1 - rate), 1 / n) / n));
          expect(target.isFutile(held, failures, n)).toBe(hopeful * 10_000 > most);
        }
        expect(target.isFutile(held, 0, n)).toBe(false);
        expect(target.isFutile(held, n, n)).toBe(true);
      }
    }
  });

  /** A rate q reaches the radius at some look iff q ≤ most/n there. */
  const mostByLook = (looks: readonly number[], z: number) =>
    looks.map((n) => mostAccepted(n, targetDelta(gaussian, z, 0), (1 - targetDelta(gaussian, z, 0)) * ALPHA));

  it.each([0, 0.25, 0.5, 1, 2])('at %f σ: the test at the end equals the test over all later looks', (z) => {
    for (const maxSamples of [50_000, 100_000]) {
      const looks = looksFor(SCHEDULE, 'anytime', maxSamples);
      const most = mostByLook(looks, z);
      most.forEach((count, k) => expect(count * maxSamples).toBeLessThanOrEqual(most.at(-1)! * looks[k]!));
    }
  });

  it.each([0, 0.25, 0.5, 1, 2])('at %f σ: the two differ by at most one count, whatever the budget', (z) => {
    // Counts are whole: where the last step is short, the look before the end may be ahead by a part of one.
    for (const maxSamples of [100, 1000, 2049, 10_000, 33_333]) {
      const looks = looksFor(SCHEDULE, 'anytime', maxSamples);
      const most = mostByLook(looks, z);
      most.forEach((count, k) =>
        expect(count * maxSamples).toBeLessThan((most.at(-1)! + 1) * looks[k]! + 1e-6),
      );
    }
  });
});
