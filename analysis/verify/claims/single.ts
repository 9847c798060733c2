import type { Job } from '../../../shared/job.js';
import { ONE, floorOf, fractionOfNumber } from '../arithmetic/fixed-point.js';
import { binomialSum } from '../proofs/binomial-sum.js';
import { mixtureReaches, wealthOf } from '../proofs/mixture-sum.js';
import type { SpendingLimits } from '../proofs/spending-limits.js';
import { classLimits, deltaOfNull } from './tables.js';

/** How a class stands among the samples of a look. */
export interface Standing {
  /** Index of the look. */
  readonly look: number;
  readonly n: number;
  /** Samples that did not vote for the class. */
  readonly failures: number;
  /** Most votes of another outcome. */
  readonly rival: number;
}

/** A bound on the failure probability of a class, as a question: is the null "it is at least δ" rejected? */
export interface SingleBound {
  /** @param rate δ in units of 2^-256, of the noise that is drawn */
  rejects(standing: Standing, rate: bigint): boolean;
  /** Returns twice the largest certified z in steps of the grid of `spending`, 0 if nothing is certified; null where there is no grid. */
  steps(standing: Standing): number | null;
  /** The tables that it rests on. */
  readonly limits: readonly SpendingLimits[];
}

/**
 * Returns the bound of a claim by one count, made from its definition (docs/statistics.md).
 * @param alpha level of one image. @param job its claim is of a bound on a radius
 */
export function singleBound(job: Job, alpha: number): SingleBound {
  switch (job.claim.bound) {
    case 'spending':
      return tableBound(job, classLimits(job, alpha, 1));
    case 'anytime':
      return withoutGrid(anytimeRejects(floorOf(fractionOfNumber(alpha))));
    case 'clopper-pearson':
    case 'clt':
    case 'two-sided':
      return withoutGrid(fixedRejects(floorOf(fractionOfNumber(alpha))));
  }
}

export const withoutGrid = (rejects: SingleBound['rejects']): SingleBound => ({
  rejects,
  steps: () => null,
  limits: [],
});

/** Returns the bound that a table gives a class. Samples of a look that were not drawn are failures of it. */
export function tableBound({ claim, draw }: Job, limits: SpendingLimits): SingleBound {
  const certified = ({ look, failures, n }: Standing): number | null => {
    const i = limits.certified(look, failures + Math.max(0, claim.looks[look]! - n));
    return i === limits.first ? null : i;
  };
  return {
    limits: [limits],
    steps: (standing) => Math.max(0, 2 * (certified(standing) ?? 0)),
    rejects(standing, rate) {
      const i = certified(standing);
      return i !== null && deltaOfNull(draw.noise.kind, i)!.upper <= rate;
    },
  };
}

/** Theorem C: (1 − δ)M ≥ 1/α. At δ of ½ and above it proves nothing. */
const anytimeRejects =
  (level: bigint): SingleBound['rejects'] =>
  ({ failures, n }, rate) =>
    rate > 0n &&
    2n * rate <= ONE &&
    mixtureReaches(n - failures, failures, rate, wealthOf(level, ONE - rate));

/** Clopper and Pearson: P(Bin(n, δ) ≤ f) ≤ α. @param level in units of 2^-256 */
export const fixedRejects =
  (level: bigint): SingleBound['rejects'] =>
  ({ failures, n }, rate) => {
    if (rate <= 0n) return false;
    if (rate >= ONE) return failures < n;
    const sum = binomialSum({ n, rate }, failures);
    return sum !== null && sum.upper <= level;
  };
