import { LATTICE_GENERATOR, type NoiseKind } from '../../shared/job.js';
import { type GeneratorModule, loadGenerator } from './generator-module.js';
import { type KernelMemory, kernelMemory } from './kernel-memory.js';
import { checkLength, checkOptions, checkWhole, type NoiseKernelOptions } from './kernel-options.js';
import { lawTable, type LawTable } from './law-table.js';

/** How samples are made, as a job records it. Any change of algorithm or bits gets another name or version. */
export const GENERATOR = { name: LATTICE_GENERATOR, version: 1 } as const;

const WORD = 2 ** 32;
const SAMPLE_LIMIT = 2 ** 53;
const LARGEST_POINT = 2 ** 31 - 1;

/**
 * Bits 24–31 of the counter's last word, for the first 16 bits of an element; one more for its further bits. All differ, so
 * that no word is used twice. A noise without a number does not compile.
 */
const TAGS: Readonly<Record<NoiseKind, number>> = { gaussian: 0, laplace: 2, uniform: 4 };

/**
 * Noise on one image at a time, written straight into the model's input.
 *
 * Element e of sample s of image i is float32(point[e] + K(seed, i, s, e))·gain[e] + shift[e], where the conversion to
 * float32, the product and the sum are rounded once each, and K, a whole number of steps, depends on nothing else: not on
 * the batch, the row, the dimension, the order of calls or the platform. Its bits are the same on every engine (only
 * integers and IEEE 754 × and +; no relaxed SIMD, no host mathematics).
 *
 * Words: Philox4x32-10 (Salmon et al., SC 2011), key = seed, counter = (c, s mod 2^32, i, ⌊s/2^32⌋ + 2^24·tag); no two
 * blocks of a job have the same counter. Of element e = 32g + 8j + 2c + h (0 ≤ j < 4, 0 ≤ c < 4, 0 ≤ h < 2) the first 16
 * bits u are the lower (h = 0) or upper (h = 1) half of word j of block 4g + c, under the noise's tag. Its 48 further bits v
 * are (word 1 mod 2^16)·2^32 + word 0 of block e under the next tag.
 *
 * Law: K = k iff T_{k−1} ≤ u·2^48 + v < T_k, with the thresholds of statistics/noises/thresholds.ts, which are within
 * (2M + 1)·2^-65 of the exact law in total variation. v is looked at only where u does not decide: for 0.4 to 0.7 % of
 * elements at ratios of 32 to 64, for 2.6 % at 255.
 */
export class NoiseKernel {
  /** [batch × dimension], a view on WebAssembly memory that never moves: the model's input tensor reads from it. */
  readonly input: Float32Array;
  readonly #module: GeneratorModule;
  readonly #memory: KernelMemory;
  readonly #dimension: number;
  readonly #batch: number;
  readonly #largest: number;
  readonly #tag: number;

  private constructor(module: GeneratorModule, options: NoiseKernelOptions, law: LawTable) {
    const { dimension, batch, seed, kind, gain, shift } = options;
    const memory = kernelMemory(module, options, law);
    memory.entries.set(law.entries);
    memory.thresholds.set(law.thresholds);
    memory.gain.set(gain);
    memory.shift.set(shift);
    module.setKey(Number(seed % BigInt(WORD)), Number(seed / BigInt(WORD)));
    module.setLaw(memory.entries.byteOffset, memory.thresholds.byteOffset, law.largest);
    this.input = memory.input;
    this.#module = module;
    this.#memory = memory;
    this.#dimension = dimension;
    this.#batch = batch;
    this.#largest = law.largest;
    this.#tag = TAGS[kind];
  }

  /**
   * Creates a kernel with all the memory that it will use (kernel-memory.ts); its image is 0 everywhere.
   * @throws SmoothcertError MODEL_INPUT_UNSUPPORTED if that is more than 4 GiB, or more than the system has
   * @throws RangeError for options outside their ranges
   */
  static async create(options: NoiseKernelOptions): Promise<NoiseKernel> {
    checkOptions(options);
    const law = lawTable(options.kind, options.ratio);
    return new NoiseKernel(await loadGenerator(), options, law);
  }

  /**
   * Sets the image to which noise is added: [dimension], lattice points in the model's order.
   * @throws RangeError if a point with the largest noise is outside the 32-bit integers, where it could not be added exactly
   */
  setImage(points: Int32Array): void {
    checkLength('the image', points, this.#dimension);
    const farthest = LARGEST_POINT - this.#largest;
    if (!points.every((point) => point >= -farthest && point <= farthest)) {
      throw new RangeError(`a point of the image is not within ±${farthest}`);
    }
    this.#memory.points.set(points);
  }

  /**
   * Draws samples: input row r := float32(points + K(seed, image, firstSample + r − row))·gain + shift, for r = row …
   * row + count − 1.
   * @param image 0 to 2^32 − 1
   * @param firstSample 0 or more; firstSample + count is at most 2^53
   */
  draw(row: number, image: number, firstSample: number, count: number): void {
    checkWhole('image', image, 0, WORD - 1);
    checkWhole('count', count, 0, this.#batch);
    checkWhole('row', row, 0, this.#batch - count);
    checkWhole('firstSample', firstSample, 0, SAMPLE_LIMIT - count);
    const { points, gain, shift } = this.#memory;
    this.#module.draw(
      points.byteOffset,
      gain.byteOffset,
      shift.byteOffset,
      this.input.byteOffset + 4 * row * this.#dimension,
      this.#dimension,
      image,
      firstSample % WORD,
      Math.floor(firstSample / WORD) + this.#tag * 2 ** 24,
      count,
    );
  }
}
