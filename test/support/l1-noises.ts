import type { Noise } from '../../statistics/noises/noise.js';

/** Two further laws from the literature. They show that nothing but a noise's own file knows how δ becomes a radius. */

/** Laplace noise of scale λ: R = −λ ln 2δ in L1 (Teng, Lee & Yuan 2020; Yang et al., ICML 2020). */
const laplaceCdf = (x: number): number => (x < 0 ? 0.5 * Math.exp(x) : 1 - 0.5 * Math.exp(-x));
export const laplace: Noise = {
  name: 'laplace',
  norm: 'l1',
  symbol: 'λ',
  law: { cdf: laplaceCdf },
  radiusOf: (delta) => -Math.log(2 * delta),
  deltaOf: (radius) => laplaceCdf(-radius),
  farthest: Infinity,
};

/** Uniform noise on [−λ, λ]: R = λ(1 − 2δ) in L1, so below λ (Lee et al., NeurIPS 2019; Yang et al., ICML 2020). */
const uniformCdf = (x: number): number => Math.min(1, Math.max(0, (1 + x) / 2));
export const uniform: Noise = {
  name: 'uniform',
  norm: 'l1',
  symbol: 'λ',
  law: { cdf: uniformCdf },
  radiusOf: (delta) => 1 - 2 * delta,
  deltaOf: (radius) => uniformCdf(-radius),
  farthest: 1,
};
