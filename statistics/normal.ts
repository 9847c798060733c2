import erfc from '@stdlib/math-base-special-erfc';
import erfcinv from '@stdlib/math-base-special-erfcinv';

/** Returns Φ(−z): the probability that a standard normal exceeds `z`. Keeps its digits in the tail, unlike 1 − Φ(z). */
export function upperTail(z: number): number {
  return 0.5 * erfc(z / Math.SQRT2);
}

/**
 * Returns −Φ⁻¹(δ): the z that a standard normal exceeds with probability `delta`, 0 < delta < 1. Within 3e-11 of the true
 * value, relatively, down to 1e-308. (The usual normal quantile loses all digits there, to the wrong side.)
 */
export function upperTailQuantile(delta: number): number {
  return Math.SQRT2 * erfcinv(2 * delta);
}
