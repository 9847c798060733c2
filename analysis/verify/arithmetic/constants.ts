/** Series for constants and for the exponential function, in whole numbers of 2^-384. */

export const FINE_BITS = 384n;
export const FINE_ONE = 1n << FINE_BITS;

/** Returns arctan(1/x) with an error below 2^-376, for a whole x of at least 2. */
function arctanOfInverse(x: bigint): bigint {
  let sum = 0n;
  let term = FINE_ONE / x;
  for (let k = 1n; term > 0n; k += 2n) {
    sum += k % 4n === 1n ? term / k : -(term / k);
    term /= x * x;
  }
  return sum;
}

/** π, by Machin's formula (1706), with an error below 2^-370. */
export const PI = 16n * arctanOfInverse(5n) - 4n * arctanOfInverse(239n);

/** √(2π), with an error below 2^-369. */
export const ROOT_TWO_PI = rootOf(2n * PI * FINE_ONE);

/** Returns the largest whole number whose square is at most `value` ≥ 1, by Newton's method. */
export function rootOf(value: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/**
 * Returns e^x and the number m of terms that were added up, for x from 0 to 150 in units of 2^-384. The sum is too small by less than
 * 2m · 2^-384 · e^x: a unit that one term loses is lost by the later ones in the proportion of the series itself.
 */
export function exponential(x: bigint): { readonly value: bigint; readonly terms: number } {
  let sum = 0n;
  let term = FINE_ONE;
  let terms = 0;
  while (term > 0n) {
    sum += term;
    terms += 1;
    term = ((term * x) >> FINE_BITS) / BigInt(terms);
  }
  return { value: sum, terms };
}
