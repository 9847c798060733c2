import { leaderOf, votesOf, type Counts } from '../../shared/counts.js';
import type { Claim } from '../../shared/job.js';
import type { CompiledBound } from '../../statistics/bounds/bound.js';
import { budgetTooSmall } from '../../statistics/impossible-claim.js';
import { gainStops } from '../../statistics/gain.js';
import { compileTarget } from '../../statistics/target.js';
import { better, certify, prefixAt, type Held, type Rule, type StopReason } from './decision.js';

/**
 * The rules that may decide at every look: `gain` and `target`. The class is the leader of all samples so far; the
 * bound holds at all looks and for all classes at once (Theorem C), so that any rule may stop it.
 */
interface Seen {
  readonly look: number;
  readonly n: number;
  readonly leader: number | null;
  /** Samples that did not vote for the leader, invalid ones among them. */
  readonly failures: number;
}

function everyLook(
  looks: readonly number[],
  decide: (seen: Seen, before: Held | null) => { held: Held | null; stop: StopReason | null },
): Rule {
  return {
    ahead: 1,
    due: (prefixes: readonly Counts[]) => prefixes.length,
    at(look, prefixes, before) {
      const prefix = prefixAt(look, looks, prefixes);
      const leader = leaderOf(prefix);
      const n = looks[look]!;
      return decide(
        { look, n, leader, failures: n - (leader === null ? 0 : votesOf(prefix, leader)) },
        before,
      );
    },
  };
}

/** @throws BUDGET_TOO_SMALL if no look could certify anything */
export function gainRule(claim: Claim, minGain: number, bound: CompiledBound): Rule {
  const { looks } = claim;
  if (!looks.some((n, look) => bound.certify(look, 0, n) !== null)) throw budgetTooSmall(claim);
  return everyLook(looks, ({ look, n, leader, failures }, before) => {
    const held = better(before, certify(bound, look, leader, failures, n));
    return { held, stop: gainStops(bound, looks, minGain, { look, failures, heldZ: held?.z ?? 0 }) };
  });
}

/** @param scale the noise's, in the units of the radii. @throws BUDGET_TOO_SMALL if a radius is out of reach of all votes */
export function targetRule(claim: Claim, radii: readonly string[], scale: number): Rule {
  const { looks, alpha } = claim;
  const targets = radii.map((radius) => Number(radius) / scale);
  const maxSamples = looks.at(-1)!;
  const target = compileTarget({ targets, alpha, maxSamples });
  const reachable = target.reached(0, maxSamples);
  if (reachable < radii.length) throw budgetTooSmall(claim, { radius: radii[reachable]!, sigma: scale });
  const certificate = (classIndex: number, j: number, look: number): Held => ({
    classIndex,
    z: targets[j]!,
    deltaUpper: target.deltas[j]!,
    look,
    target: j,
  });
  return everyLook(looks, ({ look, n, leader, failures }, before) => {
    const heldBefore = before === null ? 0 : before.target! + 1;
    const reached = Math.max(heldBefore, target.reached(failures, n));
    const held = leader !== null && reached > heldBefore ? certificate(leader, reached - 1, look) : before;
    if (reached === radii.length) return { held, stop: 'certified' };
    if (target.isFutile(reached, failures, n)) return { held, stop: 'futile' };
    return { held, stop: n === maxSamples ? 'budget' : null };
  });
}
