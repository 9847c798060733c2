import type { DataLattice } from '../../shared/dataset/canonical.js';
import { showFraction } from '../../shared/dataset/fraction.js';

/** Returns the sentence that a data set needs whose values were rounded as they were read; null if none was. */
export function roundingNote({ step, rounding }: DataLattice): string | null {
  if (rounding.largest === 0) return null;
  const [largest, mean] = [rounding.largest, rounding.mean].map((value) => value.toPrecision(2));
  return `The values of the data were rounded to multiples of ${showFraction(step)}, by at most ${largest} and by ${mean} on average; the certificates are for the rounded values.`;
}
