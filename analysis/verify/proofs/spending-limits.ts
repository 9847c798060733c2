import { toDouble, unitsOf, type Enclosure } from '../arithmetic/fixed-point.js';
import { ONE } from '../arithmetic/fixed-point.js';
import { binomialSum, binomialTerm } from './binomial-sum.js';

/**
 * The table of the bound `spending`, computed once more from its definition (docs/statistics.md): for each null of the grid z = i/500
 * and each look the most failures that reject it, within a level that is shared out over the looks, what one cannot spend going to the next.
 */

export interface SpendingNulls {
  readonly looks: readonly number[];
  /** Returns an enclosure of δ for the null z = i/500; null where the grid ends. */
  readonly deltaAt: (i: number) => Enclosure | null;
  /** Returns the level of a null from the lower end of its δ, in units of 2^-256. */
  readonly levelOf: (delta: bigint) => bigint;
  readonly sharesOf: (i: number, delta: number) => readonly number[];
  /** The lowest null of the grid: 0, or below it. */
  readonly first: number;
}

/** A count is within the budget only if its probability is by one part in 1e9. */
const SLACK = 1_000_000_000n;
/** Closer to the budget than one part in 1e12 the doubles of the shares decide, and another implementation may decide otherwise. */
const NEAR = 1_000_000_000_000n;

/** The limits of all nulls, as running minima over the nulls from the lowest one on: to reject a null is to reject all below. */
export class SpendingLimits {
  /** Entries whose probability is so close to the budget that the last bits of a share could decide. */
  nearTies = 0;
  /** Most failures that reject a null and all below it, by look and then by null; −1 where none do. */
  private readonly limits: number[][];
  readonly first: number;

  constructor(private readonly nulls: SpendingNulls) {
    const { looks, first } = nulls;
    this.first = first;
    this.limits = looks.map(() => []);
    let before = looks.map((n) => n);
    let guess: readonly number[] | null = null;
    for (let i = first; before.some((limit) => limit >= 0); i++) {
      const delta = nulls.deltaAt(i);
      if (delta === null) break;
      const row = this.rowOf(i, delta, guess);
      guess = row;
      before = before.map((limit, look) => Math.min(limit, row[look]!));
      before.forEach((limit, look) => this.limits[look]!.push(limit));
    }
  }

  /** Nulls whose limits were computed. */
  get size(): number {
    return this.limits[0]!.length;
  }

  /** Returns the largest i for which so many failures at a look reject z = i/500 and all nulls below; null if none do. */
  certified(look: number, failures: number): number | null {
    const row = this.limits[look]!;
    let [low, high] = [-1, row.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (row[middle]! >= failures) low = middle;
      else high = middle;
    }
    return low < 0 ? null : this.first + low;
  }

  private rowOf(i: number, delta: Enclosure, guess: readonly number[] | null): number[] {
    const { looks, levelOf, sharesOf } = this.nulls;
    const level = levelOf(delta.lower);
    const shares = sharesOf(i, toDouble(delta.lower));
    let budget = 0n;
    return looks.map((n, look) => {
      budget += (level * unitsOf(shares[look]!)) >> 256n;
      const most = budget - budget / SLACK;
      const start = guess === null ? startOf(n, toDouble(delta.lower)) : guess[look]!;
      const found = mostWithin(n, delta, most, start);
      if (found.margin < most / NEAR) this.nearTies += 1;
      budget -= found.spent;
      return found.count;
    });
  }
}

/** Returns a count some three standard deviations below the mean. */
const startOf = (n: number, delta: number): number =>
  Math.floor(n * delta - 3.5 * Math.sqrt(n * delta * (1 - delta)));

/**
 * Returns the largest d with P(Bin(n, δ) ≤ d) ≤ `most`, −1 if there is none; the probability, rounded up; and how far the nearer of
 * P(≤ d) and P(≤ d + 1) is from `most`. The probability falls in δ: the lower end of its enclosure is taken.
 */
function mostWithin(n: number, { lower: rate }: Enclosure, most: bigint, start: number) {
  let count = Math.max(start, 0);
  let sum = binomialSum({ n, rate }, count);
  while (sum === null) sum = binomialSum({ n, rate }, (count = Math.floor(count / 2)));
  let [probability, term] = [sum.upper, binomialTerm({ n, rate }, count)];
  while (count >= 0 && probability > most) {
    const above = probability - most;
    probability -= term;
    term = count === 0 ? 0n : (term * BigInt(count) * (ONE - rate)) / (BigInt(n - count + 1) * rate);
    count -= 1;
    if (count < 0 || probability <= most) return { count, ...ends(count, probability, most, above) };
  }
  for (;;) {
    const next = (term * BigInt(n - count) * rate) / (BigInt(count + 1) * (ONE - rate)) + 1n;
    if (probability + next > most) {
      return { count, ...ends(count, probability, most, probability + next - most) };
    }
    probability += next;
    term = next;
    count += 1;
  }
}

function ends(count: number, probability: bigint, most: bigint, above: bigint) {
  const spent = count < 0 ? 0n : probability;
  const below = most - spent;
  return { spent, margin: count < 0 || above < below ? above : below };
}
