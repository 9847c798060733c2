import { logM } from './confidence-sequence.js';
import type { Noise } from './noises/noise.js';

/**
 * The rule `target`: decide whether an image reaches radii named beforehand, and stop. One evaluation of the wealth M
 * per radius and look where a bound would need a root. It is Theorem C, asked at these radii only: P(for some look, some
 * class and some of the radii, the radius is accepted and not true) ≤ alpha, whatever rule stops.
 */
export interface Target {
  /** The failure probability, of the noise that is drawn, below which each radius is certified. */
  readonly deltas: readonly number[];
  /** Returns how many of the radii `failures` of `n` samples certify, from the smallest on; 0 if none. */
  reached(failures: number, n: number): number;
  /** Returns true if an image that holds `held` of the radii is not expected to reach the next one within the budget. */
  isFutile(held: number, failures: number, n: number): boolean;
}

export interface TargetOptions {
  /** Radii in units of the noise's scale, ascending, at least 0 and below the farthest of the noise. */
  readonly targets: readonly number[];
  /** 0 < alpha ≤ ¼. */
  readonly alpha: number;
  readonly maxSamples: number;
  readonly noise: Noise;
  /** How far the noise that is drawn may be from the exact law (law-error.ts). */
  readonly lawError: number;
}

/** A null is made smaller by this factor, so that no rounding can turn it into one that is easier to reject. */
const DELTA_DEFLATION = 1 - 1e-9;
/** Asked for beyond the theorem, on the logarithm of the wealth M. */
const LOG_SLACK = 1e-9;
/** Standard errors on the hopeful side before an image is given up. */
const HOPE = 2;
/** Looks after every so many samples, up to DENSE_UP_TO; then at steps of a tenth, rounded up to it. */
const STEP = 32;
const DENSE_UP_TO = 2048;

/** Returns every multiple of 32 to 2,048, then n ← 32 · ⌈(n + ⌈n/10⌉)/32⌉, all below `maxSamples`; then `maxSamples`. */
export function targetLooks(maxSamples: number): number[] {
  const looks = [];
  for (let n = STEP; n < maxSamples; n = nextLook(n)) looks.push(n);
  return [...looks, maxSamples];
}

function nextLook(n: number): number {
  const next = n < DENSE_UP_TO ? n + STEP : n + Math.ceil(n / 10);
  return STEP * Math.ceil(next / STEP);
}

/**
 * Returns the largest failure probability, rounded down, at which a radius in units of the noise's scale is certified: of the noise that is
 * drawn, so that it is lower by `lawError` than that of the exact law. 0, at which nothing is accepted, where no more is left.
 */
export function targetDelta(noise: Noise, radius: number, lawError: number): number {
  return Math.max(0, noise.deltaOf(radius) * DELTA_DEFLATION - lawError);
}

/**
 * Returns the most failures among `n` samples that reject "the failure probability is at least `delta`" at this level; −1 if
 * none do. M falls in the failures, so that all smaller counts reject too.
 */
export function mostAccepted(n: number, delta: number, level: number): number {
  const required = LOG_SLACK - Math.log(level);
  let low = -1;
  let high = Math.ceil(n * delta);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (logM(n - middle, middle, delta) >= required) low = middle;
    else high = middle;
  }
  return low;
}

/** Makes a list of radii ready. The level of each is p0 · alpha: the factor p0 pays for looking at all classes. */
export function compileTarget({ targets, alpha, maxSamples, noise, lawError }: TargetOptions): Target {
  const deltas = targets.map((radius) => targetDelta(noise, radius, lawError));
  const known = deltas.map(() => new Map<number, number>());
  const accepted = (n: number, j: number): number => {
    let most = known[j]!.get(n);
    if (most === undefined) {
      most = mostAccepted(n, deltas[j]!, (1 - deltas[j]!) * alpha);
      known[j]!.set(n, most);
    }
    return most;
  };
  return {
    deltas,
    reached(failures, n) {
      let j = deltas.length;
      while (j > 0 && failures > accepted(n, j - 1)) j -= 1;
      return j;
    },
    isFutile(held, failures, n) {
      const rate = failures / n;
      const hopeful = Math.max(0, rate - HOPE * Math.sqrt(Math.max(rate * (1 - rate), 1 / n) / n));
      return hopeful * maxSamples > accepted(maxSamples, held);
    },
  };
}
