import type { Thresholds } from '../../statistics/noises/thresholds.js';

/** The exact law of K, for tests of what was drawn; and p-values under it. */
export interface LatticeLaw {
  readonly largest: number;
  /** P(K = k) at index k + M. */
  readonly probabilities: Float64Array;
  /** E K^n at index n, up to 8. */
  readonly moments: readonly number[];
}

export function latticeLaw({ largest, values }: Thresholds): LatticeLaw {
  const ends = [0n, ...values, 2n ** 64n];
  const probabilities = Float64Array.from(
    { length: 2 * largest + 1 },
    (_, index) => Number(ends[index + 1]! - ends[index]!) / 2 ** 64,
  );
  const moments = Array.from({ length: 9 }, (_, n) => {
    let sum = 0;
    probabilities.forEach((probability, index) => (sum += probability * (index - largest) ** n));
    return sum;
  });
  return { largest, probabilities, moments };
}

/** Φ(x): G. Marsaglia, "Evaluating the normal distribution", Journal of Statistical Software 11 (4), 2004. */
function normalCdf(x: number): number {
  if (Math.abs(x) > 7) return x > 0 ? 1 : 0;
  let sum = x;
  let previous = 0;
  let term = x;
  for (let i = 3; sum !== previous; i += 2) {
    previous = sum;
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-0.5 * x * x - 0.5 * Math.log(2 * Math.PI));
}

/** Two-sided p-value of `value` under N(mean, variance). */
export function twoSided(value: number, mean: number, variance: number): number {
  return 2 * normalCdf(-Math.abs(value - mean) / Math.sqrt(variance));
}

/** Two-sided p-value of a count under Poisson(mean), for a mean up to 700: twice the smaller tail. */
export function poisson(count: number, mean: number): number {
  let term = Math.exp(-mean);
  let below = 0;
  for (let k = 0; k < count; k++) {
    below += term;
    term *= mean / (k + 1);
  }
  return Math.min(1, 2 * Math.min(below + term, 1 - below));
}

/**
 * p-value of Pearson's statistic, for many degrees of freedom: Wilson and Hilferty, "The distribution of chi-square", PNAS 17,
 * 1931. Neighbouring cells are joined until each expects 10 at least.
 */
export function chiSquare(counts: ArrayLike<number>, expected: ArrayLike<number>): number {
  let statistic = 0;
  let cells = 0;
  let count = 0;
  let mean = 0;
  let left = sumOf(expected);
  for (let index = 0; index < counts.length; index++) {
    count += counts[index]!;
    mean += expected[index]!;
    left -= expected[index]!;
    // What is left at the end joins the last cell.
    if (mean < 10 || (left < 10 && index < counts.length - 1)) continue;
    statistic += (count - mean) ** 2 / mean;
    cells += 1;
    count = 0;
    mean = 0;
  }
  const freedom = cells - 1;
  const spread = 2 / (9 * freedom);
  return twoSided(Math.cbrt(statistic / freedom), 1 - spread, spread);
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]!;
  return sum;
}
