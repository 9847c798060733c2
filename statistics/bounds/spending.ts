import { ImpossibleClaim } from '../impossible-claim.js';
import { sharesOf } from '../matched-shares.js';
import { buildSpendingTable, MOST_LOOKS, theoremLevel } from '../spending-table.js';
import { NO_RADIUS, ONE_LOOK, type ProvenBound } from './bound.js';
import { spendingRunnerUp } from './spending-runner-up.js';

const FIRST_LOOK = 64;

/**
 * The bound `spending`: a table, made before the first vote, of the most failures that certify each radius at each look.
 * Guarantee: P(for some look and class, what is certified is not true) ≤ alpha, whatever rule stops (Theorem C).
 */
export const spending = {
  name: 'spending',
  proves: true,
  rules: {
    gain: null,
    target: 'it looks more often than the tables of "spending" hold',
    'two-stage': ONE_LOOK,
    fixed: ONE_LOOK,
    budget: null,
    predict: NO_RADIUS,
  },
  looks: doublingLooks,
  remark: null,
  compile(claim, noise) {
    if (claim.runnerUp) return spendingRunnerUp(claim, noise);
    const { alpha, looks } = claim;
    const shares = sharesOf(claim, noise);
    const table = buildSpendingTable({ looks, level: theoremLevel(alpha), shares, noise });
    return {
      certify(look, failures, n) {
        // The limits rise with the failures, so that to count a sample that was not drawn as one claims less than the whole look would.
        const undrawn = Math.max(0, looks[look]! - n);
        const z = table.certifiedZ(look, failures + undrawn);
        return z === null ? null : { deltaUpper: noise.deltaOf(z), z };
      },
    };
  },
} as const satisfies ProvenBound;

/**
 * Returns 64 · 2^j below `maxSamples`, then `maxSamples`, less the look before it where the last step would be shorter
 * than × 1.5.
 *
 * @throws SCHEDULE_TOO_LONG for more than 12 looks
 */
function doublingLooks(maxSamples: number): number[] {
  const looks = [];
  for (let n = FIRST_LOOK; n < maxSamples; n *= 2) looks.push(n);
  if (looks.length > 0 && 2 * maxSamples < 3 * looks.at(-1)!) looks.pop();
  looks.push(maxSamples);
  if (looks.length > MOST_LOOKS) {
    const counted = { looks: looks.length, most: MOST_LOOKS };
    throw new ImpossibleClaim({ reason: 'too-many-looks', samples: maxSamples, ...counted });
  }
  return looks;
}
