/**
 * The law of votes for two to four outcomes, sample by sample and without chance: every vector of counts is a state. Whatever is too small
 * to follow is counted as error.
 */

/** Returns true if, with so many votes for the outcomes, outcome 0 is predicted. */
export type Predicts = (votes: readonly number[]) => boolean;

const SMALLEST_MASS = 1e-30;

/** Visits each vector of counts of `outcomes` outcomes that adds up to `total`. The vector is reused. */
export function visitCounts(
  outcomes: number,
  total: number,
  visit: (counts: readonly number[]) => void,
): void {
  const counts = new Array<number>(outcomes).fill(0);
  const fill = (at: number, left: number): void => {
    if (at === outcomes - 1) {
      counts[at] = left;
      visit(counts);
      return;
    }
    for (let count = 0; count <= left; count++) {
      counts[at] = count;
      fill(at + 1, left - count);
    }
  };
  fill(0, total);
}

/** Returns P(the counts of `total` votes are those that `event` holds for), by the multinomial law. */
export function massOf(
  probabilities: readonly number[],
  total: number,
  event: (counts: readonly number[]) => boolean,
): number {
  const logs = [0];
  for (let n = 1; n <= total; n++) logs.push(logs[n - 1]! + Math.log(n));
  let sum = 0;
  visitCounts(probabilities.length, total, (counts) => {
    if (!event(counts)) return;
    let log = logs[total]!;
    counts.forEach((count, i) => {
      if (count > 0) log += count * Math.log(probabilities[i]!) - logs[count]!;
    });
    sum += Math.exp(log);
  });
  return sum;
}

/**
 * Returns P(at some number of votes that is looked at, up to `most`, `predicts` holds), each sequence of votes counted once.
 *
 * @param isLook returns true if the votes are looked at when there are so many
 */
export function everPredicted(
  probabilities: readonly number[],
  most: number,
  predicts: Predicts,
  isLook: (n: number) => boolean = () => true,
): number {
  const size = most + 1;
  const free = probabilities.length - 1;
  const strides = Array.from({ length: free }, (_, i) => size ** (free - 1 - i));
  const indexOf = (counts: readonly number[]): number =>
    strides.reduce((index, stride, i) => index + stride * counts[i]!, 0);
  let mass = new Float64Array(size ** free);
  mass[0] = 1;
  let error = 0;
  for (let n = 0; n < most; n++) {
    const next = new Float64Array(size ** free);
    visitCounts(probabilities.length, n, (counts) => {
      const index = indexOf(counts);
      const here = mass[index]!;
      if (here === 0) return;
      if (here < SMALLEST_MASS) {
        error += here;
        return;
      }
      for (let i = 0; i < free; i++) next[index + strides[i]!]! += here * probabilities[i]!;
      next[index]! += here * probabilities[free]!;
    });
    if (isLook(n + 1)) {
      visitCounts(probabilities.length, n + 1, (counts) => {
        const index = indexOf(counts);
        if (next[index] === 0 || !predicts(counts)) return;
        error += next[index]!;
        next[index] = 0;
      });
    }
    mass = next;
  }
  return error;
}

/** Makes a function of two counts fast: each pair is asked for once. */
export function remembered(
  refutes: (votes: number, runnerUp: number) => boolean,
): (votes: number, runnerUp: number) => boolean {
  const known: (boolean | undefined)[][] = [];
  return (votes, runnerUp) => {
    const row = (known[votes] ??= []);
    return (row[runnerUp] ??= refutes(votes, runnerUp));
  };
}
