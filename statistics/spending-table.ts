import { largestCountWithin } from './binomial.js';
import { ImpossibleClaim } from './impossible-claim.js';
import type { Noise } from './noises/noise.js';

/**
 * The table of `spending`: at each scheduled look, and for each radius of a grid, the most failures that still certify it. A null
 * "the radius is at most z_i" may be rejected wrongly with total probability level(δ_i), shared out over
 * the looks; what a look cannot spend, because counts are integers, is carried to the next one.
 */
export interface SpendingTable {
  /** Returns the largest z of the grid that `failures` certify at this look (an index), null if none but the lowest one, or none. */
  certifiedZ(look: number, failures: number): number | null;
}

export interface SpendingOptions {
  /** Numbers of samples, ascending; fixed before the first vote. */
  readonly looks: readonly number[];
  /** Probability of ever rejecting the null δ wrongly; Theorem C wants (1 − δ)α. Below ½. */
  readonly level: (delta: number) => number;
  /** Returns the share of the level that each look gets for the null δ: one a look, from 0 to 1, their sum at most 1. */
  readonly shares: (delta: number) => readonly number[];
  /** Says which δ goes with a radius of the grid. */
  readonly noise: Noise;
  /**
   * The grid goes below 0 as far as the success probability 1 − δ is above this; it begins at 0 if this is left out. For Gaussian noise
   * alone, whose radius formula goes on below 0.
   */
  readonly above?: number;
}

/** Beyond this many looks the carry makes the limits jagged, and their running minimum loses what it gained. */
export const MOST_LOOKS = 12;
/** The grid is z = i / 500 in units of the noise's scale: steps of 0.002. */
const GRID = 500;
/** A probability counts as within the budget only if it is by this much, relatively; the sums are good to 1e-12. */
const BUDGET_SLACK = 1e-9;

/** Returns the level of Theorem C: (1 − δ)α for the null δ, so that all classes and looks together err at most alpha. */
export function theoremLevel(alpha: number): (delta: number) => number {
  return (delta) => (1 - delta) * alpha;
}

/** Returns even shares for every null: those of the jobs of version 0.1.0. */
export function evenShares(looks: readonly number[]): (delta: number) => readonly number[] {
  const shares = looks.map(() => 1 / looks.length);
  return () => shares;
}

/**
 * Returns the most failures that reject the null δ = `delta`, look by look; −1 where none do.
 * The probabilities of all these rejections under the null add up to less than level(delta).
 */
export function spendingRow(
  options: Pick<SpendingOptions, 'looks' | 'level' | 'shares'>,
  delta: number,
): number[] {
  const level = options.level(delta);
  const shares = options.shares(delta);
  let budget = 0;
  return options.looks.map((n, look) => {
    budget += level * shares[look]!;
    const { count, probability } = largestCountWithin(budget * (1 - BUDGET_SLACK), n, delta);
    budget -= probability;
    return count;
  });
}

/**
 * Builds the table for one schedule. Guarantee with `theoremLevel(alpha)`, alpha ≤ ¼, at the scheduled looks:
 * P(for some look and class, its certified z exceeds the true one) ≤ alpha. The running minimum over the grid makes the
 * rejected nulls an interval, so that a certified z rejects every smaller one too; true values between two grid
 * points are covered because rejecting is less likely there than at the next grid point above.
 *
 * @throws SCHEDULE_TOO_LONG for more than 12 looks
 */
export function buildSpendingTable(options: SpendingOptions): SpendingTable {
  const { looks, level, noise } = options;
  if (looks.length > MOST_LOOKS) {
    const counted = { looks: looks.length, most: MOST_LOOKS };
    throw new ImpossibleClaim({ reason: 'too-many-looks', samples: looks.at(-1)!, ...counted });
  }
  const most = looks.at(-1)!;
  const unanimous = noise.radiusOf(-Math.expm1(Math.log(level(0)) / most));
  const beyond = Math.min(Math.floor(unanimous * GRID) + 1, Math.ceil(noise.farthest * GRID) - 1);
  const last = Math.max(0, beyond);
  const first = firstOfGrid(options);
  const limits = looks.map(() => new Int32Array(last - first + 1));
  let lowest = looks.map(() => most);
  for (let i = 0; i <= last - first; i++) {
    const row = spendingRow(options, noise.deltaOf((first + i) / GRID));
    lowest = lowest.map((limit, look) => Math.min(limit, row[look]!));
    lowest.forEach((limit, look) => (limits[look]![i] = limit));
  }
  return {
    certifiedZ(look, failures) {
      const i = lastAtLeast(limits[look]!, failures);
      return i > 0 ? (first + i) / GRID : null;
    },
  };
}

/** Returns the number of the lowest null, in steps of the grid: 0, or the lowest one below it whose success probability is large enough. */
function firstOfGrid({ above, noise }: SpendingOptions): number {
  let first = 0;
  if (above === undefined) return first;
  while (1 - noise.deltaOf((first - 1) / GRID) > above) first -= 1;
  return first;
}

/** Returns the index of the last entry ≥ `value` of a non-increasing list, −1 if there is none. */
function lastAtLeast(list: Int32Array, value: number): number {
  let low = -1;
  let high = list.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (list[middle]! >= value) low = middle;
    else high = middle;
  }
  return low;
}
