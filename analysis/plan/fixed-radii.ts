import { clopperPearsonDelta } from '../../statistics/bounds/clopper-pearson.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { certifiedRadius } from '../../statistics/radius.js';
import type { Population } from '../populations/population.js';

/** Up to so many failures every radius is computed by itself; beyond, most are interpolated. */
const EACH_UP_TO = 256;
/** Failures between two radii that are computed: this part of the failures. The error of z is then below 1e-7. */
const NODE_STEP = 1 / 32;

/**
 * Returns by failures, from 0 on, the radius that `fixed` with `clopper-pearson` certifies for n samples, as long as there is one: in the units of
 * the noise's scale, falling. Empty where unanimous votes certify nothing.
 *
 * @param alpha of one image. The radii from 257 failures on are interpolated between computed ones, within 1e-7 noise scales.
 */
export function fixedRadii(n: number, alpha: number, noise: Population['noise']): Float64Array {
  const law = NOISES[noise.kind];
  const exact = (failures: number): number =>
    certifiedRadius(clopperPearsonDelta(failures, n, alpha), 0, law, noise.scale) ?? 0;
  const count = countOf(n, exact);
  const radii = new Float64Array(count);
  for (let f = 0; f < Math.min(count, EACH_UP_TO + 1); f++) radii[f] = exact(f);
  if (count > EACH_UP_TO + 1) interpolate(radii, exact);
  return radii;
}

/** Returns how many numbers of failures certify anything, from 0 on: by bisection, as radii fall with failures. */
function countOf(n: number, exact: (failures: number) => number): number {
  let low = -1;
  let high = n;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (exact(middle) > 0) low = middle;
    else high = middle;
  }
  return high;
}

/** Fills in the radii behind the first ones: by cubics through four computed ones, in the logarithm of the failures. */
function interpolate(radii: Float64Array, exact: (failures: number) => number): void {
  const last = radii.length - 1;
  const nodes: number[] = [];
  for (let f = EACH_UP_TO; f < last; f += Math.ceil(f * NODE_STEP)) nodes.push(f);
  nodes.push(last);
  const values = nodes.map(exact);
  const places = nodes.map(Math.log);
  for (let at = 0; at + 1 < nodes.length; at++) {
    const first = Math.max(0, Math.min(at - 1, nodes.length - 4));
    const [xs, ys] = [places.slice(first, first + 4), values.slice(first, first + 4)];
    for (let f = nodes[at]!; f < nodes[at + 1]!; f++) radii[f] = lagrange(xs, ys, Math.log(f));
  }
  radii[last] = values.at(-1)!;
}

/** Returns the value at x of the polynomial through some points. */
export function lagrange(xs: readonly number[], ys: readonly number[], x: number): number {
  return ys.reduce((sum, y, i) => {
    const basis = xs.reduce(
      (product, other, j) => (i === j ? product : (product * (x - other)) / (xs[i]! - other)),
      1,
    );
    return sum + y * basis;
  }, 0);
}
