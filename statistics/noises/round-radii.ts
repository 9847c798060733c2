import { NOISES } from './noises.js';
import type { ScaledNoise } from './scale.js';

/** Radii shown: about this many steps up to the largest one that early stopping usually reaches. */
const STEPS = 5;
/** The failure probability that goes with it: of Gaussian noise a radius of 3.3 σ. */
const USUAL_SMALLEST_DELTA = 4.8342e-4;

/** Returns radii to give shares at, where nobody has asked for any: 0 and multiples of 1, 2.5 or 5 times a power of ten, a few of them. */
export function roundRadii({ kind, scale }: ScaledNoise): number[] {
  const wanted = (NOISES[kind].radiusOf(USUAL_SMALLEST_DELTA) * scale) / STEPS;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = power * ([1, 2.5, 5].find((s) => s * power >= wanted) ?? 10);
  return Array.from({ length: STEPS + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}
