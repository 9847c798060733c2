import { SmoothcertError } from '../../../shared/errors.js';
import { MAX_BATCH } from '../../../shared/job-limits.js';
import type { Device } from '../../../shared/job.js';

const FLOAT_BYTES = 4;
const MEMORY_BYTES = 256 * 2 ** 20;
const LARGEST = 256;
/**
 * Rows on CPU, where a larger batch soon only wastes more on padding. Measured, µs a sample on one core. A CIFAR network of 40 µs:
 * batch 1 51, 8 24, 16 23, 32 22, 64 22, 128 24, 256 26. A digits network of 64 inputs, where the call itself
 * weighs more: 8 7.6, 16 5.5, 32 4.3, 64 3.4, 128 2.9, 256 2.9.
 */
const ON_CPU = 32;
const ON_CPU_IF_SMALL = 64;
const SMALL_DIMENSION = 512;

/**
 * Returns the rows of every run of the model: the largest power of two whose inputs and outputs take at most 256 MiB, but at least
 * 2, since a batch of 1 may change a model's low bits, and at most 32 on CPU (64 for small inputs) or 256 on other devices. It
 * depends on the model and the device alone. `asked`, 1 to 4,096, replaces it. @throws OPTION_INVALID for another number
 */
export function canonicalBatch(
  model: { dimension: number; classes: number },
  device: Device,
  asked?: number,
): number {
  if (asked !== undefined) {
    if (Number.isInteger(asked) && asked >= 1 && asked <= MAX_BATCH) return asked;
    throw new SmoothcertError(
      'OPTION_INVALID',
      `--batch must be a whole number from 1 to ${MAX_BATCH}.`,
      'Leave it out to let smoothcert choose.',
    );
  }
  const rowBytes = FLOAT_BYTES * (model.dimension + model.classes);
  let batch = largestOn(device, model.dimension);
  while (batch > 2 && batch * rowBytes > MEMORY_BYTES) batch /= 2;
  return batch;
}

function largestOn(device: Device, dimension: number): number {
  switch (device) {
    case 'cpu':
      return dimension <= SMALL_DIMENSION ? ON_CPU_IF_SMALL : ON_CPU;
    case 'webgpu':
    case 'cuda':
    case 'tensorrt':
    case 'dml':
    case 'coreml':
      return LARGEST;
  }
}
