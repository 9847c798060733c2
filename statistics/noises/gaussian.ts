import { upperTail, upperTailQuantile } from '../normal.js';
import type { Noise } from './noise.js';

const cdf = (x: number): number => upperTail(-x);

/**
 * Normal noise; its scale σ is the standard deviation. R = σ · −Φ⁻¹(δ), measured in L2: Cohen, Rosenfeld and Kolter, ICML
 * 2019, Theorem 1.
 */
export const gaussian = {
  name: 'gaussian',
  norm: 'l2',
  symbol: 'σ',
  deviation: 1,
  law: { cdf },
  radiusOf: upperTailQuantile,
  slopeOf: (delta) => Math.sqrt(2 * Math.PI) * Math.exp(upperTailQuantile(delta) ** 2 / 2),
  deltaOf: (radius) => cdf(-radius),
  farthest: Infinity,
} as const satisfies Noise;
