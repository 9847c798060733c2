/**
 * Returns the class with the largest score of a row, ties to the lowest index; null if the row is no vote: a score is NaN or
 * +∞, or none is finite. −∞ below a finite score is a score like any other: masked classes and the logarithm of a
 * probability that underflowed have it.
 */
export function largestScore(scores: Float32Array, begin: number, end: number): number | null {
  let largest = -Infinity;
  let at = -1;
  for (let c = begin; c < end; c++) {
    const score = scores[c]!;
    if (!(score < Infinity)) return null;
    if (score > largest) {
      largest = score;
      at = c;
    }
  }
  return at < 0 ? null : at - begin;
}

/** Returns true if another class of the row, of which `largest` is the first, has the same score: the vote is a tie. */
export function isTie(scores: Float32Array, begin: number, end: number, largest: number): boolean {
  const score = scores[begin + largest]!;
  for (let c = begin + largest + 1; c < end; c++) if (scores[c] === score) return true;
  return false;
}

/** Why a row of scores is no vote: a NaN or a +∞ is among them, or none is finite. Of several, the first of this list. */
export type InvalidCause = 'nan' | 'infinite' | 'noneFinite';

/** Returns why a row is no vote, of a row of which `largestScore` returned null. */
export function invalidCause(scores: Float32Array, begin: number, end: number): InvalidCause {
  let infinite = false;
  for (let c = begin; c < end; c++) {
    const score = scores[c]!;
    if (Number.isNaN(score)) return 'nan';
    if (score === Infinity) infinite = true;
  }
  return infinite ? 'infinite' : 'noneFinite';
}
