import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { looksFor } from './schedule.js';

const GAIN = { kind: 'gain', minGain: 0.02 } as const;
const TARGET = { kind: 'target', radii: ['0.5'] } as const;
const TWO_STAGE = { kind: 'two-stage', minGain: 0.02 } as const;
const code = (name: string): unknown => expect.objectContaining({ code: name });

describe('the schedule of looks', () => {
  it('doubles for spending and ends at the budget', () => {
    expect(looksFor(GAIN, 'spending', 100_000)).toEqual([
      64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 100_000,
    ]);
    expect(looksFor(GAIN, 'spending', 16_384)).toEqual([64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384]);
  });

  it('drops the look before the budget where the last step would be short, at × 1.5 exactly not', () => {
    expect(looksFor(GAIN, 'spending', 10_000).slice(-2)).toEqual([4096, 10_000]);
    expect(looksFor(GAIN, 'spending', 191)).toEqual([64, 191]);
    expect(looksFor(GAIN, 'spending', 192)).toEqual([64, 128, 192]);
    expect(looksFor(GAIN, 'spending', 80)).toEqual([80]);
    expect(looksFor(GAIN, 'spending', 64)).toEqual([64]);
    expect(looksFor(GAIN, 'spending', 10)).toEqual([10]);
  });

  it('grows by half for anytime, rounded up', () => {
    expect(looksFor(GAIN, 'anytime', 16_384)).toEqual([
      64, 96, 144, 216, 324, 486, 729, 1094, 1641, 2461, 3691, 5536, 8304, 12456, 16384,
    ]);
    expect(looksFor(GAIN, 'anytime', 97)).toEqual([64, 96, 97]);
    expect(looksFor(GAIN, 'anytime', 64)).toEqual([64]);
    expect(looksFor(GAIN, 'anytime', 1e9).length).toBe(42);
  });

  it('has every multiple of 32 to 2,048 for target, then grows by a tenth, rounded up to one', () => {
    const looks = looksFor(TARGET, 'anytime', 100_000);
    expect(looks.slice(0, 64)).toEqual(Array.from({ length: 64 }, (_, j) => 32 * (j + 1)));
    expect(looks.slice(63, 70)).toEqual([2048, 2272, 2528, 2784, 3072, 3392, 3744]);
    expect(looks.at(-1)).toBe(100_000);
    for (const [k, n] of looks.entries()) {
      if (n < 2048 || k >= looks.length - 2) continue;
      expect(looks[k + 1]).toBe(32 * Math.ceil((n + Math.ceil(n / 10)) / 32));
    }
    expect(looksFor(TARGET, 'anytime', 100)).toEqual([32, 64, 96, 100]);
    expect(looksFor(TARGET, 'anytime', 64)).toEqual([32, 64]);
    expect(looksFor(TARGET, 'anytime', 20)).toEqual([20]);
  });

  it('has the pilot and behind it every length of a second stage for two-stage', () => {
    expect(looksFor(TWO_STAGE, 'clopper-pearson', 100)).toEqual([64, 80, 82, 84, 86, 89, 92, 95, 99, 100]);
    expect(looksFor(TWO_STAGE, 'clopper-pearson', 65)).toEqual([64, 65]);
    expect(looksFor(TWO_STAGE, 'clopper-pearson', 100_000).at(-1)).toBe(100_000);
    for (const few of [1, 64]) {
      expect(() => looksFor(TWO_STAGE, 'clopper-pearson', few)).toThrow(code('BUDGET_TOO_SMALL'));
    }
  });

  it('has two looks for fixed: after the selection and at the end', () => {
    expect(looksFor({ kind: 'fixed', selection: 100 }, 'clopper-pearson', 100_000)).toEqual([100, 100_100]);
  });

  it('has the kept sizes behind the selection where fixed keeps counts', () => {
    const kept = { kind: 'fixed', selection: 7, keepCounts: true } as const;
    expect(looksFor(kept, 'clopper-pearson', 64)).toEqual([7, 17, 23, 32, 39, 57, 71]);
  });

  it('ascends strictly in whole numbers and ends at the budget', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 190_000 }),
        fc.constantFrom('spending' as const, 'anytime' as const),
        (most, bound) => {
          const looks = looksFor(GAIN, bound, most);
          expect(looks.at(-1)).toBe(most);
          looks.forEach((n, k) => {
            expect(Number.isInteger(n)).toBe(true);
            expect(n).toBeGreaterThan(looks[k - 1] ?? 0);
          });
        },
      ),
    );
  });

  it('refuses a spending schedule of more than 12 looks', () => {
    expect(looksFor(GAIN, 'spending', 196_607)).toHaveLength(12);
    expect(() => looksFor(GAIN, 'spending', 196_608)).toThrow(code('SCHEDULE_TOO_LONG'));
  });

  it('of gain is refused with a bound that looks once', () => {
    expect(() => looksFor(GAIN, 'clopper-pearson', 1000)).toThrow(code('INTERNAL'));
  });

  it.each([0, -5, 1.5, NaN, Infinity, 1e9 + 1])('refuses %f samples', (samples) => {
    expect(() => looksFor(GAIN, 'anytime', samples)).toThrow(code('INTERNAL'));
    expect(() => looksFor({ kind: 'fixed', selection: samples }, 'clopper-pearson', 100)).toThrow(
      code('INTERNAL'),
    );
  });
});
