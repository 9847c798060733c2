/**
 * Votes over a range of samples: how many each class got, and how many samples were invalid (output not finite).
 * Sparse and immutable; classes ascending, votes above zero. All of them add up to the range's length.
 */
export interface Counts {
  readonly classes: readonly number[];
  readonly votes: readonly number[];
  readonly invalid: number;
}

export const NO_COUNTS: Counts = { classes: [], votes: [], invalid: 0 };

/** Number of samples that the counts speak of, invalid ones included. */
export function totalOf(counts: Counts): number {
  return counts.votes.reduce((sum, votes) => sum + votes, counts.invalid);
}

/** Votes of one class; 0 if it got none. */
export function votesOf(counts: Counts, classIndex: number): number {
  const at = counts.classes.indexOf(classIndex);
  return at < 0 ? 0 : counts.votes[at]!;
}

/** Class with most votes, ties to the lowest index; null if no sample voted for a class (design D3). */
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

/** Counts over the union of two disjoint ranges. */
export function addCounts(a: Counts, b: Counts): Counts {
  return combine(a, b, 1);
}

/** Counts over `whole` without `part`, where `part` is a sub-range of it. */
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
