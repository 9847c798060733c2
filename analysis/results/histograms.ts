import { voteShare } from './image-result.js';
import type { ImageResult, ResultSet } from './result-set.js';
import { samplesOf } from './set-numbers.js';

/** A bin of a histogram: values from `from` on, below `to` (whole numbers: up to `to`, that one included). */
export interface Bin {
  readonly from: number;
  readonly to: number;
}

/** Several numbers of samples are shown each by itself, up to so many. */
const MOST_SINGLE = 12;
/** Bins that double are shown up to so many; more are put together in pairs. */
const MOST_DOUBLING = 16;

/**
 * Returns bins for the numbers of samples of several jobs: each number by itself where there are few, otherwise bins from 2^k to 2^(k+1) − 1 (or 2^(k+2) − 1),
 * and one for 0. Without a gap in between, so that empty bins are seen.
 */
export function sampleBins(sets: readonly ResultSet[]): Bin[] {
  const found = [...new Set(sets.flatMap(({ results }) => samplesOf(results)))].sort((a, b) => a - b);
  if (found.length <= MOST_SINGLE) return found.map((n) => ({ from: n, to: n }));
  const zero = found[0] === 0 ? [{ from: 0, to: 0 }] : [];
  const [least, most] = [found.find((n) => n > 0)!, found.at(-1)!].map((n) => Math.floor(Math.log2(n))) as [
    number,
    number,
  ];
  const step = most - least < MOST_DOUBLING ? 1 : 2;
  const bins: Bin[] = [];
  for (let k = least; k <= most; k += step) bins.push({ from: 2 ** k, to: 2 ** (k + step) - 1 });
  return [...zero, ...bins];
}

/** Returns how many images of a job, but for failed ones, lie in each bin. @param bins with whole numbers, that hold all of them */
export function samplesInBins({ results }: ResultSet, bins: readonly Bin[]): number[] {
  const samples = samplesOf(results);
  return bins.map(({ from, to }) => samples.filter((n) => n >= from && n <= to).length);
}

/** Ends of the bins of probabilities: narrow towards 1, where radii are large. The last bin holds 1. */
const PROBABILITIES = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 1];
export const PROBABILITY_BINS: readonly Bin[] = PROBABILITIES.slice(1).map((to, at) => ({
  from: PROBABILITIES[at]!,
  to,
}));

/** Returns how many of these probabilities lie in each bin of `PROBABILITY_BINS`. */
export function inProbabilityBins(values: readonly number[]): number[] {
  return PROBABILITY_BINS.map(
    ({ from, to }) => values.filter((p) => p >= from && (p < to || to === 1)).length,
  );
}

/** Returns the lower bounds on the probability of the class that a job's certificates rest on. */
export const lowerBounds = ({ results }: ResultSet): number[] =>
  results.flatMap(({ pLower }) => pLower ?? []);

/** Returns the shares of votes for the class, or without one for the leader, of all images that have votes and have not failed. */
export const voteShares = ({ results }: ResultSet): number[] =>
  results
    .filter(({ outcome }) => outcome !== 'failed')
    .flatMap((result: ImageResult) => voteShare(result) ?? []);
