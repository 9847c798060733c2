import type { NoiseKind, NoiseSpec } from '../../shared/job.js';
import { NOISES } from './noises.js';
import { NORM_NAMES } from './other-norms.js';

/** So many digits of a standard deviation come back from the scale that was made of it. */
const SIGMA_DIGITS = 15;
/** Digits of λ in sentences, which have σ beside it. */
const SHOWN_DIGITS = 4;

/** The law of a job's noise. */
export type ScaledNoise = Pick<NoiseSpec, 'kind' | 'scale'>;

/** Returns the scale of the noise with the standard deviation `sigma` > 0, in the same units: σ, σ/√2 or σ · √3. */
export function scaleOf(kind: NoiseKind, sigma: number): number {
  return sigma / NOISES[kind].deviation;
}

/** Returns the standard deviation of a noise: what `scaleOf` was given, to 15 digits. */
export function sigmaOf({ kind, scale }: ScaledNoise): number {
  const { deviation } = NOISES[kind];
  return deviation === 1 ? scale : Number((scale * deviation).toPrecision(SIGMA_DIGITS));
}

/** Returns how wide a noise is, for a sentence: "σ = 0.25", or "σ = 0.25 (λ = 0.1768)" where its scale is not σ. */
export function describeWidth(noise: ScaledNoise): string {
  const { deviation, symbol } = NOISES[noise.kind];
  const sigma = `σ = ${sigmaOf(noise)}`;
  return deviation === 1 ? sigma : `${sigma} (${symbol} = ${Number(noise.scale.toPrecision(SHOWN_DIGITS))})`;
}

/**
 * Returns a noise in words, for a sentence: "σ = 0.25" of Gaussian noise, the usual one, whose radii are in L2; "laplace noise of σ = 0.25
 * (λ = 0.1768), radii in L1" of others.
 */
export function describeNoise(noise: ScaledNoise): string {
  const { kind } = noise;
  if (kind === 'gaussian') return describeWidth(noise);
  return `${kind} noise of ${describeWidth(noise)}, radii in ${NORM_NAMES[NOISES[kind].norm]}`;
}
