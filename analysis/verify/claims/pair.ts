import type { Job } from '../../../shared/job.js';
import {
  floorOf,
  fractionOf,
  fractionOfNumber,
  toDouble,
  type Enclosure,
  type Fraction,
} from '../arithmetic/fixed-point.js';
import { fractionOfDyadic, normalQuantile, normalTail } from '../arithmetic/tails.js';
import { drawnError } from '../proofs/noise-tail.js';
import { Remembered } from '../remembered.js';
import type { SpendingLimits } from '../proofs/spending-limits.js';
import { fixedRejects, tableBound, withoutGrid, type SingleBound, type Standing } from './single.js';
import { classLimits, deltaOfNull, lowestNull, rivalLimits } from './tables.js';

/** Certificates with the runner-up, under Gaussian noise: R = σ · ½(Φ⁻¹(L) − Φ⁻¹(U)) (Cohen, Rosenfeld and Kolter, ICML 2019, Theorem 1). */

/** The parts of α for the class and for its runner-up: where the same votes choose the class, and where others do. */
const SAME_VOTES = { ofClass: 0.8, rival: 0.1 };
const FRESH_VOTES = 0.5;

/** The two bounds as a row states them: decimal numbers. */
export interface StatedPair {
  readonly deltaUpper: string;
  readonly pUpper: string;
}

/** Upper bounds on both probabilities, of the noise that is drawn, each proved; in units of 2^-256. */
export interface ProvedPair {
  readonly ofClass: bigint;
  readonly rival: bigint;
}

export interface PairBound {
  /** Returns the smallest bounds that are proved, if those that a row states are; null if one of these is not. */
  proved(standing: Standing, stated: StatedPair): ProvedPair | null;
  /** As of a bound by one count (single.ts). */
  steps(standing: Standing): number | null;
  /** The bound on the class alone, at its part of α. */
  readonly alone: SingleBound;
  readonly limits: readonly SpendingLimits[];
}

/** Returns the bound of a claim with the runner-up. @param alpha level of one image */
export function pairBound(job: Job, alpha: number): PairBound {
  const error = drawnError(job.draw.noise.lattice);
  return job.claim.bound === 'spending' ? spendingPair(job, alpha, error) : freshPair(alpha, error);
}

function spendingPair(job: Job, alpha: number, error: bigint): PairBound {
  const first = lowestNull(job.claim.looks[0]!);
  const ofClass = classLimits(job, alpha, SAME_VOTES.ofClass, first);
  const ofRival = rivalLimits(job, alpha, SAME_VOTES.rival);
  const nulls = ({ look, failures, rival }: Standing): { own: number; other: number } | null => {
    const own = ofClass.certified(look, failures);
    if (own === null || own === first) return null;
    const other = ofRival.certified(look, rival) ?? 0;
    return { own, other: other > 0 ? Math.max(own, other) : own };
  };
  const upper = (i: number) => deltaOfNull('gaussian', i)!.upper;
  return {
    alone: tableBound(job, ofClass),
    limits: [ofClass, ofRival],
    steps(standing) {
      const found = nulls(standing);
      return found === null ? 0 : Math.max(0, found.own + found.other);
    },
    proved(standing, { deltaUpper, pUpper }) {
      const found = nulls(standing);
      if (found === null) return null;
      const proved = { ofClass: upper(found.own), rival: upper(found.other) };
      const within = proved.ofClass + error <= unitsIn(deltaUpper) && proved.rival + error <= unitsIn(pUpper);
      return within ? proved : null;
    },
  };
}

function freshPair(alpha: number, error: bigint): PairBound {
  const rejects = fixedRejects(floorOf(fractionOfNumber(alpha * FRESH_VOTES)));
  const alone = withoutGrid(rejects);
  return {
    ...alone,
    alone,
    proved(standing, { deltaUpper, pUpper }) {
      const ofClass = smallest(unitsIn(deltaUpper) - error, (rate) => rejects(standing, rate));
      if (ofClass === null) return null;
      const stated = unitsIn(pUpper) - error;
      const rival = smallest(stated, (rate) => rejects({ ...standing, failures: standing.rival }, rate));
      return rival === null ? null : { ofClass, rival };
    },
  };
}

/** Printing rounds up by at most this much. */
const LAST_DIGIT = floorOf(fractionOf('1.01e-12')!);
const HALVINGS = 12;

/** Returns about the smallest rate that is rejected among those that are printed as `stated`; null if that one is not. */
function smallest(stated: bigint, rejects: (rate: bigint) => boolean): bigint | null {
  if (!rejects(stated)) return null;
  let [low, high] = [stated - LAST_DIGIT, stated];
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) >> 1n;
    if (rejects(middle)) high = middle;
    else low = middle;
  }
  return high;
}

const unitsIn = (decimal: string): bigint => floorOf(fractionOf(decimal)!);

/**
 * Returns true if two bounds prove a radius of z noise scales: for each a radius is taken whose tail is at least the bound, t included, and their mean
 * is at least z.
 */
export function pairProves({ ofClass, rival }: ProvedPair, error: bigint, z: Fraction): boolean {
  const [a, b] = [radiusUnder(ofClass + error), radiusUnder(rival + error)];
  return 2n * z.numerator * DYADIC <= (a + b) * z.denominator;
}

const DYADIC = 1n << 80n;
const radii = new Remembered<bigint, bigint>(2 ** 16);
/** A radius that is given where none is near: nothing is proved with it. */
const NONE = -(1n << 100n);

/** Returns a radius in 2^-80 noise scales whose tail Φ(−z) is at least `bound`, and which is close to the largest one. */
const radiusUnder = (bound: bigint): bigint => radii.of(bound, () => searchRadius(bound));

function searchRadius(bound: bigint): bigint {
  const tail = toDouble(bound);
  const estimate = tail < 0.5 ? normalQuantile(tail) : -normalQuantile(1 - tail);
  const start = fractionOfDyadic(Math.abs(estimate)).numerator * (estimate < 0 ? -1n : 1n);
  // From 2^-46 on, doubled: doubles are right to fewer places in the tail.
  for (let step = 1n << 34n; step < 1n << 60n; step *= 2n) {
    const found: Enclosure = normalTail({ numerator: start - step, denominator: DYADIC });
    if (found.lower >= bound) return start - step;
  }
  return NONE;
}
