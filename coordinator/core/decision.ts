import { totalOf, type Counts } from '../../shared/counts.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { Norm } from '../../shared/job.js';
import type { CompiledBound } from '../../statistics/bounds/bound.js';
import type { ClassVotes } from './class-votes.js';

/** Why an image is drawn no further (docs/results.md has a sentence for each). */
export type StopReason = 'gain' | 'abstain' | 'certified' | 'futile' | 'planned' | 'budget' | 'decided';

/** The certificate that an image holds: the largest z over its looks so far, ties to the earlier look. Never lowered. */
export interface Held {
  readonly classIndex: number;
  /** Radius in units of the noise scale; floored to 1e-6 and greater than 0, except that of a target, which is exact. */
  readonly z: number;
  /** Raw bound on the failure probability at that look, of the noise that is drawn; statistics/radius.ts makes of it what may be published. */
  readonly deltaUpper: number;
  /** Only of a claim with the runner-up: the raw bound on the probability of the likeliest other outcome. */
  readonly runnerUpUpper?: number;
  /** Index of the look whose counts prove it; of `fixed` and `two-stage`, those behind the first look alone. */
  readonly look: number;
  /** Only of `target`: index of the radius that is certified. */
  readonly target?: number;
}

/** The class that `predict` names for an image: the most likely outcome, with probability at least 1 − α. It has no radius. */
export interface Prediction {
  readonly classIndex: number;
  /** Index of the look at which it was decided. */
  readonly look: number;
  /** The smallest level at which the votes refute that the class is no more likely than another outcome, rounded up; at most α. */
  readonly pValue: number;
}

export interface LookOutcome {
  readonly held: Held | null;
  /** Only of `predict`, with the look that decides; absent where the image is drawn on, or abstains. */
  readonly prediction?: Prediction;
  /** Why the image is decided now; null: draw on. */
  readonly stop: StopReason | null;
}

/** How a stopping rule decides. Pure: the same counts give the same outcome, whenever they came. */
export interface Rule {
  /** How many looks beyond the one that is due may be drawn while others wait: 0 where it could only be waste. */
  readonly ahead: 0 | 1;
  /**
   * Returns the index of the next look at which something may be decided, for an image whose looks so far have these counts. All
   * samples before it are wanted, whatever they turn out to be.
   */
  due(prefixes: readonly Counts[]): number;
  /**
   * Decides an image at the look with index `look`. `prefixes[i]` are the counts of its samples [0, looks[i]), for
   * i = 0 to `look`; `held` is what the look before returned.
   *
   * @throws INTERNAL if the counts are not those of the look
   */
  at(look: number, prefixes: readonly Counts[], held: Held | null): LookOutcome;
}

/** Everything that decides the images of one job: its rule, bound and noise. */
export interface Decision extends Rule {
  readonly looks: readonly number[];
  readonly bound: CompiledBound;
  /** The norm of the radii. */
  readonly norm: Norm;
  /** How far the noise that is drawn may be from the exact law; a part of every published failure probability and radius. */
  readonly lawError: number;
  /** Returns the radius that raw bounds certify (radius.ts), in pixels scaled to [0, 1], rounded down; null if they certify none. */
  radiusOf(deltaUpper: number, runnerUpUpper?: number): number | null;
}

/**
 * Returns the counts of exactly the samples before a look: a bound on any others would prove nothing.
 *
 * @throws INTERNAL if the counts are not those of the look
 */
export function prefixAt(look: number, looks: readonly number[], prefixes: readonly Counts[]): Counts {
  const prefix = prefixes[look];
  if (prefix !== undefined && totalOf(prefix) === looks[look]) return prefix;
  throw otherCounts(look, looks);
}

/**
 * Returns the counts of the samples before a look, or of fewer that reach beyond the look before it.
 *
 * @throws INTERNAL if the counts are no such ones
 */
export function prefixWithin(look: number, looks: readonly number[], prefixes: readonly Counts[]): Counts {
  const prefix = prefixes[look];
  const [before, whole] = [looks[look - 1] ?? 0, looks[look] ?? 0];
  if (prefix !== undefined && totalOf(prefix) > before && totalOf(prefix) <= whole) return prefix;
  throw otherCounts(look, looks);
}

function otherCounts(look: number, looks: readonly number[]): SmoothcertError {
  return new SmoothcertError(
    'INTERNAL',
    `The counts handed to look ${look} are not those of its ${looks[look] ?? 0} samples.`,
    'Report this with the job.json and the ledger of the run; nothing was certified from these counts.',
  );
}

/** Returns the certificate that the bound gives a class for its votes at a look; null if none, or no class. */
export function certify(
  bound: CompiledBound,
  look: number,
  { classIndex, failures, n, runnerUp }: ClassVotes,
): Held | null {
  if (classIndex === null) return null;
  const certified = bound.certify(look, failures, n, runnerUp?.votes ?? 0);
  return certified === null ? null : { classIndex, ...certified, look };
}

/** Returns the larger of two certificates of an image; the earlier one on a tie. */
export function better(before: Held | null, now: Held | null): Held | null {
  if (before === null) return now;
  return now !== null && now.z > before.z ? now : before;
}
