import type { Fraction } from '../../shared/dataset/fraction.js';

/** The largest m of lattices 1/m that are searched for. */
export const MAX_DENOMINATOR = 4_096;

/**
 * Finds the lattice that numbers lie on: the m for which all of them are k/m with a whole k, as float32 writes k/m. Of several
 * the first of `preferred` that fits, else the smallest.
 */
export class StepSearch {
  #candidates: number[];

  /** @param preferred denominators that are taken where they fit, best first */
  constructor(private readonly preferred: readonly number[] = []) {
    this.#candidates = Array.from({ length: MAX_DENOMINATOR }, (_, at) => at + 1);
  }

  /** Rules out all lattices that do not have each of these float32 numbers. */
  add(numbers: Float32Array): void {
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

const isMultiple = (number: number, m: number): boolean => Math.fround(Math.round(number * m) / m) === number;
