import { upperTail, upperTailQuantile } from '../../statistics/normal.js';

/**
 * The closed forms of Seferis, Kollias and Cheng (ECAI 2024, arXiv 2404.17371), as they stand there: approximations to plan with, for Gaussian
 * noise. None of them is a bound, and no certificate is made of one. Their z is two-sided: z = −Φ⁻¹(α/2).
 */

/** Returns the z that the paper's formulas use for a level α: −Φ⁻¹(α/2), 3.29 for 0.001. (A certificate needs the one-sided 3.09.) */
export const paperZ = (alpha: number): number => upperTailQuantile(alpha / 2);

/** Returns Shore's approximation of Φ⁻¹(p), 0 ≤ p ≤ 1 (H. Shore, 1982): 5.063·(p^0.135 − (1 − p)^0.135), finite even at p = 1. */
export const shoreQuantile = (p: number): number => 5.063 * (p ** 0.135 - (1 - p) ** 0.135);

/**
 * Returns Theorem 4.3: the radius to expect of n samples, in units of σ: S(p − z·√(p(1 − p)/n)), with Shore's approximation S; 0 where that is
 * negative. It assumes that the votes are normal, which they are not near p = 1: there it claims more than n samples can prove.
 *
 * @param delta 1 − p, from 0 to 1
 */
export function radiusOf43(delta: number, n: number, alpha: number): number {
  const p = 1 - delta - paperZ(alpha) * Math.sqrt((delta * (1 - delta)) / n);
  return p > 0.5 ? shoreQuantile(p) : 0;
}

/** Returns Theorem 4.5: the part of the average radius that n samples keep, 1 − Θz/√n; 0 where that is negative. It assumes p uniform on [β, 1). */
export const ratioOf45 = (theta: number, n: number, alpha: number): number =>
  Math.max(0, 1 - (theta * paperZ(alpha)) / Math.sqrt(n));

/** Returns Theorem 4.6: the certified accuracy that n samples lose at most, z/√n; 1 where that is more. */
export const dropOf46 = (n: number, alpha: number): number => Math.min(1, paperZ(alpha) / Math.sqrt(n));

/** Intervals of the integral in `thetaOf`, and where it ends: beyond, the integrand is below 1e-15. */
const INTERVALS = 2_000;
const END = 12;

/**
 * Returns the Θ of Theorem 4.5 for p uniform on [β, 1): ∫ √(Φ(x)Φ(−x)) dx from Φ⁻¹(β) to ∞, over φ(Φ⁻¹(β)), which is what the delta method gives
 * for the loss z·√(p(1 − p)/n)·σ/φ(Φ⁻¹(p)) over the average radius. 2.02 for β = 0.5, as in the paper; 1.49 for 0.8, where the paper says 1.64.
 *
 * @param beta 0.5 to below 1
 */
export function thetaOf(beta: number): number {
  const from = upperTailQuantile(1 - beta);
  const h = (END - from) / INTERVALS;
  const integrand = (x: number) => Math.sqrt(upperTail(x) * upperTail(-x));
  let sum = integrand(from) + integrand(END);
  for (let i = 1; i < INTERVALS; i++) sum += (i % 2 === 1 ? 4 : 2) * integrand(from + i * h);
  const density = Math.exp((-from * from) / 2) / Math.sqrt(2 * Math.PI);
  return (sum * h) / 3 / density;
}
