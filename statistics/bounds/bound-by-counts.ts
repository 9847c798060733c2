import type { Noise } from '../noises/noise.js';
import type { Certified, CompiledBound } from './bound.js';

/** Values of z are whole numbers of so many parts of a noise scale. */
export const Z_UNITS = 1e6;
const MOST_REMEMBERED = 2 ** 16;

/**
 * Makes a bound of a function of the counts alone, whatever the look. Answers are remembered: images share most of their
 * counts.
 *
 * @param deltaOf returns the raw bound on the failure probability, null if there is none
 */
export function boundByCounts(
  noise: Noise,
  deltaOf: (failures: number, n: number) => number | null,
): CompiledBound {
  const remembered = new Map<string, Certified | null>();
  return {
    certify(_look, failures, n) {
      const key = `${failures}/${n}`;
      const known = remembered.get(key);
      if (known !== undefined) return known;
      const certified = certifiedBy(noise, deltaOf(failures, n));
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(key, certified);
      return certified;
    },
  };
}

/** Returns z floored, so that a difference in the last bits of two engines decides nothing. */
export const floorZ = (z: number): number => Math.floor(z * Z_UNITS) / Z_UNITS;

function certifiedBy(noise: Noise, deltaUpper: number | null): Certified | null {
  if (deltaUpper === null || deltaUpper >= 0.5) return null;
  const z = floorZ(noise.radiusOf(deltaUpper));
  return z > 0 ? { deltaUpper, z } : null;
}
