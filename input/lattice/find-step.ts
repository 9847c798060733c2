import type { Fraction } from '../../shared/dataset/fraction.js';

/** The largest m of lattices 1/m that are searched for. */
export const MAX_DENOMINATOR = 4_096;

/** The relative error of a few operations in float64, with which k/m may have been computed. */
const FLOAT64_ERROR = 2 ** -50;
/** Lattice points as far from 0 as this many steps are at least four steps of float32 apart. */
const FARTHEST_IN_FLOAT32 = 2 ** 21;

/**
 * Finds the lattice that numbers lie on: the m for which each of them is k/m with a whole k, as float64 arithmetic or float32 writes
 * k/m. Of several the first of `preferred` that fits, else the smallest. Where float32 is hardly finer than 1/m, so that it could
 * write any number as some k/m, that does not count.
 */
export class StepSearch {
  #candidates: number[];

  /** @param preferred denominators that are taken where they fit, best first */
  constructor(private readonly preferred: readonly number[] = []) {
    this.#candidates = Array.from({ length: MAX_DENOMINATOR }, (_, at) => at + 1);
  }

  /** Rules out all lattices that do not have each of these numbers. */
  add(numbers: Float64Array): void {
    for (const number of numbers) {
      if (this.#candidates.length === 0) return;
      if (this.#candidates.every((m) => isMultiple(number, m))) continue;
      this.#candidates = this.#candidates.filter((m) => isMultiple(number, m));
    }
  }

  /** Returns the lattice step; null if the numbers have none in common. */
  found(): Fraction | null {
    const left = this.#candidates;
    const denominator = this.preferred.find((m) => left.includes(m)) ?? left[0];
    return denominator === undefined ? null : { numerator: 1, denominator };
  }
}

function isMultiple(number: number, m: number): boolean {
  const k = Math.round(number * m);
  if (Math.abs(k / m - number) <= FLOAT64_ERROR * Math.abs(number)) return true;
  return Math.abs(k) <= FARTHEST_IN_FLOAT32 && Math.fround(k / m) === number;
}
