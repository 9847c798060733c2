import type { Noise } from './noise.js';

const cdf = (x: number): number => (x < 0 ? 0.5 * Math.exp(x) : 1 - 0.5 * Math.exp(-x));

/**
 * Laplace noise of density e^(−|x|/λ)/2λ; its standard deviation is √2 · λ. R = −λ ln 2δ, measured in L1: Teng, Lee and
 * Yuan 2020; Yang, Duan, Hu, Salman, Razenshteyn and Li, ICML 2020.
 */
export const laplace = {
  name: 'laplace',
  norm: 'l1',
  symbol: 'λ',
  deviation: Math.SQRT2,
  law: { cdf },
  radiusOf: (delta) => -Math.log(2 * delta),
  slopeOf: (delta) => 1 / delta,
  deltaOf: (radius) => cdf(-radius),
  farthest: Infinity,
} as const satisfies Noise;
