import { MAX_RATIO } from '../../shared/job-limits.js';

/** The scale of a noise in steps of the lattice, exactly: numerator / denominator. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Below it most noise would be no step at all. */
export const SMALLEST_RATIO = 0.5;
/** A quotient of two doubles whose divisor is a power of two has fewer digits. */
export const MOST_RATIO_DIGITS = 1_200;

const PLAIN_DECIMAL = /^(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/;

/**
 * Returns the ratio that a plain decimal names: digits, and a point with further digits of which the last is not 0.
 * @throws RangeError for any other text, for a number outside SMALLEST_RATIO … MAX_RATIO and for too many digits
 */
export function ratioFrom(text: string): Ratio {
  if (text.length > MOST_RATIO_DIGITS || !PLAIN_DECIMAL.test(text)) {
    throw new RangeError(`the ratio "${text.slice(0, 40)}" is not a plain decimal`);
  }
  const [whole, decimals = ''] = text.split('.');
  const ratio = { numerator: BigInt(whole! + decimals), denominator: 10n ** BigInt(decimals.length) };
  const tooSmall = 2n * ratio.numerator < ratio.denominator;
  const tooLarge = ratio.numerator > BigInt(MAX_RATIO) * ratio.denominator;
  if (tooSmall || tooLarge) {
    throw new RangeError(`the ratio ${text.slice(0, 40)} is not within ${SMALLEST_RATIO} … ${MAX_RATIO}`);
  }
  return ratio;
}
