/**
 * Numbers as whole multiples of 2^-192. Integers of any length are computed alike by every engine, so what follows from them
 * is the same everywhere. Each operation rounds down, by less than one multiple.
 */
export const FRACTION_BITS = 192n;
export const ONE = 1n << FRACTION_BITS;
const HALF = ONE >> 1n;

/** Returns numerator / denominator; the denominator is above 0. */
export function fraction(numerator: bigint, denominator: bigint): bigint {
  return (numerator << FRACTION_BITS) / denominator;
}

/** Returns x · y. */
export function times(x: bigint, y: bigint): bigint {
  return (x * y) >> FRACTION_BITS;
}

/** Returns e^-x for x of 0 or more: of x halved until it is at most ½, by its series; then squared as often. */
export function decay(x: bigint): bigint {
  let halvings = 0;
  let small = x;
  while (small > HALF) {
    small >>= 1n;
    halvings += 1;
  }
  let sum = ONE;
  let term = ONE;
  for (let n = 1n; term !== 0n; n += 1n) {
    term = -times(term, small) / n;
    sum += term;
  }
  while (halvings > 0) {
    sum = times(sum, sum);
    halvings -= 1;
  }
  return sum;
}

/** Returns 1/√(2π), the density of the standard normal law at 0. */
export function normalPeak(): bigint {
  // Machin, 1706: π/4 = 4 arctan(1/5) − arctan(1/239).
  const pi = 16n * arctanOfInverse(5n) - 4n * arctanOfInverse(239n);
  return fraction(ONE, squareRoot((2n * pi) << FRACTION_BITS));
}

/** Returns arctan(1/n) for a whole n above 1, by its series. */
function arctanOfInverse(n: bigint): bigint {
  let power = ONE / n;
  let sum = power;
  for (let odd = 3n, sign = -1n; power !== 0n; odd += 2n, sign = -sign) {
    power /= n * n;
    sum += (sign * power) / odd;
  }
  return sum;
}

/** Returns the whole part of √square by Newton's method, for square of 1 or more. */
function squareRoot(square: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(square.toString(2).length / 2));
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
