import type { Noise } from '../../statistics/noises/noise.js';
import { NOISES } from '../../statistics/noises/noises.js';
import type { DeltaGroup } from '../plan/means.js';
import type { Population } from '../populations/population.js';

/** Points of the integral over the radius, and steps of the search for a probability. */
const POINTS = 128;
const HALVINGS = 40;
/** A radius of this failure probability is beyond what any number of samples in use proves. */
const LEAST_DELTA = 1e-12;
/** Numbers of samples of one image that are tried, from 1 on, each larger than the one before by this factor. */
const FACTOR = 1.1;
/** Prices of a sample that are tried, in scales of the noise: from 0.1 down, so many for each factor of ten. */
const PRICES = 56;
const PRICES_A_DECADE = 8;

/** A point of the limit: no rule gets a larger average certified radius for as many samples an image. */
export interface LimitPoint {
  readonly samples: number;
  /** In the units of the noise's scale; of the images whose class is right. */
  readonly acr: number;
}

/** Returns the divergence of a coin with probability a from one with b, in nats: a ln(a/b) + (1 − a) ln((1 − a)/(1 − b)). 0 ≤ a ≤ 1, 0 < b < 1. */
export function divergence(a: number, b: number): number {
  const part = (x: number, y: number) => (x === 0 ? 0 : x * Math.log(x / y));
  return part(a, b) + part(1 - a, 1 - b);
}

/**
 * Returns the largest probability with which any procedure of error α can prove something false of a null, if its samples carry so much
 * information: the largest w with d(w, α) ≤ nats (Wald's inequality, by data processing). From α on; 1 where nats ≥ ln(1/α).
 */
export function largestPower(nats: number, alpha: number): number {
  if (nats >= -Math.log(alpha)) return 1;
  let [low, high] = [alpha, 1];
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2;
    if (divergence(middle, alpha) <= nats) low = middle;
    else high = middle;
  }
  return high;
}

/** Steps of the table behind `powerOf`. */
const TABLE_STEPS = 1024;

/**
 * Returns `largestPower` at a level as a function that reads it off a table, within 5e-5: it is asked some million times. Steps are even in the
 * root of the information, in which the power is smooth.
 */
export function powerOf(alpha: number): (nats: number) => number {
  const most = -Math.log(alpha);
  const table = Float64Array.from({ length: TABLE_STEPS + 1 }, (_, i) =>
    largestPower(most * (i / TABLE_STEPS) ** 2, alpha),
  );
  return (nats) => {
    if (nats >= most) return 1;
    const at = TABLE_STEPS * Math.sqrt(Math.max(0, nats) / most);
    const below = Math.floor(at);
    return table[below]! + (at - below) * (table[below + 1]! - table[below]!);
  };
}

/**
 * Returns the largest mean radius that n samples of one image can prove, whatever the rule, in scales of the noise: the integral of the largest power
 * over the radii below the true one, each bounded for itself, so that it cannot be attained.
 *
 * @param delta failure probability of the image; radii are followed to that of 1e-12. @param n samples, which may depend on the votes: their mean. @param power of `powerOf`
 */
export function largestRadius(
  delta: number,
  n: number,
  power: (nats: number) => number,
  { radiusOf, deltaOf }: Pick<Noise, 'radiusOf' | 'deltaOf'>,
): number {
  if (delta >= 0.5) return 0;
  const width = radiusOf(Math.max(delta, LEAST_DELTA)) / POINTS;
  let sum = 0;
  for (let i = 0; i < POINTS; i++) {
    const other = deltaOf((i + 0.5) * width);
    sum += power(n * divergence(delta, other));
  }
  return sum * width;
}

/**
 * Returns the information limit of a population: points (samples, radius) that no rule can lie above which does not know the labels. Samples are
 * shared out for the largest average certified radius: of each failure probability as many as are worth a price of a sample, the same for all, where
 * a radius is worth the share of these images whose class is right. (Lagrange: for a price λ no sharing has a larger radius less λ times its samples.)
 * Numbers of samples are tried in steps of a tenth, which leaves the radius less than 0.1 % below the largest one.
 *
 * @param groups of the population. @param most samples that one image may take
 */
export function informationLimit(
  groups: readonly DeltaGroup[],
  noise: Population['noise'],
  alpha: number,
  most: number,
): LimitPoint[] {
  const law = NOISES[noise.kind];
  const tried = triedSamples(most);
  const power = powerOf(alpha);
  const images = groups.map(({ delta, share, right }) => ({
    share,
    right,
    radii: tried.map((n) => largestRadius(delta, n, power, law)),
  }));
  const points = Array.from({ length: PRICES }, (_, k) => {
    const price = 0.1 * 10 ** (-k / PRICES_A_DECADE);
    const chosen = images.map(({ share, right, radii }) => bestOf(radii, tried, (price * share) / right));
    const samples = images.reduce((sum, { share }, i) => sum + share * tried[chosen[i]!]!, 0);
    const acr = images.reduce((sum, { right, radii }, i) => sum + right * radii[chosen[i]!]!, 0);
    return { samples, acr: noise.scale * acr };
  });
  return points.filter(({ samples }, k) => samples !== points[k - 1]?.samples);
}

/** Returns numbers of samples from 1 to `most`, which is the last one. */
function triedSamples(most: number): number[] {
  const tried = new Set<number>();
  for (let n = 1; n < most; n *= FACTOR) tried.add(Math.round(n));
  return [...tried.add(most)];
}

/** Returns the place of the number of samples that is worth most at a price of one sample; the first where only the price counts. */
function bestOf(radii: readonly number[], tried: readonly number[], price: number): number {
  if (price === Infinity) return 0;
  const worth = radii.map((radius, i) => radius - price * tried[i]!);
  return worth.indexOf(Math.max(...worth));
}
