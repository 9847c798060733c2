import kernelBetaincinv from '@stdlib/math-base-special-kernel-betaincinv';

/**
 * Clopper and Pearson's one-sided bound (1934): the δ with P(Bin(n, δ) ≤ failures) = alpha. With probability at
 * least 1 − alpha it is no less than the failure probability, if n and the class were fixed before the first of these
 * n samples was seen. Raw: see radius.ts for what may be published. 0 ≤ failures ≤ n, n ≥ 1; 1 if all failed.
 */
export function clopperPearsonDelta(failures: number, n: number, alpha: number): number {
  if (failures === 0) return -Math.expm1(Math.log(alpha) / n);
  if (failures === n) return 1;
  return kernelBetaincinv(n - failures, failures + 1, alpha, 1 - alpha)[1]!;
}
