import type { BoundName } from '../shared/job.js';
import { clopperPearsonDelta } from './clopper-pearson.js';
import { anytimeDelta } from './confidence-sequence.js';
import { upperTail, upperTailQuantile } from './normal.js';
import { buildSpendingTable, theoremLevel } from './spending.js';

/** What counts certify at one look. */
export interface Certified {
  /** Raw upper bound on the failure probability, below ½; radius.ts says what of it may be published. */
  readonly deltaUpper: number;
  /** −Φ⁻¹(deltaUpper), a positive multiple of 1e-6: what is compared and stored. */
  readonly z: number;
}

/** A bound made ready for one α and one schedule. */
export interface Bound {
  /**
   * What `failures` of `n` samples certify at the look with this index; null if nothing. For the bounds that look
   * repeatedly, n is the schedule's number of samples at that look, invalid votes among them as failures.
   */
  certify(look: number, failures: number, n: number): Certified | null;
}

export interface BoundOptions {
  readonly bound: BoundName;
  /** 0 < alpha ≤ ¼. */
  readonly alpha: number;
  readonly looks: readonly number[];
}

const Z_UNITS = 1e6;
const MOST_REMEMBERED = 2 ** 16;

/** What the normal approximation certifies: nothing, at any look. See clt.ts for what may be studied instead. */
const NO_BOUND: Bound = { certify: () => null };

/**
 * Compiles a bound. Guarantees, per image: `spending` and `anytime` err at any look and class together with probability
 * at most alpha (Theorem C); `clopper-pearson` errs at most alpha for one class and one n chosen without these samples.
 * `clt` certifies nothing.
 */
export function compileBound({ bound, alpha, looks }: BoundOptions): Bound {
  if (bound === 'clt') return NO_BOUND;
  if (bound === 'spending') return spendingBound(alpha, looks);
  const deltaOf = bound === 'anytime' ? anytimeDelta : clopperPearsonDelta;
  const remembered = new Map<string, Certified | null>();
  return {
    certify(_look, failures, n) {
      const key = `${failures}/${n}`;
      const known = remembered.get(key);
      if (known !== undefined) return known;
      const certified = certifiedBy(deltaOf(failures, n, alpha));
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(key, certified);
      return certified;
    },
  };
}

/** z is floored so that a difference in the last bits of two engines decides nothing. */
function certifiedBy(deltaUpper: number | null): Certified | null {
  if (deltaUpper === null || deltaUpper >= 0.5) return null;
  const z = Math.floor(upperTailQuantile(deltaUpper) * Z_UNITS) / Z_UNITS;
  return z > 0 ? { deltaUpper, z } : null;
}

/** Certified values are multiples of 0.002 already. */
function spendingBound(alpha: number, looks: readonly number[]): Bound {
  const table = buildSpendingTable({ looks, level: theoremLevel(alpha) });
  return {
    certify(look, failures) {
      const z = table.certifiedZ(look, failures);
      return z === null ? null : { deltaUpper: upperTail(z), z };
    },
  };
}
