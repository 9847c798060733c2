import { SmoothcertError } from '../../shared/errors.js';
import type { NoiseKind } from '../../shared/job.js';
import { type GeneratorModule, loadGenerator } from './generator-module.js';

/** How the samples of a noise are made, as a job records it. Any change of algorithm or bits gets another name or version. */
interface GeneratorIdentity {
  readonly name: string;
  readonly version: number;
}

/** The generator of each noise; a noise without one does not compile. */
export const GENERATORS: Readonly<Record<NoiseKind, GeneratorIdentity>> = {
  gaussian: { name: 'philox4x32-10/box-muller-f32', version: 1 },
};

export interface NoiseKernelOptions {
  /** Elements of one input, at least 1. */
  readonly dimension: number;
  /** Rows of the model's input, at least 1. */
  readonly batch: number;
  /** The job's seed, 0 to 2^64 − 1. */
  readonly seed: bigint;
  /** [dimension], σ·inputScale/std per element, in the model's order; finite and above 0. */
  readonly gain: Float32Array;
}

const PAGE_BYTES = 65_536;
const MAX_BYTES = 2 ** 32;
const WORD = 2 ** 32;
const SAMPLE_LIMIT = 2 ** 53;

/** Elements that the generator makes at once; the arrays that it reads are padded to a multiple of it. */
const GROUP = 16;

/** Bits 24–31 of the counter's last word: a number of its own for each noise, so that no two use the same words. */
const TAGS: Readonly<Record<NoiseKind, number>> = { gaussian: 0 };

/**
 * Gaussian noise on one image at a time, written straight into the model's input.
 *
 * Element j of sample s of image i is base[j] + gain[j]·z(seed, i, s, j) in float32, where z depends on nothing else:
 * not on the batch, the row, the dimension, the order of calls or the platform. Its bits are the same on every engine
 * (only IEEE 754 +, −, ×, ÷, sqrt and integers; no relaxed SIMD, no host mathematics).
 *
 * Words: Philox4x32-10 (Salmon et al., SC 2011), key = seed, counter = (block, s mod 2^32, i, ⌊s/2^32⌋ + 2^24·tag); no
 * two blocks of a job have the same counter. Sixteen elements take four blocks: elements 0–3 the cosine and 4–7 the
 * sine made of the first two words of blocks 0–3, elements 8–11 and 12–15 those of the last two words.
 *
 * Transform: Box-Muller (1958). Radius sqrt(−2 ln u) with u = (word + ½)/2^32, all 32 bits, never 0 or 1; direction
 * one of 2^32 equally spaced angles, symmetric about both axes and the diagonals. How far z is from N(0, 1), the radius
 * and the direction measured word by word (bench/noise-transform.txt):
 * - largest |z|: 6.76370573, the float32 of sqrt(66 ln 2); a true normal is beyond it with probability 1.35e-11. The
 *   outermost radii (6.764, 6.599, 6.521 …) have mass 2^-32 each; the smallest radius is 2^-16;
 * - rounding: radius within 1.26e-7 relatively, cosine and sine within 1.24e-7, hence z within 3.1e-7·radius ≤ 2.1e-6
 *   of exact Box-Muller on the same words;
 * - moments: odd ones exactly 0 (bitwise symmetry), variance 1 + 2e-9, fourth moment 3·(1 − 5e-9);
 * - |P(z ≤ x) − Φ(x)| < 1.2e-7 for every x: the rounding above times E[radius | z = x]·φ(x) < 0.36, plus 2^-31 for
 *   the discrete words.
 */
export class NoiseKernel {
  /** [batch × dimension], a view on WebAssembly memory that never moves: the model's input tensor reads from it. */
  readonly input: Float32Array;
  readonly #module: GeneratorModule;
  readonly #base: Float32Array;
  readonly #gain: Float32Array;
  readonly #dimension: number;
  readonly #batch: number;

