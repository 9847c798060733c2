import type { Job, NoiseKind } from '../../../shared/job.js';
import { ONE, floorOf, fractionOfNumber, toDouble, type Enclosure } from '../arithmetic/fixed-point.js';
import { normalQuantile } from '../arithmetic/tails.js';
import { lookShares, type Sharing } from '../proofs/look-shares.js';
import { deltaOfRadius } from '../proofs/noise-tail.js';
import { Remembered } from '../remembered.js';
import { SpendingLimits } from '../proofs/spending-limits.js';

/** Steps of the grid of `spending` in one noise scale. */
export const GRID = 500;
const LEAST_RADIUS = 0.002;

const tails = new Remembered<string, Enclosure>(2 ** 16);

/** Returns the δ of the null z = i/500; null where the noise has no such radius. */
export function deltaOfNull(kind: NoiseKind, i: number): Enclosure | null {
  if (kind === 'uniform' && i >= GRID) return null;
  const radius = { numerator: BigInt(i), denominator: BigInt(GRID) };
  return tails.of(`${kind} ${i}`, () => deltaOfRadius(kind, radius));
}

/** Returns the table for the class at the level (1 − δ) · `part` · α. @param first the lowest null */
export function classLimits(job: Job, alpha: number, part: number, first = 0): SpendingLimits {
  const level = floorOf(fractionOfNumber(alpha * part));
  return tables.of(keyOf(job, 'class', alpha, part, first), () =>
    limitsOf(job, alpha, (delta) => ((ONE - delta) * level) >> 256n, first),
  );
}

/** Returns the table for the runner-up at the same level for all nulls. */
export function rivalLimits(job: Job, alpha: number, part: number): SpendingLimits {
  const level = floorOf(fractionOfNumber(alpha * part));
  return tables.of(keyOf(job, 'rival', alpha, part, 0), () => limitsOf(job, alpha, () => level, 0));
}

/** Returns the lowest null of the class's table with the runner-up: the lowest i ≤ 0 with Φ(i/500) > 1/n for the first look n. */
export function lowestNull(first: number): number {
  let i = 0;
  const least = ONE / BigInt(first);
  while (ONE - deltaOfNull('gaussian', i - 1)!.upper > least) i -= 1;
  return i;
}

const keyOf = ({ claim, draw }: Job, ...further: readonly (string | number)[]): string =>
  [draw.noise.kind, claim.looks.join('-'), claim.matchedGain, ...further].join();

/** The last tables, by all that they are made from: one takes seconds, and folders are often of the same claim. */
const tables = new Remembered<string, SpendingLimits>(4);

function limitsOf(
  job: Job,
  alpha: number,
  levelOf: (delta: bigint) => bigint,
  first: number,
): SpendingLimits {
  const { claim, draw } = job;
  const { looks, matchedGain = null } = claim;
  const { kind } = draw.noise;
  const nearest = deltaOfRadius(kind, fractionOfNumber(LEAST_RADIUS));
  const sharing: Sharing = {
    looks,
    alpha,
    quantile: normalQuantile(alpha),
    nearest: { z: LEAST_RADIUS, delta: toDouble(nearest.lower) },
    kind,
    matchedGain,
  };
  return new SpendingLimits({
    looks,
    levelOf,
    first,
    deltaAt: (i) => deltaOfNull(kind, i),
    sharesOf: (i, delta) => lookShares(sharing, { z: i / GRID, delta }),
  });
}
