import { leaderOf, subtractCounts, type Counts } from '../../shared/counts.js';
import type { Claim } from '../../shared/job.js';
import type { CompiledBound } from '../../statistics/bounds/bound.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';
import { budgetTooSmall } from '../../statistics/impossible-claim.js';
import { PILOT, plannedLength } from '../../statistics/two-stage.js';
import { votesFor, votesForLeader, type ClassVotes } from './class-votes.js';
import { certify, prefixAt, type Rule } from './decision.js';

/**
 * The rules that bound once, on samples that chose nothing: `fixed` and `two-stage`. The samples before the first look
 * choose the class (and, of `two-stage`, how many more are drawn); given those, class and number are constants and the
 * samples behind are fresh, so that a bound for one look may spend the whole α. It must not be computed before, nor
 * from any other samples.
 */

/** The votes for the chosen class, and all counts, of the samples behind the first look. */
export interface FreshVotes extends ClassVotes {
  readonly counts: Counts;
}

/** Returns what the samples between the first look and this one voted for the class that those before chose. */
export function freshVotes(looks: readonly number[], look: number, prefixes: readonly Counts[]): FreshVotes {
  const first = prefixAt(0, looks, prefixes);
  const counts = subtractCounts(prefixAt(look, looks, prefixes), first);
  return { ...votesFor(leaderOf(first), counts), counts };
}

/**
 * Returns the rule `fixed`: Cohen et al.'s CERTIFY. The looks between the first and the last one keep counts and decide nothing: the bound is
 * computed once, from all samples behind the first look. @throws BUDGET_TOO_SMALL if unanimous votes would certify nothing
 */
export function fixedRule(claim: Claim, bound: CompiledBound): Rule {
  const { looks } = claim;
  const last = looks.length - 1;
  const possible = !BOUNDS[claim.bound].proves || bound.certify(last, 0, looks[last]! - looks[0]!) !== null;
  if (!possible) throw budgetTooSmall(claim);
  return {
    ahead: 0,
    due: () => last,
    at(look, prefixes) {
      if (look < last) return { held: null, stop: null };
      return { held: certify(bound, look, freshVotes(looks, look, prefixes)), stop: 'budget' };
    },
  };
}

/** Returns the rule `two-stage`. @throws BUDGET_TOO_SMALL if after no pilot a second stage would be worth its samples */
export function twoStageRule(claim: Claim, minGain: number, bound: CompiledBound): Rule {
  const { looks } = claim;
  const lengths = looks.slice(1).map((n) => n - PILOT);
  const planned = new Map<number, number>();
  /** Returns the index of the look at which an image with this pilot is decided: 0 where nothing is worth more samples. */
  const lookAfter = (pilot: Counts): number => {
    const { failures } = votesForLeader(pilot);
    const known = planned.get(failures);
    if (known !== undefined) return known;
    const look = lengths.indexOf(plannedLength(bound, lengths, minGain, failures)) + 1;
    planned.set(failures, look);
    return look;
  };
  if (lookAfter({ classes: [0], votes: [PILOT], invalid: 0 }) === 0) throw budgetTooSmall(claim);
  return {
    ahead: 0,
    due: ([pilot]) => (pilot === undefined ? 0 : lookAfter(pilot)),
    at(look, prefixes) {
      const last = lookAfter(prefixAt(0, looks, prefixes));
      if (last === 0) return { held: null, stop: 'abstain' };
      if (look !== last) return { held: null, stop: null };
      return { held: certify(bound, look, freshVotes(looks, look, prefixes)), stop: 'planned' };
    },
  };
}
