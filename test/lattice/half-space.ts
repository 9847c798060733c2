import { certificateOf } from '../../coordinator/results/certificates.js';
import { predictionOf } from '../../coordinator/results/predictions.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import type { Counts } from '../../shared/counts.js';
import type { Job, NoiseKind, StoppingRule } from '../../shared/job.js';
import type { Shard } from '../../shared/shards.js';
import { latticeOf } from '../../statistics/noises/lattice.js';
import { NoiseKernel } from '../../worker/noise/noise-kernel.js';
import { twoClasses } from '../exact/procedure.js';
import { hash, makeJob, makeRecord, type JobOptions } from '../support/jobs.js';

/**
 * Classifiers on the lattice whose true radius is known. Each looks at one element and answers 0 up to `margin` steps beyond the image's
 * lattice point, and 1 behind. Followed by rounding to the nearest point it is a half-space of real inputs, exactly: what is below
 * (margin + ½) steps from the image is of class 0. So its radius is (margin + ½) steps, in every norm, for every symmetric noise.
 */

/** Elements of an input; all but one decide nothing. */
export const DIMENSION = 3;
export const LEVELS = 255;
const STEP = { numerator: 1, denominator: LEVELS };
/** The scales of half-spaces are about this, some 46 steps. */
const USUAL_SCALE = 0.18;

export interface HalfSpace {
  readonly kind: NoiseKind;
  /** Of the noise, in units of the data. */
  readonly scale: number;
  readonly margin: number;
}

/** Returns a half-space whose true radius is below `z` scales of the noise, by a millionth of it or little more. */
export function halfSpaceAt(kind: NoiseKind, z: number): HalfSpace {
  const margin = Math.max(0, Math.round(LEVELS * USUAL_SCALE * z - 0.5));
  const scale = ((margin + 0.5) / LEVELS / z) * (1 + 1e-6);
  return { kind, scale: Math.ceil(scale * 1e8) / 1e8, margin };
}

/** Returns the true radius, in units of the data. */
export const trueRadius = ({ margin }: HalfSpace): number => (margin + 0.5) / LEVELS;

/** Returns a job on this lattice, as `certify` would make it. */
export function jobOf(
  { kind, scale }: HalfSpace,
  options: Partial<JobOptions> & { stop: StoppingRule },
): Job {
  const { lattice } = latticeOf(STEP, kind, scale, DIMENSION);
  const noise = { kind, scale, generator: 'test', version: 1, lattice };
  return makeJob({ ...options, draw: { ...options.draw, noise, classes: 2 } });
}

/** Certificates of the job's images. */
export interface Outcome {
  readonly certified: number;
  /** Those of class 1, or of more than the true radius. */
  readonly wrong: number;
}

/**
 * Draws the job's images with the kernel, folds the votes as they come, and counts its certificates.
 *
 * @param ratio of the noise that is drawn: that of the job, but for planted errors
 */
export async function certifyAll(
  job: Job,
  space: HalfSpace,
  ratio = job.draw.noise.lattice!.ratio,
): Promise<Outcome> {
  let [certified, wrong] = [0, 0];
  for await (const { fold, image } of decided(job, space, ratio)) {
    const row = certificateOf(fold, image, 0)!;
    if (row.outcome !== 'certified') continue;
    certified += 1;
    if (row.class !== 0 || row.radius > trueRadius(space)) wrong += 1;
  }
  return { certified, wrong };
}

/** The same of the predictions of a job of `predict`: those of class 1 are wrong. */
export async function predictAll(
  job: Job,
  space: HalfSpace,
): Promise<{ readonly predicted: number; readonly wrong: number }> {
  let [predicted, wrong] = [0, 0];
  for await (const { fold, image } of decided(job, space, job.draw.noise.lattice!.ratio)) {
    const row = predictionOf(fold, image, 0)!;
    if (row.outcome !== 'predicted') continue;
    predicted += 1;
    if (row.class !== 0) wrong += 1;
  }
  return { predicted, wrong };
}

/** Draws the votes of each image until it is decided. */
async function* decided(
  job: Job,
  space: HalfSpace,
  ratio: string,
): AsyncGenerator<{ readonly fold: JobFold; readonly image: number }> {
  const fold = new JobFold(job);
  const drawer = await VoteDrawer.open(job, space, ratio);
  const { digest, grid } = fold;
  const empty = makeRecord(job, {});
  for (const [image, state] of fold.images) {
    for (const shards of grid.segments) {
      if (state.ending !== null) break;
      const counted = shards.map((range) => {
        const shard = { image, ...range };
        return { shard, counts: drawer.draw(shard), micros: 1 };
      });
      fold.apply({ ...empty, jobDigest: digest, counted });
    }
    yield { fold, image };
  }
}

/** Draws votes of a half-space. Which element it looks at, and to which side, changes from image to image. */
class VoteDrawer {
  private constructor(
    private readonly kernel: NoiseKernel,
    private readonly margin: number,
  ) {}

  static async open({ draw }: Job, { kind, margin }: HalfSpace, ratio: string): Promise<VoteDrawer> {
    const gain = new Float32Array(DIMENSION).fill(1);
    const shift = new Float32Array(DIMENSION);
    const batch = Math.max(...draw.segments);
    const seed = BigInt(draw.seed);
    const kernel = await NoiseKernel.create({ dimension: DIMENSION, batch, seed, kind, ratio, gain, shift });
    return new VoteDrawer(kernel, margin);
  }

  draw({ image, begin, end }: Shard): Counts {
    const points = Int32Array.from({ length: DIMENSION }, (_, element) => hash(0, image, element) % LEVELS);
    const element = image % DIMENSION;
    const side = image % 2 === 0 ? 1 : -1;
    const farthest = side * points[element]! + this.margin;
    this.kernel.setImage(points);
    this.kernel.draw(0, image, begin, end - begin);
    const { input } = this.kernel;
    let first = 0;
    for (let row = 0; row < end - begin; row++) {
      if (side * input[row * DIMENSION + element]! <= farthest) first += 1;
    }
    return twoClasses(first, end - begin - first);
  }
}
