import { leaderOf, subtractCounts, totalOf, votesOf, type Counts } from '../shared/counts.js';
import { SmoothcertError } from '../shared/errors.js';
import type { Claim } from '../shared/job.js';
import { compileBound, type Bound } from '../shared/statistics/bound.js';
import { gainStops, type StopReason } from '../shared/statistics/gain.js';
import { checkBudget, checkClaim } from '../shared/statistics/pairs.js';

export type { StopReason } from '../shared/statistics/gain.js';

/** The certificate that an image holds: the largest z over its looks so far, ties to the earlier look. Never lowered. */
export interface Held {
  readonly classIndex: number;
  /** Radius in units of the noise scale, floored to 1e-6; greater than 0. */
  readonly z: number;
  /** Raw bound on the failure probability at that look; statistics/radius.ts says what of it may be published. */
  readonly deltaUpper: number;
  /** Index of the look whose counts prove it; of `fixed`, the counts between its two looks. */
  readonly look: number;
}

export interface LookOutcome {
  readonly held: Held | null;
  /** Why the image is decided now; null: draw on to the next look. */
  readonly stop: StopReason | null;
}

/** What decides the images of one job. Pure: the same counts give the same outcome, whenever they came. */
export interface Decision {
  readonly looks: readonly number[];
  readonly bound: Bound;
  /**
   * Decides an image at the look with index `look`. `prefixes[i]` are the counts of its samples [0, looks[i]), for
   * i = 0 to `look`; `held` is what the look before returned. Throws INTERNAL if the counts are not those of the look.
   */
  at(look: number, prefixes: readonly Counts[], held: Held | null): LookOutcome;
}

/**
 * Makes a claim ready to decide. Guarantee: for every image, P(its held certificate is ever wrong) ≤ claim.alpha.
 * Throws PAIR_NOT_OFFERED, OPTION_INVALID, SCHEDULE_TOO_LONG or BUDGET_TOO_SMALL for a claim that cannot be made.
 */
export function compileDecision(claim: Claim): Decision {
  checkClaim(claim);
  const { looks, stop } = claim;
  const bound = compileBound(claim);
  checkBudget(claim, bound);
  return {
    looks,
    bound,
    at(look, prefixes, held) {
      const prefix = prefixAt(look, looks, prefixes);
      if (stop.kind === 'gain') return gainOutcome(bound, looks, stop.minGain, look, prefix, held);
      if (look === 0) return { held: null, stop: null };
      return fixedOutcome(bound, prefixAt(0, looks, prefixes), prefix);
    },
  };
}

/** The counts of exactly the samples before a look: a bound on any others would prove nothing. */
function prefixAt(look: number, looks: readonly number[], prefixes: readonly Counts[]): Counts {
  const prefix = prefixes[look];
  if (prefix !== undefined && totalOf(prefix) === looks[look]) return prefix;
  throw new SmoothcertError(
    'INTERNAL',
    `The counts handed to look ${look} are not those of its ${looks[look] ?? 0} samples.`,
    'Report this with the job.json and the ledger of the run; nothing was certified from these counts.',
  );
}

function gainOutcome(
  bound: Bound,
  looks: readonly number[],
  minGain: number,
  look: number,
  prefix: Counts,
  before: Held | null,
): LookOutcome {
  const leader = leaderOf(prefix);
  const n = looks[look]!;
  const failures = leader === null ? n : n - votesOf(prefix, leader);
  const held = better(before, certificate(bound, look, leader, failures, n));
  return { held, stop: gainStops(bound, looks, minGain, { look, failures, heldZ: held?.z ?? 0 }) };
}

/** Cohen et al.'s CERTIFY: the first samples choose the class, the others, and only they, bound it. */
function fixedOutcome(bound: Bound, selection: Counts, whole: Counts): LookOutcome {
  const chosen = leaderOf(selection);
  const fresh = subtractCounts(whole, selection);
  const n = totalOf(fresh);
  const failures = chosen === null ? n : n - votesOf(fresh, chosen);
  return { held: certificate(bound, 1, chosen, failures, n), stop: 'budget' };
}

function certificate(
  bound: Bound,
  look: number,
  classIndex: number | null,
  failures: number,
  n: number,
): Held | null {
  const certified = classIndex === null ? null : bound.certify(look, failures, n);
  return classIndex === null || certified === null ? null : { classIndex, ...certified, look };
}

function better(before: Held | null, now: Held | null): Held | null {
  if (before === null) return now;
  return now !== null && now.z > before.z ? now : before;
}
