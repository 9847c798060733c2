import type { Noise } from './noise.js';

const cdf = (x: number): number => Math.min(1, Math.max(0, (1 + x) / 2));

/**
 * Uniform noise on [−λ, λ]; its standard deviation is λ/√3. R = λ(1 − 2δ), measured in L1, so below λ: Lee, Yuan, Chang and
 * Jaakkola, NeurIPS 2019; Yang, Duan, Hu, Salman, Razenshteyn and Li, ICML 2020.
 */
export const uniform = {
  name: 'uniform',
  norm: 'l1',
  symbol: 'λ',
  deviation: 1 / Math.sqrt(3),
  law: { cdf },
  radiusOf: (delta) => 1 - 2 * delta,
  slopeOf: () => 2,
  deltaOf: (radius) => cdf(-radius),
  farthest: 1,
} as const satisfies Noise;
