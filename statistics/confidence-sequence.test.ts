import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { clopperPearsonDelta } from './bounds/clopper-pearson.js';
import { anytimeDelta, logM, sequenceDelta } from './confidence-sequence.js';

/** Failures, samples (α = 0.001) and 1 − L of Theorem C. */
const THEOREM_C: readonly (readonly [number, number, number | null])[] = [
  [0, 12, null],
  [0, 13, 0.48564143779981467],
  [0, 14, 0.4589359528629868],
  [0, 32, 0.22831454439957735],
  [0, 64, 0.12000328016195666],
  [0, 100, 0.07819401587855151],
  [1, 100, 0.10898275735325451],
  [20, 100, 0.4000348110598839],
  [10, 1000, 0.02879704335794798],
  [400, 1000, 0.47255982888661996],
  [450, 1000, null],
  [0, 100_000, 8.07259210662e-5],
  [100, 100_000, 0.001491591861413],
  [10_000, 1_000_000, 0.01048098522965],
];

const counts = fc
  .tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([n, share]) => ({ n, failures: Math.floor((share * n) / 2) }));
const levels = fc.double({ min: 0.7, max: 12, noNaN: true }).map((decades) => 10 ** -decades);

describe('Theorem C', () => {
  it.each(THEOREM_C)('bounds %i failures of %i by %f', (failures, n, expected) => {
    const delta = anytimeDelta(failures, n, 0.001);
    if (expected === null) expect(delta).toBeNull();
    else expect(Math.abs(delta! / expected - 1)).toBeLessThan(1e-9);
  });

  it('has enough evidence at the δ that it returns, and not at a smaller one', () => {
    fc.assert(
      fc.property(counts, levels, ({ n, failures }, alpha) => {
        const delta = anytimeDelta(failures, n, alpha);
        if (delta === null) return;
        const evidence = (d: number): number => logM(n - failures, failures, d) + Math.log1p(-d);
        expect(evidence(delta) - (1e-9 - Math.log(alpha))).toBeGreaterThanOrEqual(0);
        expect(evidence(delta * (1 - 1e-8))).toBeLessThan(-Math.log(alpha));
        expect(evidence(Math.min(0.5, delta * 1.1))).toBeGreaterThanOrEqual(-Math.log(alpha));
      }),
      { numRuns: 1000 },
    );
  });

  it('is never below the one-look bound nor the sequence for one class', () => {
    fc.assert(
      fc.property(counts, levels, ({ n, failures }, alpha) => {
        const delta = anytimeDelta(failures, n, alpha) ?? 1;
        expect(delta * (1 + 2e-8)).toBeGreaterThan(clopperPearsonDelta(failures, n, alpha));
        expect(delta).toBeGreaterThanOrEqual(sequenceDelta(failures, n, alpha));
      }),
      { numRuns: 1000 },
    );
  });

  it('grows with the failures', () => {
    let before = 0;
    for (let failures = 0; failures < 400; failures++) {
      const delta = anytimeDelta(failures, 1000, 0.001) ?? 0.5;
      expect(delta).toBeGreaterThanOrEqual(before);
      before = delta;
    }
  });

  it('certifies nothing where no vote was for the class', () => {
    expect(anytimeDelta(50, 50, 0.25)).toBeNull();
    expect(sequenceDelta(50, 50, 0.25)).toBe(1);
  });
});

describe('the wealth M', () => {
  it('is the mixture of the bets (midpoint rule over u = v², which removes the singularity)', () => {
    const steps = 20_000;
    for (const [successes, failures, delta] of [
      [90, 10, 0.2],
      [64, 0, 0.1],
      [30, 3, 0.4],
    ] as const) {
      let sum = 0;
      for (let i = 0; i < steps; i++) {
        const u = ((i + 0.5) / steps) ** 2;
        sum += ((1 - delta * u) / (1 - delta)) ** successes * u ** failures;
      }
      expect(Math.abs(Math.log(sum / steps) - logM(successes, failures, delta))).toBeLessThan(1e-7);
    }
  });

  it('is evidence of nothing where the failures are no fewer than the null expects', () => {
    expect(logM(90, 10, 0.1)).toBe(-Infinity);
    expect(logM(0, 10, 0.4)).toBe(-Infinity);
  });
});
