import type { NoiseKind } from '../../shared/job.js';
import { type Thresholds, thresholdsOf } from '../../statistics/noises/thresholds.js';

/** A law of the noise, made for look-ups by the upper 16 bits of the 64-bit number U that decides the steps k. */
export interface LawTable {
  /** M: the noise moves an element by at most so many steps. */
  readonly largest: number;
  /**
   * [65,537], 2k + a for each bucket of numbers U whose upper 16 bits are equal: k the least step that is possible there; a
   * is 1 if further bits of U decide, since a threshold lies strictly inside the bucket, and else 0. The last entry has the
   * largest step that is possible at all.
   */
  readonly entries: Int32Array;
  /** T_k at index k + M, without those that are 2^64. */
  readonly thresholds: BigUint64Array;
}

export const BUCKETS = 65_536;
const FURTHER_BITS = 48n;
const FURTHER = (1n << FURTHER_BITS) - 1n;

let last: { readonly kind: NoiseKind; readonly ratio: string; readonly table: LawTable } | null = null;

/**
 * Returns the table of a law. It is kept until another one is asked for: a process makes several kernels for one job.
 * @throws RangeError, INTERNAL as `thresholdsOf` does
 */
export function lawTable(kind: NoiseKind, ratio: string): LawTable {
  if (last?.kind !== kind || last.ratio !== ratio) {
    last = { kind, ratio, table: tableOf(thresholdsOf(kind, ratio)) };
  }
  return last.table;
}

function tableOf({ largest, values }: Thresholds): LawTable {
  const thresholds = BigUint64Array.from(values.filter((value) => value < 1n << 64n));
  const buckets = Array.from(thresholds, (value) => Number(value >> FURTHER_BITS));
  const isInside = Array.from(thresholds, (value) => (value & FURTHER) !== 0n);
  const entries = new Int32Array(BUCKETS + 1);
  let index = 0;
  for (let bucket = 0; bucket <= BUCKETS; bucket++) {
    // Past all thresholds up to the bucket's first number.
    while (index < buckets.length && (buckets[index]! < bucket || isFirst(index, bucket))) index += 1;
    entries[bucket] = 2 * (index - largest) + (buckets[index] === bucket ? 1 : 0);
  }
  return { largest, entries, thresholds };

  function isFirst(at: number, bucket: number): boolean {
    return buckets[at] === bucket && !isInside[at];
  }
}
