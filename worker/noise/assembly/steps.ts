// Steps of the lattice from 64-bit numbers U: K = k iff T_{k−1} ≤ U < T_k. ../law-table.ts makes the table; the comments of
// ../noise-kernel.ts say which words U is made of, and test/support/noise-reference.ts does the same without a table.
import { philoxOf } from './philox';

/** The law of the last `setLaw`. */
let table: usize = 0;
let thresholds: usize = 0;
let largest: i32 = 0;

/** Bits 24 and up of a counter's last word are a tag; that of further bits is one above that of the first words. */
const NEXT_TAG: i32 = 1 << 24;

const furtherWords: usize = memory.data(128, 16);

/** Sets the law: 65,537 entries of 4 bytes, thresholds of 8 bytes, M. */
export function setLaw(tableAt: usize, thresholdsAt: usize, most: i32): void {
  table = tableAt;
  thresholds = thresholdsAt;
  largest = most;
}

/** Returns the entries of the four elements whose 16-bit words are at `words`. */
function look(entries: usize, words: usize): v128 {
  let found = v128.load32_zero(entries + ((<usize>load<u16>(words)) << 2));
  found = v128.load_lane<i32>(entries + ((<usize>load<u16>(words, 2)) << 2), found, 1);
  found = v128.load_lane<i32>(entries + ((<usize>load<u16>(words, 4)) << 2), found, 2);
  return v128.load_lane<i32>(entries + ((<usize>load<u16>(words, 6)) << 2), found, 3);
}

/** Writes (points + k)·gain + shift of four elements at `out`: converted, multiplied, added, each rounded once. */
function put(found: v128, points: usize, gain: usize, shift: usize, out: usize): void {
  const moved = i32x4.add(v128.load(points), i32x4.shr_s(found, 1));
  const scaled = f32x4.mul(f32x4.convert_i32x4_s(moved), v128.load(gain));
  v128.store(out, f32x4.add(scaled, v128.load(shift)));
}

/** Returns bit i set for each lane i whose lowest bit is set. */
function lowest(found: v128): i32 {
  return i32x4.bitmask(i32x4.shl(found, 31));
}

/**
 * Writes the elements of `groups` groups of 32, as their first 16 bits decide. Elements that need further bits are written
 * with the least step possible, and their numbers, from `element` on, are listed at `list`.
 * @returns the end of the list
 */
export function addSteps(
  words: usize,
  groups: i32,
  points: usize,
  gain: usize,
  shift: usize,
  out: usize,
  element: i32,
  list: usize,
): usize {
  const entries = table;
  for (const end = words + ((<usize>groups) << 6); words < end; words += 32) {
    const e0 = look(entries, words);
    const e1 = look(entries, words + 8);
    const e2 = look(entries, words + 16);
    const e3 = look(entries, words + 24);
    put(e0, points, gain, shift, out);
    put(e1, points + 16, gain + 16, shift + 16, out + 16);
    put(e2, points + 32, gain + 32, shift + 32, out + 32);
    put(e3, points + 48, gain + 48, shift + 48, out + 48);
    if (lowest(v128.or(v128.or(e0, e1), v128.or(e2, e3))) != 0) {
      let open = lowest(e0) | (lowest(e1) << 4) | (lowest(e2) << 8) | (lowest(e3) << 12);
      do {
        store<i32>(list, element + ctz(open));
        list += 4;
        open &= open - 1;
      } while (open != 0);
    }
    element += 16;
    points += 64;
    gain += 64;
    shift += 64;
    out += 64;
  }
  return list;
}

/**
 * Writes the listed elements again, as 48 further bits decide. Those of element e are words 0 and 1 of the counter
 * (e, low, image, high + NEXT_TAG). The list has room for seven more entries; arrays begin at element 0 of the row, `words`
 * at element `first`.
 */
export function decide(
  list: usize,
  end: usize,
  words: usize,
  first: i32,
  points: usize,
  gain: usize,
  shift: usize,
  out: usize,
  image: i32,
  low: i32,
  high: i32,
): void {
  for (; list < end; list += 32) {
    philoxOf(list, low, image, high + NEXT_TAG, furtherWords);
    const bytes = min<usize>(end - list, 32);
    for (let i: usize = 0; i < bytes; i += 4) {
      const element = load<i32>(list + i);
      const further = furtherWords + i + (i & 16) * 3;
      const u0 = <u64>load<u16>(words + ((<usize>(element - first)) << 1));
      const u1 = <u64>load<u16>(further, 16);
      const k = stepOf((u0 << 48) | (u1 << 32) | (<u64>load<u32>(further)));
      const at = (<usize>element) << 2;
      const moved = <f32>(load<i32>(points + at) + k);
      store<f32>(out + at, moved * load<f32>(gain + at) + load<f32>(shift + at));
    }
  }
}

/** Returns the least k with u < T_k: between the least of its bucket and that of the next, by halving. */
function stepOf(u: u64): i32 {
  const entry = table + ((<usize>(u >> 48)) << 2);
  let least = load<i32>(entry) >> 1;
  let most = load<i32>(entry, 4) >> 1;
  while (least < most) {
    const middle = (least + most) >> 1;
    if (u < load<u64>(thresholds + ((<usize>(middle + largest)) << 3))) most = middle;
    else least = middle + 1;
  }
  return least;
}