  private constructor(module: GeneratorModule, { dimension, batch, seed, gain }: NoiseKernelOptions) {
    const { buffer } = module.memory;
    const padded = paddedLength(dimension);
    this.#module = module;
    this.#dimension = dimension;
    this.#batch = batch;
    this.#base = new Float32Array(buffer, module.heapBase(), padded);
    this.#gain = new Float32Array(buffer, this.#base.byteOffset + this.#base.byteLength, padded);
    this.input = new Float32Array(buffer, this.#gain.byteOffset + this.#gain.byteLength, batch * dimension);
    this.#gain.set(gain);
    module.setKey(Number(seed % BigInt(WORD)), Number(seed / BigInt(WORD)));
  }

  /**
   * Creates a kernel with all the memory that it will use: about 4·dimension·(batch + 2) bytes.
   * @throws SmoothcertError MODEL_INPUT_UNSUPPORTED if that is more than 4 GiB, or more than the system has
   * @throws RangeError for options outside their ranges
   */
  static async create(options: NoiseKernelOptions): Promise<NoiseKernel> {
    checkOptions(options);
    const { dimension, batch } = options;
    const module = await loadGenerator();
    const bytes = module.heapBase() + 4 * (2 * paddedLength(dimension) + batch * dimension);
    if (bytes > MAX_BYTES) throw tooLarge(options, 'the 4 GiB that the noise generator can address');
    const missing = Math.ceil((bytes - module.memory.buffer.byteLength) / PAGE_BYTES);
    try {
      if (missing > 0) module.memory.grow(missing);
    } catch (cause) {
      throw tooLarge(options, 'the memory that is left', cause);
    }
    return new NoiseKernel(module, options);
  }

  /** Sets the image to which noise is added: [dimension], after normalisation. */
  setImage(base: Float32Array): void {
    if (base.length !== this.#dimension) {
      throw new RangeError(`the image has ${base.length} elements, not ${this.#dimension}`);
    }
    this.#base.set(base);
  }

  /**
   * Draws samples: input row r := base + gain·z(seed, image, firstSample + r − row), for r = row … row + count − 1.
   * @param image 0 to 2^32 − 1
   * @param firstSample 0 or more; firstSample + count is at most 2^53
   */
  draw(row: number, image: number, firstSample: number, count: number): void {
    check('image', image, 0, WORD - 1);
    check('count', count, 0, this.#batch);
    check('row', row, 0, this.#batch - count);
    check('firstSample', firstSample, 0, SAMPLE_LIMIT - count);
    this.#module.draw(
      this.#base.byteOffset,
      this.#gain.byteOffset,
      this.input.byteOffset + 4 * row * this.#dimension,
      this.#dimension,
      image,
      firstSample % WORD,
      Math.floor(firstSample / WORD) + TAGS.gaussian * 2 ** 24,
      count,
    );
  }
}

function paddedLength(dimension: number): number {
  return Math.ceil(dimension / GROUP) * GROUP;
}

function checkOptions({ dimension, batch, seed, gain }: NoiseKernelOptions): void {
  check('dimension', dimension, 1, Number.MAX_SAFE_INTEGER);
  check('batch', batch, 1, Number.MAX_SAFE_INTEGER);
  if (seed < 0n || seed >= 2n ** 64n) throw new RangeError(`seed ${seed} is not within 0 … 2^64 − 1`);
  if (gain.length !== dimension) {
    throw new RangeError(`gain has ${gain.length} elements, not ${dimension}`);
  }
  if (!gain.every((value) => value > 0 && value < Infinity)) {
    throw new RangeError('gain is not finite and above 0 everywhere');
  }
}

function check(name: string, value: number, least: number, most: number): void {
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    throw new RangeError(`${name} ${value} is not a whole number within ${least} … ${most}`);
  }
}

function tooLarge({ dimension, batch }: NoiseKernelOptions, limit: string, cause?: unknown): SmoothcertError {
  const size = ((4 * dimension * (batch + 2)) / 2 ** 30).toFixed(2);
  return new SmoothcertError(
    'MODEL_INPUT_UNSUPPORTED',
    `A batch of ${batch} inputs of ${dimension} numbers needs ${size} GiB, more than ${limit}.`,
    'Use a model with a smaller input, or a machine with more memory.',
    { cause },
  );
}
