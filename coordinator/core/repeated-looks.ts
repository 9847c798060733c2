import type { Counts } from '../../shared/counts.js';
import type { Claim, NoiseSpec } from '../../shared/job.js';
import type { CompiledBound } from '../../statistics/bounds/bound.js';
import { ImpossibleClaim, budgetTooSmall } from '../../statistics/impossible-claim.js';
import { gainStops } from '../../statistics/gain.js';
import { lawError } from '../../statistics/law-error.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { imageAlpha, togetherOf } from '../../statistics/simultaneous.js';
import { compileTarget } from '../../statistics/target.js';
import { votesForLeader, type ClassVotes } from './class-votes.js';
import {
  better,
  certify,
  prefixAt,
  prefixWithin,
  type Held,
  type LookOutcome,
  type Rule,
} from './decision.js';

/**
 * The rules that may decide at every look: `gain` and `target`. The class is the leader of all samples so far; the
 * bound holds at all looks and for all classes at once (Theorem C), so that any rule may stop it.
 */
function everyLook(
  looks: readonly number[],
  decide: (look: number, votes: ClassVotes, before: Held | null) => LookOutcome,
): Rule {
  return {
    ahead: 1,
    due: (prefixes: readonly Counts[]) => prefixes.length,
    at: (look, prefixes, before) => decide(look, votesForLeader(prefixAt(look, looks, prefixes)), before),
  };
}

/** Returns the rule `gain`. @throws BUDGET_TOO_SMALL if no look could certify anything */
export function gainRule(claim: Claim, minGain: number, bound: CompiledBound): Rule {
  const { looks } = claim;
  if (!looks.some((n, look) => bound.certify(look, 0, n) !== null)) throw budgetTooSmall(claim);
  return everyLook(looks, (look, votes, before) => {
    const held = better(before, certify(bound, look, votes));
    const { failures, runnerUp } = votes;
    const standing = { look, failures, runnerUp: runnerUp?.votes ?? 0, heldZ: held?.z ?? 0 };
    return { held, stop: gainStops(bound, looks, minGain, standing) };
  });
}

/**
 * Returns the rule `budget`. How far an image is drawn is not decided by its votes alone: allocation.ts says which looks it may take, and that
 * it ends when no more samples are left. Its last look may be of fewer samples than the schedule has.
 *
 * @throws BUDGET_TOO_SMALL if no look could certify anything, or none that the total can pay for
 */
export function budgetRule(claim: Claim, totalSamples: number, bound: CompiledBound): Rule {
  const { looks } = claim;
  const least = looks.find((n, look) => bound.certify(look, 0, n) !== null);
  if (least === undefined) throw budgetTooSmall(claim);
  if (totalSamples < least) {
    const level = { alpha: imageAlpha(claim), together: togetherOf(claim) };
    const isFirstLook = least === looks[0];
    throw new ImpossibleClaim({
      reason: 'total-too-small',
      total: totalSamples,
      least,
      isFirstLook,
      ...level,
    });
  }
  return {
    ahead: 0,
    due: (prefixes) => prefixes.length,
    at(look, prefixes, before) {
      const votes = votesForLeader(prefixWithin(look, looks, prefixes));
      const held = better(before, certify(bound, look, votes));
      return { held, stop: look === looks.length - 1 ? 'budget' : null };
    },
  };
}

/** The parts of a noise that decide: its law, and how far what is drawn may be from it. */
export type DrawnNoise = Pick<NoiseSpec, 'kind' | 'scale' | 'lattice'>;

/**
 * Returns the rule `target`.
 *
 * @param drawn its scale in the units of the radii
 * @throws OPTION_INVALID if the noise cannot reach a radius; BUDGET_TOO_SMALL if unanimous votes would not reach it
 */
export function targetRule(claim: Claim, radii: readonly string[], drawn: DrawnNoise): Rule {
  const { looks } = claim;
  const alpha = imageAlpha(claim);
  const { kind, scale, lattice } = drawn;
  const noise = NOISES[kind];
  const targets = radii.map((radius) => Number(radius) / scale);
  const wanted = (radius: string) => ({ radius, noise: { kind, scale } });
  if (noise.farthest < Infinity && targets.at(-1)! >= noise.farthest) {
    const farthest = noise.farthest * scale;
    throw new ImpossibleClaim({ reason: 'out-of-reach', wanted: wanted(radii.at(-1)!), farthest });
  }
  const maxSamples = looks.at(-1)!;
  const target = compileTarget({ targets, alpha, maxSamples, noise, lawError: lawError(lattice) });
  const reachable = target.reached(0, maxSamples);
  if (reachable < radii.length) throw budgetTooSmall(claim, wanted(radii[reachable]!));
  const certificate = (classIndex: number, j: number, look: number): Held => ({
    classIndex,
    z: targets[j]!,
    deltaUpper: target.deltas[j]!,
    look,
    target: j,
  });
  return everyLook(looks, (look, { classIndex, n, failures }, before) => {
    const heldBefore = before === null ? 0 : before.target! + 1;
    const reached = Math.max(heldBefore, target.reached(failures, n));
    const held =
      classIndex !== null && reached > heldBefore ? certificate(classIndex, reached - 1, look) : before;
    if (reached === radii.length) return { held, stop: 'certified' };
    if (target.isFutile(reached, failures, n)) return { held, stop: 'futile' };
    return { held, stop: n === maxSamples ? 'budget' : null };
  });
}
