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
