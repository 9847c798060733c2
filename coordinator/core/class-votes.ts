import {
  leaderOf,
  runnerUpOf,
  totalOf,
  votesOf,
  type Counts,
  type OutcomeVotes,
} from '../../shared/counts.js';

/** How one class stands among some samples: what every bound is asked about. */
export interface ClassVotes {
  /** Null: no sample voted for a class, and all of them are failures. */
  readonly classIndex: number | null;
  readonly n: number;
  /** Samples that did not vote for the class, invalid ones among them. */
  readonly failures: number;
  /** The likeliest other outcome among them; null if nothing failed. */
  readonly runnerUp: OutcomeVotes | null;
}

/** Returns the votes for a class among the samples of these counts. */
export function votesFor(classIndex: number | null, counts: Counts): ClassVotes {
  const n = totalOf(counts);
  return {
    classIndex,
    n,
    failures: n - (classIndex === null ? 0 : votesOf(counts, classIndex)),
    runnerUp: runnerUpOf(counts, classIndex),
  };
}

/** Returns the votes for the class that has most of them, the lowest index on a tie. */
export function votesForLeader(counts: Counts): ClassVotes {
  return votesFor(leaderOf(counts), counts);
}

/** Returns the most votes of any outcome other than a class: of another class, or invalid ones; 0 if there are none. */
export function runnerUpVotes(classIndex: number, counts: Counts): number {
  return runnerUpOf(counts, classIndex)?.votes ?? 0;
}
