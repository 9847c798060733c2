import { upperTail } from '../../statistics/normal.js';
import type { Expectation, Law } from '../laws/expectation.js';
import { zOf } from './delta-groups.js';
import { lagrange } from './fixed-radii.js';
import type { DeltaGroup, Means } from './means.js';

/** Up to so many different failure probabilities each has its own law; beyond, laws are interpolated. */
const EACH_UP_TO = 150;
/** Laws are computed at multiples of this in z = −Φ⁻¹(δ), and interpolated by cubics between four of them. */
const STEP = 0.04;
/** The same for rules that decide about few radii: their laws are steep near each of them. */
export const FINE_STEP = 0.01;
/** Failure probabilities whose interpolated law is compared with their own. */
const CHECKED = 8;

/** Means, and how far interpolation may be off. */
export interface CheckedMeans extends Means {
  /** The largest difference of a mean radius, in the units of the noise's scale, at the images that were computed both ways; 0 without interpolation. */
  readonly radiusError: number;
}

/**
 * Returns the means of a rule over a population, from the exact law of one image. Of many different failure probabilities, laws are computed on
 * a grid and interpolated; some are computed both ways, and the largest difference is told.
 *
 * @param groups of the population, at least one. @param law with the wanted radii. @param step of the grid, in z
 */
export function lawMeans(groups: readonly DeltaGroup[], law: Law, step = STEP): CheckedMeans {
  if (groups.length <= EACH_UP_TO) return { ...meanOver(groups, law), radiusError: 0 };
  const interpolated = interpolating(law, step);
  const every = Math.floor(groups.length / CHECKED);
  const checked = groups.filter((_, i) => i % every === Math.floor(every / 2));
  const errors = checked.map(({ delta }) => Math.abs(interpolated(delta).radius - law(delta).radius));
  return { ...meanOver(groups, interpolated), radiusError: Math.max(...errors) };
}

function meanOver(groups: readonly DeltaGroup[], law: Law): Means {
  const sum = { samples: 0, meanRadius: 0, acr: 0, certified: 0 };
  const accuracy: number[] = [];
  for (const { delta, share, right } of groups) {
    const expected = law(delta);
    sum.samples += share * expected.samples;
    sum.meanRadius += share * expected.radius;
    sum.acr += right * expected.radius;
    sum.certified += share * expected.certified;
    expected.reached.forEach((reached, j) => (accuracy[j] = (accuracy[j] ?? 0) + right * reached));
  }
  return { ...sum, accuracy };
}

/** Returns a law that asks `law` at the points of a grid only. */
function interpolating(law: Law, step: number): Law {
  const known = new Map<number, Expectation>();
  const node = (i: number): Expectation => {
    const found = known.get(i) ?? law(upperTail(i * step));
    known.set(i, found);
    return found;
  };
  return (delta) => {
    if (delta === 0) return law(0);
    const z = zOf(delta);
    const first = Math.floor(z / step) - 1;
    const places = [0, 1, 2, 3].map((j) => (first + j) * step);
    const nodes = [0, 1, 2, 3].map((j) => node(first + j));
    const at = (value: (of: Expectation) => number) => lagrange(places, nodes.map(value), z);
    const share = (value: (of: Expectation) => number) => Math.min(1, Math.max(0, at(value)));
    return {
      samples: at(({ samples }) => samples),
      radius: Math.max(
        0,
        at(({ radius }) => radius),
      ),
      certified: share(({ certified }) => certified),
      reached: nodes[0]!.reached.map((_, j) => share(({ reached }) => reached[j]!)),
    };
  };
}
