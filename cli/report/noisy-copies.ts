import type { Fraction } from '../../shared/dataset/fraction.js';
import { canonicalJson, type Job } from '../../shared/job.js';
import { latticeOf } from '../../statistics/noises/lattice.js';
import { resolveLayout } from '../../worker/model/layout.js';
import { GENERATOR, NoiseKernel } from '../../worker/noise/noise-kernel.js';
import type { PictureShape } from './picture-shape.js';

/** Adds the noise of a job's sample to an image. */
export interface NoisyCopies {
  /**
   * Returns sample 0 of an image, as the model got it before its normalisation, in levels of 0 to 255 and beyond, in the image's own order.
   *
   * @param values of the image: whole numbers of the data's lattice step. The array that is returned is used again
   */
  copyOf(image: number, values: Int32Array): Float32Array;
}

/** The sample that is shown. */
const SAMPLE = 0;

/**
 * Returns what adds the noise of a job, by its own generator, seed and lattice; null if another version drew it.
 *
 * @param step lattice step of the data
 */
export async function noisyCopies(
  { draw }: Job,
  step: Fraction,
  imageShape: readonly number[],
  shape: PictureShape,
): Promise<NoisyCopies | null> {
  const { noise, layout } = draw;
  const { channels, height, width } = shape;
  const dimension = channels * height * width;
  const { lattice, refinement, stepSize } = latticeOf(step, noise.kind, noise.scale, dimension);
  const same = noise.lattice !== undefined && canonicalJson(noise.lattice) === canonicalJson(lattice);
  if (!same || noise.generator !== GENERATOR.name || noise.version !== GENERATOR.version) return null;
  const rowShape = { flat: [dimension], nchw: [channels, height, width], nhwc: [height, width, channels] };
  const { order } = resolveLayout(rowShape[layout], imageShape, layout);
  const kernel = await NoiseKernel.create({
    dimension,
    batch: 1,
    seed: BigInt(draw.seed),
    kind: noise.kind,
    ratio: lattice.ratio,
    gain: new Float32Array(dimension).fill(255 * stepSize),
    shift: new Float32Array(dimension),
  });
  const placeOf = (element: number) => (order === null ? element : order[element]!);
  const points = new Int32Array(dimension);
  const levels = new Float32Array(dimension);
  return {
    copyOf(image, values) {
      for (let element = 0; element < dimension; element++)
        points[element] = values[placeOf(element)]! * refinement;
      kernel.setImage(points);
      kernel.draw(0, image, SAMPLE, 1);
      for (let element = 0; element < dimension; element++) levels[placeOf(element)] = kernel.input[element]!;
      return levels;
    },
  };
}
