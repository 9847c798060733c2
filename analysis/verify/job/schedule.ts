import type { BoundName, StoppingRule } from '../../../shared/job.js';

/** The looks of a job, recomputed from its rule and its largest number of samples (docs/statistics.md, "Looks"). */

const PILOT = 64;

/** Returns the looks; `most` is the last of them, for `fixed` that behind the selection. */
export function scheduleOf(stop: StoppingRule, bound: BoundName, most: number): number[] {
  switch (stop.kind) {
    case 'fixed':
      return stop.keepCounts ? keptLooks(stop.selection, most - stop.selection) : [stop.selection, most];
    case 'target':
      return upTo(most, 32, (n) => roundUp(n < 2048 ? n + 32 : n + Math.ceil(n / 10), 32));
    case 'two-stage':
      return behindPilot(most, (n) => n + Math.ceil(n / 10));
    case 'predict':
      return bound === 'two-sided' ? [most] : behindPilot(most, (n) => roundUp(n + Math.ceil(n / 10), 16));
    case 'gain':
    case 'budget':
      return bound === 'spending' ? doubling(most) : growingByHalf(most);
  }
}

/** Returns first, next(first), … below `most`, and `most`. */
function upTo(most: number, first: number, next: (n: number) => number): number[] {
  const looks: number[] = [];
  for (let n = first; n < most; n = next(n)) looks.push(n);
  return [...looks, most];
}

const roundUp = (n: number, step: number): number => step * Math.ceil(n / step);

const behindPilot = (most: number, next: (n: number) => number): number[] => [
  PILOT,
  ...upTo(most - PILOT, 16, next).map((n) => PILOT + n),
];

/** 64 · 2^j; the one before the last is left out where the last is less than half as large again. */
function doubling(most: number): number[] {
  const looks = upTo(most, PILOT, (n) => 2 * n);
  const before = looks.at(-2);
  return before !== undefined && 2 * most < 3 * before ? [...looks.slice(0, -2), most] : looks;
}

/** ⌈64 · (3/2)^j⌉, in whole numbers. */
function growingByHalf(most: number): number[] {
  const looks: number[] = [];
  for (let j = 0n; ; j++) {
    const n = Number((64n * 3n ** j + 2n ** j - 1n) / 2n ** j);
    if (n >= most) return [...looks, most];
    looks.push(n);
  }
}

/** Numbers that counts are kept at: 10, 16, 25 and 50 times powers of ten, 32 doubled, and 64 grown by half, below `most`. */
function keptLooks(selection: number, most: number): number[] {
  const kept = [
    ...[10, 16, 25, 50].flatMap((first) => upTo(most, first, (n) => 10 * n)),
    ...upTo(most, 32, (n) => 2 * n),
    ...growingByHalf(most),
  ];
  const sizes = [...new Set(kept)].sort((a, b) => a - b);
  return [selection, ...sizes.map((n) => selection + n)];
}
