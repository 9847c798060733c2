import { sharesOf } from '../matched-shares.js';
import type { Noise } from '../noises/noise.js';
import { buildSpendingTable, theoremLevel, type SpendingTable } from '../spending-table.js';
import { Z_UNITS } from './bound-by-counts.js';
import type { BoundClaim, CompiledBound } from './bound.js';
import { SAME_VOTES } from './runner-up.js';

/** The two tables of `spending` with the runner-up. */
export interface PairOfTables {
  /** By the failures of a class: the largest z with p > Φ(z) for its probability p, also below 0. */
  readonly ofClass: SpendingTable;
  /** By the votes of an outcome: the largest z > 0 with p < Φ(−z) for its probability p. */
  readonly runnerUp: SpendingTable;
}

/**
 * Makes the two tables ready. Guarantee, at the scheduled looks and for alpha ≤ ¼, with the parts of α in runner-up.ts:
 * - P(for some look and class, `ofClass` claims too much) ≤ 0.8 alpha. This is Theorem C. Its lemma needs a null p0 > 1/n for every look
 *   n, hence the lowest null.
 * - P(for some look, `runnerUp` claims too much of this outcome) ≤ 0.1 alpha, for any one outcome. "Not this outcome" is what is certified, at
 *   one level for all nulls: the outcomes that matter are two, and fixed, so that nothing is to be paid for looking at all of them.
 */
export function pairOfTables(claim: BoundClaim, noise: Noise): PairOfTables {
  const { alpha, looks } = claim;
  // Any shares are valid. Those of α itself took fewer samples than those of the parts of α.
  const shares = sharesOf(claim, noise);
  const ofClass = theoremLevel(SAME_VOTES.ofClass * alpha);
  const runnerUp = () => SAME_VOTES.runnerUp * alpha;
  return {
    ofClass: buildSpendingTable({ looks, level: ofClass, shares, noise, above: 1 / looks[0]! }),
    runnerUp: buildSpendingTable({ looks, level: runnerUp, shares, noise }),
  };
}

/**
 * The bound `spending` of a claim with the runner-up. Guarantee: P(for some look, the class or its runner-up is bounded wrongly) ≤ alpha, whatever
 * class is certified and whatever rule stops.
 */
export function spendingRunnerUp(claim: BoundClaim, noise: Noise): CompiledBound {
  const tables = pairOfTables(claim, noise);
  return {
    certify(look, failures, _n, runnerUp = failures) {
      const zClass = tables.ofClass.certifiedZ(look, failures);
      if (zClass === null) return null;
      const zRunnerUp = Math.max(zClass, tables.runnerUp.certifiedZ(look, runnerUp) ?? zClass);
      // Halves of steps of the grid, less what adding them may have rounded.
      const z = Math.round(((zClass + zRunnerUp) / 2) * Z_UNITS) / Z_UNITS;
      if (z <= 0) return null;
      return { deltaUpper: noise.deltaOf(zClass), runnerUpUpper: noise.deltaOf(zRunnerUp), z };
    },
  };
}
