/**
 * Votes over a range of samples: how many each class got, and how many samples were invalid (a score that is NaN or +∞, or none that is finite).
 * Sparse and immutable; classes ascending, votes above zero. All of them add up to the range's length.
 */
export interface Counts {
  readonly classes: readonly number[];
  readonly votes: readonly number[];
  readonly invalid: number;
}

export const NO_COUNTS: Counts = { classes: [], votes: [], invalid: 0 };

/** Returns the number of samples that were counted, invalid ones included. */
export function totalOf(counts: Counts): number {
  return counts.votes.reduce((sum, votes) => sum + votes, counts.invalid);
}

/** Returns the votes of one class; 0 if it got none. */
export function votesOf(counts: Counts, classIndex: number): number {
  const at = counts.classes.indexOf(classIndex);
  return at < 0 ? 0 : counts.votes[at]!;
}

/** Returns the class with most votes, in a tie the lowest; null if no sample voted for a class. */
export function leaderOf(counts: Counts): number | null {
  let leader: number | null = null;
  let most = 0;
  counts.votes.forEach((votes, at) => {
    if (votes > most) {
      most = votes;
      leader = counts.classes[at]!;
    }
  });
  return leader;
}

/** The outcome of a sample: the class that it voted for, or an invalid vote. */
export type VoteOutcome = number | 'invalid';

/** An outcome, and how many samples had it. */
export interface OutcomeVotes {
  readonly outcome: VoteOutcome;
  readonly votes: number;
}

/**
 * Returns the runner-up of a class: the outcome that has most votes but for the class itself, invalid votes being one outcome; in a tie the
 * lowest class, and a class before the invalid ones. Null if there are no other votes.
 */
export function runnerUpOf(counts: Counts, classIndex: number | null): OutcomeVotes | null {
  let best: OutcomeVotes | null = null;
  counts.votes.forEach((votes, at) => {
    const outcome = counts.classes[at]!;
    if (outcome !== classIndex && votes > (best?.votes ?? 0)) best = { outcome, votes };
  });
  return counts.invalid > votesOfOutcome(best) ? { outcome: 'invalid', votes: counts.invalid } : best;
}

const votesOfOutcome = (found: OutcomeVotes | null): number => found?.votes ?? 0;

/** Returns true if every class got as many votes in both, and as many samples were invalid. */
export function equalCounts(a: Counts, b: Counts): boolean {
  const equal = (left: readonly number[], right: readonly number[]) =>
    left.length === right.length && left.every((value, at) => value === right[at]);
  return a.invalid === b.invalid && equal(a.classes, b.classes) && equal(a.votes, b.votes);
}

/** Adds the counts of two disjoint ranges. */
export function addCounts(a: Counts, b: Counts): Counts {
  return combine(a, b, 1);
}

/** Subtracts the counts of `part` from those of `whole`, of which `part` is a sub-range. */
export function subtractCounts(whole: Counts, part: Counts): Counts {
  return combine(whole, part, -1);
}

function combine(a: Counts, b: Counts, sign: 1 | -1): Counts {
  const votes = new Map(a.classes.map((c, i) => [c, a.votes[i]!]));
  b.classes.forEach((c, i) => votes.set(c, (votes.get(c) ?? 0) + sign * b.votes[i]!));
  const kept = [...votes].filter(([, count]) => count !== 0).sort(([c], [d]) => c - d);
  return {
    classes: kept.map(([c]) => c),
    votes: kept.map(([, count]) => count),
    invalid: a.invalid + sign * b.invalid,
  };
}
