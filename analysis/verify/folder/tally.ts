/** Votes over a range of samples. */
export interface Tally {
  /** Votes above 0 by class, classes ascending. */
  readonly votes: ReadonlyMap<number, number>;
  readonly invalid: number;
}

/** Counts as rows of results.jsonl have them. */
export interface WrittenCounts {
  readonly classes: readonly number[];
  readonly votes: readonly number[];
  readonly invalid: number;
}

export const NO_VOTES: Tally = { votes: new Map(), invalid: 0 };

export const tallyOf = ({ classes, votes, invalid }: WrittenCounts): Tally => ({
  votes: new Map(classes.map((one, i) => [one, votes[i]!])),
  invalid,
});

/** Returns the sum of two tallies, or with `sign` −1 their difference. */
export function added(a: Tally, b: Tally, sign: 1 | -1 = 1): Tally {
  const classes = [...new Set([...a.votes.keys(), ...b.votes.keys()])].sort((c, d) => c - d);
  const votes = classes.map(
    (one) => [one, (a.votes.get(one) ?? 0) + sign * (b.votes.get(one) ?? 0)] as const,
  );
  return { votes: new Map(votes.filter(([, count]) => count !== 0)), invalid: a.invalid + sign * b.invalid };
}

export const totalOf = ({ votes, invalid }: Tally): number =>
  [...votes.values()].reduce((sum, one) => sum + one, invalid);

/** Returns the class with most votes, the lowest of several; null if there are none. */
export function leaderOf({ votes }: Tally): number | null {
  const most = Math.max(0, ...votes.values());
  for (const [one, count] of votes) if (count === most) return one;
  return null;
}

/** Returns the other outcome with most votes than a class: the lowest of several classes, "invalid" only if it has more; null if there is none. */
export function rivalOf(
  { votes, invalid }: Tally,
  leader: number | null,
): { readonly outcome: number | 'invalid'; readonly votes: number } | null {
  const others: Tally = { votes: new Map([...votes].filter(([one]) => one !== leader)), invalid: 0 };
  const best = leaderOf(others);
  const most = best === null ? 0 : votes.get(best)!;
  if (invalid > most) return { outcome: 'invalid', votes: invalid };
  return best === null ? null : { outcome: best, votes: most };
}

/** Returns true if counts as they are written are those of a tally. */
export function isWritten({ votes, invalid }: Tally, written: WrittenCounts): boolean {
  return (
    written.classes.join() === [...votes.keys()].join() &&
    written.votes.join() === [...votes.values()].join() &&
    written.invalid === invalid
  );
}
