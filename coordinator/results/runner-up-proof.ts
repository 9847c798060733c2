import { runnerUpOf, votesOf, type Counts, type VoteOutcome } from '../../shared/counts.js';
import { printUp, publishedDelta } from '../../statistics/radius.js';
import type { Decision, Held } from '../core/decision.js';

/** The part of a certificate with the runner-up that a certificate by one count has not got. */
export interface RunnerUpProof {
  /** Votes for the certified class in the counts of the certificate. */
  readonly class_votes: number;
  /** The runner-up: the other class with most votes in those counts, or "invalid" votes if there are more; null if no sample voted otherwise. */
  readonly outcome: VoteOutcome | null;
  readonly votes: number;
  /** Upper bound on the probability of every outcome but the class, rounded up; at most delta_upper. */
  readonly p_upper: string;
  /** The radius that delta_upper alone certifies; 0 where that is none. */
  readonly radius_of_class_alone: number;
}

/** Returns that part of a certificate; nothing for one by one count. */
export function runnerUpProof(
  decision: Decision,
  { classIndex, deltaUpper, runnerUpUpper }: Held,
  counts: Counts,
  digits: number,
): { readonly runner_up?: RunnerUpProof } {
  if (runnerUpUpper === undefined) return {};
  const found = runnerUpOf(counts, classIndex);
  const runner_up = {
    class_votes: votesOf(counts, classIndex),
    outcome: found?.outcome ?? null,
    votes: found?.votes ?? 0,
    p_upper: printUp(publishedDelta(runnerUpUpper, decision.lawError), digits),
    radius_of_class_alone: decision.radiusOf(deltaUpper) ?? 0,
  };
  return { runner_up };
}
