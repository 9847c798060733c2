import type { NoiseKind } from '../../../shared/job.js';

/**
 * The shares of the looks in the level of a null, matched to a gain. Any shares are valid whose sum is at most 1: that
 * what is rejected stays within the level is proved from the sums themselves (spending-limits.ts). So doubles are enough here.
 */

/** Normal tails and densities of a null, as doubles. */
export interface Null {
  /** The radius in noise scales. */
  readonly z: number;
  readonly delta: number;
}

export interface Sharing {
  readonly looks: readonly number[];
  /** Level of one image. */
  readonly alpha: number;
  /** −Φ⁻¹(alpha). */
  readonly quantile: number;
  /** Null of the radius 0.002. */
  readonly nearest: Null;
  readonly kind: NoiseKind;
  /** Null: even shares, as version 0.1.0 had them. */
  readonly matchedGain: number | null;
}

const EVEN_PART = 0.1;

/**
 * Returns the shares, one a look. With c = −Φ⁻¹(α) √(δ(1 − δ)) |dR/dδ| and n* = max{(500c/g)^(2/3), ln(1/α)/δ}, at least the first look and at most the
 * last, each look has 0.9 κ/Σκ + 0.1/K with κ = exp(−8(log₂ n − log₂ n*)²).
 */
export function lookShares(sharing: Sharing, tested: Null): number[] {
  const { looks, matchedGain } = sharing;
  if (matchedGain === null) return looks.map(() => 1 / looks.length);
  const centre = Math.log2(centreOf(sharing, tested, matchedGain));
  const far = looks.map((n) => 8 * (Math.log2(n) - centre) ** 2);
  const closest = Math.min(...far);
  const weights = far.map((distance) => Math.exp(closest - distance));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => ((1 - EVEN_PART) * weight) / total + EVEN_PART / looks.length);
}

function centreOf({ looks, alpha, quantile, nearest, kind }: Sharing, tested: Null, gain: number): number {
  const [first, last] = [looks[0]!, looks.at(-1)!];
  const { z, delta } = tested.z > nearest.z ? tested : nearest;
  if (gain === 0) return last;
  const c = quantile * Math.sqrt(delta * (1 - delta)) * slopeOf(kind, z, delta);
  return Math.min(last, Math.max(first, ((500 * c) / gain) ** (2 / 3), -Math.log(alpha) / delta));
}

/** Returns |dR/dδ| in noise scales. */
function slopeOf(kind: NoiseKind, z: number, delta: number): number {
  if (kind === 'uniform') return 2;
  return kind === 'laplace' ? 1 / delta : Math.sqrt(2 * Math.PI) * Math.exp((z * z) / 2);
}
