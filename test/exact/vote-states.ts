/**
 * The law of the votes of a few outcomes at the scheduled looks, computed forward sample by sample, without chance. A state is the votes
 * of all outcomes. Nothing is dropped, so that every number here is exact but for rounding (1e-13).
 */

/** Votes of every outcome, in order. */
export type Votes = readonly number[];

/** A number for every look and every state at it. */
export type StateTable<T> = readonly ReadonlyMap<number, T>[];

/** Returns `value` of every state of so many outcomes at every look. */
export function tabulateStates<T>(
  looks: readonly number[],
  outcomes: number,
  value: (look: number, votes: Votes) => T,
): StateTable<T> {
  const base = looks.at(-1)! + 1;
  return looks.map((n, look) => {
    const table = new Map<number, T>();
    for (const votes of compositions(n, outcomes)) table.set(indexOf(votes, base), value(look, votes));
    return table;
  });
}

/**
 * Returns P(at some look the state is bad), where a sample has outcome j with probability `probabilities[j]`; every path is counted at its
 * first bad look.
 */
export function probabilityOfBad<T>(
  looks: readonly number[],
  probabilities: readonly number[],
  table: StateTable<T>,
  isBad: (value: T) => boolean,
): number {
  const base = looks.at(-1)! + 1;
  let law = new Map([[0, 1]]);
  let error = 0;
  let drawn = 0;
  looks.forEach((n, look) => {
    for (; drawn < n; drawn++) law = afterOneSample(law, probabilities, base);
    for (const [state, mass] of law) {
      if (!isBad(table[look]!.get(state)!)) continue;
      error += mass;
      law.delete(state);
    }
  });
  return error;
}

function afterOneSample(law: ReadonlyMap<number, number>, probabilities: readonly number[], base: number) {
  const next = new Map<number, number>();
  for (const [state, mass] of law) {
    let step = 1;
    for (const probability of probabilities) {
      next.set(state + step, (next.get(state + step) ?? 0) + mass * probability);
      step *= base;
    }
  }
  return next;
}

function indexOf(votes: Votes, base: number): number {
  return votes.reduceRight((index, count) => index * base + count, 0);
}

/** Yields every way to give n samples to so many outcomes. */
function* compositions(n: number, outcomes: number): Generator<number[]> {
  if (outcomes === 1) {
    yield [n];
    return;
  }
  for (let first = 0; first <= n; first++) {
    for (const rest of compositions(n - first, outcomes - 1)) yield [first, ...rest];
  }
}
