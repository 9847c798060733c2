import { binomialMass, binomialTail } from '../../statistics/binomial.js';
import { cltDelta } from '../../statistics/bounds/clt.js';
import { deltaGroups } from '../plan/delta-groups.js';
import { populationOf, type Drawing } from './drawing.js';

/** How often the normal approximation says more than is true, where each image has an error rate of at most α by right. */
export interface CltError {
  /** Probability, or share of images, whose approximate radius is above the true one. */
  readonly wrong: number;
  /** Probability, or share of images, without a failure: the approximation has no bound for them. */
  readonly unanimous: number;
}

/** The error of the approximation at one number of samples, over the images of a drawing. */
export interface CltRow {
  readonly n: number;
  /** On the first n samples behind the selection of each image; the shares of all samples stand for the truth. */
  readonly measured: CltError;
  /** Exactly what n fresh samples can be expected to give. */
  readonly exact: CltError;
}

/** Failure probabilities for which the error is computed, the last ones near p = 1, and numbers of samples. */
const DELTAS = [0.4, 0.2, 0.1, 0.05, 0.01, 0.001, 0.0001];
const SIZES = [10, 16, 25, 32, 50, 100, 1_000, 10_000, 100_000];

/** Returns the error at every size of a drawing. */
export function cltRows(drawing: Drawing): CltRow[] {
  const { sizes, alpha, images } = drawing;
  const population = populationOf(drawing);
  const groups = deltaGroups(population);
  return sizes.map((n, at) => {
    const outcomes = images.map(({ failures }, i) => ({
      failures: failures[at]!,
      delta: population.images[i]!.delta,
    }));
    const share = (is: (one: (typeof outcomes)[number]) => boolean) =>
      outcomes.filter(is).length / images.length;
    const exact = groups.map(({ delta, share: part }) => ({ part, error: cltErrorAt(n, delta, alpha) }));
    return {
      n,
      measured: {
        wrong: share(({ failures, delta }) => isWrong(failures, n, delta, alpha)),
        unanimous: share(({ failures }) => failures === 0),
      },
      exact: {
        wrong: exact.reduce((sum, { part, error }) => sum + part * error.wrong, 0),
        unanimous: exact.reduce((sum, { part, error }) => sum + part * error.unanimous, 0),
      },
    };
  });
}

/** Returns the exact error, by the binomial law, for images of given probabilities and given numbers of samples. */
export function cltTable(alpha: number): { n: number; delta: number; error: CltError }[] {
  return DELTAS.flatMap((delta) => SIZES.map((n) => ({ n, delta, error: cltErrorAt(n, delta, alpha) })));
}

/** Returns true if the approximate radius of these votes is above the radius of an image with this failure probability. */
function isWrong(failures: number, n: number, delta: number, alpha: number): boolean {
  const approximate = cltDelta(failures, n, alpha);
  return approximate !== null && approximate < 0.5 && approximate < delta;
}

/**
 * Returns how often n samples of an image of failure probability `delta` make the approximate radius larger than the true one. The
 * approximation rises with the failures up to half of n, so these are the failures from 1 to the last one that is wrong.
 */
export function cltErrorAt(n: number, delta: number, alpha: number): CltError {
  if (delta === 0) return { wrong: 0, unanimous: 1 };
  if (delta === 1) return { wrong: 0, unanimous: 0 };
  const unanimous = binomialMass(0, n, delta);
  let [low, high] = [0, Math.ceil(n / 2)];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (isWrong(middle, n, delta, alpha)) low = middle;
    else high = middle;
  }
  return { wrong: low === 0 ? 0 : binomialTail(low, n, delta) - unanimous, unanimous };
}
