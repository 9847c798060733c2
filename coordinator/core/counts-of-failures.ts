import type { Counts } from '../../shared/counts.js';

/**
 * Returns counts of n samples of which class 0 got all but `failures`. The other votes are spread over so many classes that none of them
 * leads, as is so of an image with many classes and of every clear one.
 */
export function countsOfFailures(failures: number, n: number): Counts {
  const votes = n - failures;
  const rivals = failures === 0 ? 0 : Math.ceil(failures / Math.max(votes, 1));
  const shared = Array.from({ length: rivals }, (_, c) => Math.floor((failures + c) / rivals));
  if (votes === 0) return { classes: shared.map((_, c) => c + 1), votes: shared, invalid: 0 };
  const all = [votes, ...shared];
  return { classes: all.map((_, c) => c), votes: all, invalid: 0 };
}
