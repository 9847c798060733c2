import { printDown } from '../statistics/radius.js';

/** Digits behind the point, as the summary of a terminal has them. */
const DECIMALS = 4;

/** Returns a radius, at least 0, with four decimals, rounded down; a small one with as many as show four significant digits. */
export function radiusDown(radius: number): string {
  const power = radius > 0 ? Math.floor(Math.log10(radius)) : 0;
  // One that begins behind the second decimal would lose half of its digits.
  return printDown(radius, power < -2 ? DECIMALS - 1 - power : DECIMALS);
}
