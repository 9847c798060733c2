import type { DataLattice } from './canonical.js';
import { showFraction } from './fraction.js';

/** Digits of a rounding in the sentence. */
const DIGITS = 3;

/** Returns the sentence that a data set needs whose values were rounded as they were read; null if none was. Its figures are rounded up. */
export function roundingNote({ step, rounding }: DataLattice): string | null {
  if (rounding.largest === 0) return null;
  const [largest, mean] = [rounding.largest, rounding.mean].map(upwards);
  return `The values of the data were rounded to multiples of ${showFraction(step)}, by at most ${largest!} and by ${mean!} on average; the certificates are for the rounded values.`;
}

/** Writes a number above 0 with a few digits, never below it. */
function upwards(value: number): string {
  const written = value.toPrecision(DIGITS);
  if (Number(written) >= value) return written;
  const unit = 10 ** (Math.floor(Math.log10(value)) - DIGITS + 1);
  return (Number(written) + unit).toPrecision(DIGITS);
}
