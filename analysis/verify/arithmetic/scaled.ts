/**
 * Positive numbers of any size with 192 significant bits: mantissa · 2^exponent. Every operation cuts off, so that its relative error
 * is below 2^-190; those who use them count operations.
 */
export interface Scaled {
  /** From 2^191 to 2^192 − 1. */
  readonly mantissa: bigint;
  readonly exponent: number;
}

const WIDTH = 192;
const WIDE = BigInt(WIDTH);
/** Products of two mantissas from here on have 384 bits, others 383. */
const LONG_PRODUCT = 1n << (2n * WIDE - 1n);

export const ONE_SCALED: Scaled = { mantissa: 1n << (WIDE - 1n), exponent: 1 - WIDTH };

/** Returns `value` · 2^`exponent` for a whole number above 0. */
export function scaled(value: bigint, exponent = 0): Scaled {
  const excess = value.toString(2).length - WIDTH;
  const mantissa = excess > 0 ? value >> BigInt(excess) : value << BigInt(-excess);
  return { mantissa, exponent: exponent + excess };
}

export function times(a: Scaled, b: Scaled): Scaled {
  const product = a.mantissa * b.mantissa;
  const exponent = a.exponent + b.exponent + WIDTH;
  return product >= LONG_PRODUCT
    ? { mantissa: product >> WIDE, exponent }
    : { mantissa: product >> (WIDE - 1n), exponent: exponent - 1 };
}

export function dividedBy(a: Scaled, b: Scaled): Scaled {
  const ratio = (a.mantissa << WIDE) / b.mantissa;
  return scaled(ratio, a.exponent - b.exponent - WIDTH);
}

/** Returns base^`power`, whose relative error is below 2 · power · 2^-190; power is a whole number of at least 0. */
export function power(base: Scaled, exponent: number): Scaled {
  let result = ONE_SCALED;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = times(result, square);
    if (rest > 1) square = times(square, square);
  }
  return result;
}

/** Returns the number in units of 2^-256, cut off. */
export function inUnits({ mantissa, exponent }: Scaled): bigint {
  const shift = exponent + 256;
  return shift >= 0 ? mantissa << BigInt(shift) : mantissa >> BigInt(-shift);
}
