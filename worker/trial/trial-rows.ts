import type { Fraction } from '../../shared/dataset/fraction.js';
import { colourAxis, oppositeChannel } from '../../shared/dataset/colour-axis.js';
import { elementsOf } from '../../shared/dataset/canonical.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { NoiseSpec } from '../../shared/job.js';
import { latticeOf, type NoiseLattice } from '../../statistics/noises/lattice.js';
import { PROBE_SAMPLES } from '../draw/probe.js';
import { plausibleOrder, toChw } from '../model/axes.js';
import { resolveLayout, type InputPlan } from '../model/layout.js';
import { Preprocessing } from '../model/preprocess.js';
import { NoiseKernel } from '../noise/noise-kernel.js';
import type { TrialPreprocessing, TrialSubject } from './messages.js';

/** The seed of trials. Their samples are numbered apart, so that no sample of a job is drawn, not even of a job of this seed. */
const SEED = 0n;
const FIRST_SAMPLE = PROBE_SAMPLES + 2 ** 40;

/** Noisy copies of images in the data's own order, before any preprocessing: the same for all that is tried. */
export class NoisyCopies {
  private constructor(
    private readonly kernel: NoiseKernel,
    readonly lattice: NoiseLattice,
    private readonly copies: number,
  ) {}

  /** @param step lattice step of the data @param copies most copies of an image, at least 1. @throws OPTION_INVALID for noise that cannot be drawn */
  static async create(
    imageShape: readonly number[],
    step: Fraction,
    { kind, scale }: Pick<NoiseSpec, 'kind' | 'scale'>,
    copies: number,
  ): Promise<NoisyCopies> {
    const dimension = elementsOf(imageShape);
    const lattice = latticeOf(step, kind, scale, dimension);
    const { ratio } = lattice.lattice;
    const gain = new Float32Array(dimension).fill(1);
    const shift = new Float32Array(dimension);
    const options = { dimension, batch: copies, seed: SEED, kind, ratio, gain, shift };
    return new NoisyCopies(await NoiseKernel.create(options), lattice, copies);
  }

  /** Returns the image as points of the noise's lattice. @param values whole numbers of the data's step */
  plain(values: Int32Array): Float32Array {
    return new Float32Array(values.map((value) => value * this.lattice.refinement));
  }

  /** Returns `copies` noisy copies, [copies × values]; valid until the next call. */
  noisy(image: number, values: Int32Array): Float32Array {
    this.kernel.setImage(values.map((value) => value * this.lattice.refinement));
    this.kernel.draw(0, image, FIRST_SAMPLE, this.copies);
    return this.kernel.input;
  }
}

/** Writes points of the lattice into rows of the model's input, in one preprocessing. */
export class RowWriter {
  readonly plan: InputPlan;
  /** Position in the image of each element of a row. */
  private readonly places: Int32Array;
  private readonly gain: Float32Array;
  private readonly shift: Float32Array;

  /** @throws MODEL_DATA_MISMATCH, OPTION_INVALID if the preprocessing does not fit model and images */
  constructor(
    { rowShape, imageShape }: Pick<TrialSubject, 'rowShape' | 'imageShape'>,
    { normalisation, layout, reversed, transposed }: TrialPreprocessing,
    lattice: NoiseLattice,
  ) {
    this.plan = resolveLayout(rowShape, imageShape, layout);
    const { gain, shift } = new Preprocessing(this.plan, normalisation, lattice);
    const other = transposed ? otherOrder(imageShape) : null;
    const own = other ?? this.plan.order ?? Int32Array.from({ length: this.plan.dimension }, (_, at) => at);
    this.places = reversed ? withBlueFirst(own, imageShape) : own;
    // The factors are of the channel that a value is in, wherever the transposition puts it.
    this.gain = other === null ? gain : gain.map((_, at) => gain[other[at]!]!);
    this.shift = other === null ? shift : shift.map((_, at) => shift[other[at]!]!);
  }

  /** Writes one row. @param points of one image, in the data's order */
  write(points: Float32Array, into: Float32Array, row: number): void {
    const { dimension } = this.plan;
    const { places, gain, shift } = this;
    const begin = row * dimension;
    for (let at = 0; at < dimension; at++)
      into[begin + at] = Math.fround(points[places[at]!]! * gain[at]!) + shift[at]!;
  }
}

/** Returns, for each element of a flat row in the other order of axes, the place of its value in an image of three axes. */
function otherOrder(imageShape: readonly number[]): Int32Array {
  const order = plausibleOrder(imageShape) ?? 'chw';
  const [channels, height, width] = toChw(imageShape, order);
  const area = height * width;
  const [outer, inner] = order === 'chw' ? [channels, area] : [area, channels];
  return Int32Array.from({ length: outer * inner }, (_, at) => (at % outer) * inner + Math.floor(at / outer));
}

/** Returns the places with those of red and blue swapped. @throws MODEL_DATA_MISMATCH if the images have no three channels */
function withBlueFirst(places: Int32Array, imageShape: readonly number[]): Int32Array {
  const axis = colourAxis(imageShape);
  if (axis === null) {
    throw new SmoothcertError(
      'MODEL_DATA_MISMATCH',
      `Images of shape [${imageShape.join(', ')}] have no three channels that could be reversed.`,
      'Leave --bgr out.',
    );
  }
  const area = elementsOf(imageShape) / 3;
  return places.map((place) => oppositeChannel(place, axis, area));
}
