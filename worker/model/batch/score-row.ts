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
