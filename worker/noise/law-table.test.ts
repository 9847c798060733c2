import { describe, expect, it } from 'vitest';
import { NOISE_KINDS } from '../../shared/job.js';
import { thresholdsOf } from '../../statistics/noises/thresholds.js';
import { BUCKETS, lawTable } from './law-table.js';

const ALL = 2n ** 64n;
const WIDTH = 2n ** 48n;

/** Returns the step of the number u: one for each threshold at or below it, from −M on. */
function stepAt(u: bigint, values: readonly bigint[]): number {
  let from = 0;
  let to = values.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (values[middle]! <= u) from = middle + 1;
    else to = middle;
  }
  return from - values.length / 2;
}

describe('lawTable', () => {
  it.each(
    NOISE_KINDS.flatMap((kind) => ['0.5', '1', '32', '64', '63.75', '4096'].map((r) => [kind, r] as const)),
  )(
    'of %s noise at %s has the least step of each bucket, and whether a threshold is inside',
    (kind, ratio) => {
      const { largest, entries, thresholds } = lawTable(kind, ratio);
      const { largest: expected, values } = thresholdsOf(kind, ratio);
      expect(largest).toBe(expected);
      expect(Array.from(thresholds)).toEqual(values.filter((value) => value < ALL));
      const wrong: number[] = [];
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const first = BigInt(bucket) * WIDTH;
        const least = stepAt(first, values);
        const isOpen = stepAt(first + WIDTH - 1n, values) !== least;
        if (entries[bucket] !== 2 * least + (isOpen ? 1 : 0)) wrong.push(bucket);
      }
      expect(wrong).toEqual([]);
      expect(entries[BUCKETS]).toBe(2 * stepAt(ALL - 1n, values));
    },
  );

  it('keeps the last law, and no other', () => {
    const first = lawTable('gaussian', '32');
    expect(lawTable('gaussian', '32')).toBe(first);
    expect(lawTable('laplace', '32').largest).not.toBe(first.largest);
    expect(lawTable('laplace', '33').largest).not.toBe(lawTable('laplace', '32').largest);
    expect(lawTable('gaussian', '32')).toEqual(first);
    expect(lawTable('gaussian', '32')).not.toBe(first);
  });
});
