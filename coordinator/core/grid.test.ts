import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Grid } from './grid.js';
import { shardsOfSegment } from '../../shared/shards.js';
import { looksFor } from '../../statistics/schedule.js';

const shardsAt = (looks: readonly number[]) => new Grid(looks).segments.flat();

describe('the grid', () => {
  it('has the numbers of shards that follow from the schedules by hand', () => {
    const anytime = new Grid(looksFor({ kind: 'gain', minGain: 0 }, 'anytime', 100_000));
    const numbers = [1, 1, 1, 2, 2, 3, 4, 6, 9, 13, 13, 15, 15, 15, 15, 16, 16, 21, 31, 16];
    expect(anytime.segments.map((shards) => shards.length)).toEqual(numbers);
    const fixed = new Grid(looksFor({ kind: 'fixed', selection: 100 }, 'clopper-pearson', 100_000));
    expect(fixed.segments.map((shards) => shards.length)).toEqual([2, 98]);
    expect(shardsAt([32, 64, 128, 256, 512])).toHaveLength(9);
  });

  it('cuts segments of every length into 64 to 1,024 samples, multiples of 32, the last shard shorter', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 300_000 }), (begin, length) => {
        const shards = shardsOfSegment(begin, begin + length);
        const sizes = shards.map((shard) => shard.end - shard.begin);
        expect(shards[0]!.begin).toBe(begin);
        expect(shards.at(-1)!.end).toBe(begin + length);
        shards.slice(1).forEach((shard, k) => expect(shard.begin).toBe(shards[k]!.end));
        const whole = sizes.slice(0, -1);
        expect(new Set(whole).size).toBeLessThanOrEqual(1);
        for (const size of whole) expect(size % 32 === 0 && size >= 64 && size <= 1024).toBe(true);
        expect(sizes.at(-1)!).toBeGreaterThan(0);
        expect(sizes.at(-1)!).toBeLessThanOrEqual(whole[0] ?? 1024);
      }),
    );
  });

  const looks = fc
    .uniqueArray(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 12 })
    .map((ends) => ends.sort((a, b) => a - b));

  it('partitions [0, n_k) for every look k, so that no sample is counted twice and none is left out', () => {
    fc.assert(
      fc.property(looks, (ends) => {
        const grid = new Grid(ends);
        let at = 0;
        grid.segments.forEach((shards, k) => {
          for (const { begin, end } of shards) {
            expect(begin).toBe(at);
            expect(end).toBeGreaterThan(begin);
            at = end;
          }
          expect(at).toBe(ends[k]);
        });
      }),
    );
  });

  it('finds each of its shards, and nothing else', () => {
    fc.assert(
      fc.property(looks, fc.nat(20_100), fc.nat(20_100), (ends, begin, end) => {
        const grid = new Grid(ends);
        grid.segments.forEach((shards, segment) =>
          shards.forEach((range, index) => {
            expect(grid.locate({ image: 7, ...range })).toEqual({ segment, index });
            expect(grid.locate({ image: 7, ...range, end: range.end + 1 })).toBeNull();
          }),
        );
        const is = grid.segments.flat().some((shard) => shard.begin === begin && shard.end === end);
        expect(grid.locate({ image: 0, begin, end }) !== null).toBe(is);
      }),
    );
  });
});
