/**
 * The error of a sequence that is looked at after every single sample: what `anytime` promises to survive. Exact, as in
 * chain.ts, for two classes.
 */

const SMALLEST_MASS = 1e-24;

/** Returns true if `failures` of `n` samples contradict a failure probability. It must be monotone in the failures. */
export type Contradicts = (failures: number, n: number) => boolean;

/**
 * P(at some n ≤ `most`, the counts contradict the truth), where the first class fails with probability `delta`. `first`
 * judges the failures of the first class, `second` those of the second one (left out: one class only).
 */
export function errorAtEverySample(
  most: number,
  delta: number,
  first: Contradicts,
  second: Contradicts = () => false,
): number {
  const mass = new Float64Array(most + 2);
  mass[0] = 1;
  let [low, high] = [0, 0];
  let [firstLimit, secondLimit] = [-1, -1];
  let error = 0;
  for (let n = 1; n <= most; n++) {
    for (let f = ++high; f > low; f--) mass[f] = mass[f]! * (1 - delta) + mass[f - 1]! * delta;
    mass[low]! *= 1 - delta;
    while (first(firstLimit + 1, n)) firstLimit += 1;
    while (second(secondLimit + 1, n)) secondLimit += 1;
    while (low <= high && (low <= firstLimit || mass[low]! < SMALLEST_MASS)) {
      error += mass[low]!;
      mass[low++] = 0;
    }
    while (high >= low && (n - high <= secondLimit || mass[high]! < SMALLEST_MASS)) {
      error += mass[high]!;
      mass[high--] = 0;
    }
  }
  return error;
}
