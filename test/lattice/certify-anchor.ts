import { compileDecision } from '../../coordinator/core/look.js';
import type { Claim } from '../../shared/job.js';
import { latticeOf } from '../../statistics/noises/lattice.js';
import { NoiseKernel } from '../../worker/noise/noise-kernel.js';
import { twoClasses } from '../exact/procedure.js';
import { upperTail } from '../harness/binomial.js';
import { hash } from '../support/jobs.js';
import { DIMENSION, LEVELS, SIGMA, pixelOf, type Score } from './attacks.js';

/** Certifies an anchor as `fixed` does, and looks for an input within the radius that is answered otherwise. */

const SELECTION = 100;
const SAMPLES = 400;
const MOST = SELECTION + SAMPLES;
/** An anchor's own samples are of that class with about this probability, where the score allows it. */
const SHARE = 0.9;
/** A neighbour is answered otherwise if so few votes for the class have at most this probability where it gets every second one. */
const DOUBT = 1e-9;

const CLAIM: Claim = {
  alpha: 0.001,
  bound: 'clopper-pearson',
  stop: { kind: 'fixed', selection: SELECTION },
  looks: [SELECTION, MOST],
  images: { start: 0, stop: 1, step: 1 },
};
const { lattice } = latticeOf({ numerator: 1, denominator: LEVELS }, 'gaussian', SIGMA, DIMENSION);
const decision = compileDecision(CLAIM, { kind: 'gaussian', scale: SIGMA, lattice });

/** Draws noisy inputs of grey levels: [count × DIMENSION], valid until the next call. */
export interface Sampler {
  readonly draw: (levels: Int32Array, count: number) => Float32Array;
}

/** Returns the sampler that is shipped. No two calls of it get the same noise. */
export async function latticeSampler(seed: bigint): Promise<Sampler> {
  const gain = new Float32Array(DIMENSION).fill(1 / LEVELS);
  const shift = new Float32Array(DIMENSION);
  const { ratio } = lattice;
  const kernel = await NoiseKernel.create({
    dimension: DIMENSION,
    batch: MOST,
    seed,
    kind: 'gaussian',
    ratio,
    gain,
    shift,
  });
  let image = 0;
  return {
    draw(levels, count) {
      kernel.setImage(levels);
      kernel.draw(0, image++, 0, count);
      return kernel.input;
    },
  };
}

/** Planted error: returns a sampler that adds normal noise to the pixel in float32, as certifiers usually do (Box and Muller's normals). */
export function floatSampler(seed: number): Sampler {
  const f32 = Math.fround;
  const input = new Float32Array(MOST * DIMENSION);
  let drawn = 0;
  const uniform = (part: number): number =>
    (hash(seed, drawn, part) + hash(seed, drawn, part + 2) / 2 ** 32) / 2 ** 32;
  const normal = (): number => {
    drawn += 1;
    return Math.sqrt(-2 * Math.log(1 - uniform(0))) * Math.cos(2 * Math.PI * uniform(1));
  };
  return {
    draw(levels, count) {
      for (let i = 0; i < count * DIMENSION; i++) {
        input[i] = f32(pixelOf(levels[i % DIMENSION]!) + f32(SIGMA * normal()));
      }
      return input;
    },
  };
}

/** Returns by how many levels a pixel is changed. */
type Change = (pixel: number) => number;

/** Input pixels, all of one level but for what `change` adds to them. */
const inputOf = (level: number, change: Change): Int32Array =>
  Int32Array.from({ length: DIMENSION }, (_, pixel) => level + change(pixel));

/** Changes of the anchor: one level everywhere, here and there or in one place, and more. */
const CHANGES: readonly Change[] = [
  () => -1,
  () => 1,
  (pixel) => (pixel % 2 === 0 ? 1 : -1),
  (pixel) => (pixel === 0 ? -1 : 0),
  () => -2,
  () => 4,
  () => -7,
];

/** Certificates at one anchor. */
export interface Trial {
  /** Null if it abstains. */
  readonly certified: { readonly classIndex: number; readonly radius: number } | null;
  /** Distances of the neighbours within the radius that are answered otherwise. */
  readonly refuting: readonly number[];
}

/**
 * Certifies an anchor, and counts votes at its neighbours within the radius. The limit of the score is its `SHARE` quantile over samples
 * that are used for nothing else.
 */
export function attack(scoreOf: (anchor: number) => Score, level: number, sampler: Sampler): Trial {
  const score = scoreOf(level);
  const anchor = inputOf(level, () => 0);
  const limit = scoresOf(score, sampler.draw(anchor, SAMPLES), SAMPLES).sort()[SHARE * SAMPLES]!;
  const zerosAt = (input: Int32Array, count: number): Uint8Array =>
    Uint8Array.from(scoresOf(score, sampler.draw(input, count), count), (s) => (s <= limit ? 1 : 0));
  const votes = zerosAt(anchor, MOST);
  const zeros = (end: number) => votes.subarray(0, end).reduce((sum, vote) => sum + vote, 0);
  const prefixes = CLAIM.looks.map((n) => twoClasses(zeros(n), n - zeros(n)));
  const { held } = decision.at(1, prefixes, null);
  const radius = held === null ? null : decision.radiusOf(held.deltaUpper);
  if (held === null || radius === null) return { certified: null, refuting: [] };
  const isRefuted = (change: Change): boolean => {
    const others = zerosAt(inputOf(level, change), SAMPLES).filter((zero) => zero === held.classIndex).length;
    return upperTail(others, SAMPLES, 0.5) < DOUBT;
  };
  const refuting = CHANGES.filter((change) => distanceOf(change) < radius && isRefuted(change));
  return { certified: { classIndex: held.classIndex, radius }, refuting: refuting.map(distanceOf) };
}

const distanceOf = (change: Change): number => Math.hypot(...inputOf(0, change)) / LEVELS;

const scoresOf = (score: Score, inputs: Float32Array, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, row) => score(inputs, row * DIMENSION));
