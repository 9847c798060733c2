import { upperTailQuantile } from './normal.js';

/**
 * The normal approximation to a one-sided bound on the failure probability: f/n + z_α · √(f(n − f)/n³), as a study of
 * sample sizes would use it. NOT a bound: close to p = 1 it errs hundreds of times as often as alpha (the tests say how
 * often), so nothing that comes from it may be called a certificate. Null if no sample failed: the approximation then
 * says that none ever will. 0 ≤ failures ≤ n, n ≥ 1.
 */
export function cltDelta(failures: number, n: number, alpha: number): number | null {
  if (failures === 0) return null;
  const rate = failures / n;
  return rate + upperTailQuantile(alpha) * Math.sqrt((rate * (1 - rate)) / n);
}
