import { SmoothcertError } from '../../shared/errors.js';
import type { NoiseKind } from '../../shared/job.js';

export interface NoiseKernelOptions {
  /** Elements of one input, at least 1. */
  readonly dimension: number;
  /** Rows of the model's input, at least 1. */
  readonly batch: number;
  /** The job's seed, 0 to 2^64 − 1. */
  readonly seed: bigint;
  readonly kind: NoiseKind;
  /** Scale of the noise in steps of the lattice: a plain decimal from 0.5 to 16,384. */
  readonly ratio: string;
  /** [dimension], per element in the model's order, by which lattice points are multiplied; finite and above 0. */
  readonly gain: Float32Array;
  /** [dimension], per element in the model's order, which is added then; finite. */
  readonly shift: Float32Array;
}

/** Throws unless the options are within their ranges; the ratio is left to `thresholdsOf`. @throws RangeError */
export function checkOptions({ dimension, batch, seed, gain, shift }: NoiseKernelOptions): void {
  checkWhole('dimension', dimension, 1, Number.MAX_SAFE_INTEGER);
  checkWhole('batch', batch, 1, Number.MAX_SAFE_INTEGER);
  if (seed < 0n || seed >= 2n ** 64n) throw new RangeError(`seed ${seed} is not within 0 … 2^64 − 1`);
  checkLength('gain', gain, dimension);
  checkLength('shift', shift, dimension);
  if (!gain.every((value) => value > 0 && value < Infinity)) {
    throw new RangeError('gain is not finite and above 0 everywhere');
  }
  if (!shift.every(Number.isFinite)) throw new RangeError('shift is not finite everywhere');
}

/** Throws unless `values` has `length` elements. @throws RangeError */
export function checkLength(name: string, values: ArrayLike<number>, length: number): void {
  if (values.length !== length) {
    throw new RangeError(`${name} has ${values.length} elements, not ${length}`);
  }
}

/** Throws unless `value` is a whole number within `least` … `most`. @throws RangeError */
export function checkWhole(name: string, value: number, least: number, most: number): void {
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    throw new RangeError(`${name} ${value} is not a whole number within ${least} … ${most}`);
  }
}

/**
 * Returns the error of a kernel that needs too much memory.
 * @param bytes what it needs
 * @param limit what there is, as the end of a sentence
 */
export function tooLarge(
  { dimension, batch }: NoiseKernelOptions,
  bytes: number,
  limit: string,
  cause?: unknown,
): SmoothcertError {
  const size = (bytes / 2 ** 30).toFixed(2);
  return new SmoothcertError(
    'MODEL_INPUT_UNSUPPORTED',
    `A batch of ${batch} inputs of ${dimension} numbers needs ${size} GiB, more than ${limit}.`,
    'Use a model with a smaller input, or a machine with more memory.',
    { cause },
  );
}
