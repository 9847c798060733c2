import { SmoothcertError } from '../../shared/errors.js';
import type { Device } from '../../shared/job.js';

const FLOAT_BYTES = 4;
const MEMORY_BYTES = 256 * 2 ** 20;
const LARGEST = 256;
/**
 * On CPU a larger batch only wastes more on padding. Measured on a small CIFAR network, µs a sample on one core: batch 1
 * 51, 2 37, 4 30, 8 24, 16 23, 32 22, 64 22, 128 24, 256 26.
 */
const LARGEST_ON_CPU = 32;
const LARGEST_ASKED = 4096;

/**
 * Rows of every run of the model (design decision 3): the largest power of two, up to 256 (32 on CPU), whose inputs and
 * outputs take at most 256 MiB, but at least 2, since a batch of 1 may change a model's low bits. A pure function of
 * the model and the device. `asked` overrides it: 1 to 4,096, else OPTION_INVALID.
 */
export function canonicalBatch(
  model: { dimension: number; classes: number },
  device: Device,
  asked?: number,
): number {
  if (asked !== undefined) {
    if (Number.isInteger(asked) && asked >= 1 && asked <= LARGEST_ASKED) return asked;
    throw new SmoothcertError(
      'OPTION_INVALID',
      `--batch must be a whole number from 1 to ${LARGEST_ASKED}.`,
      'Leave it out to let smoothcert choose.',
    );
  }
  const rowBytes = FLOAT_BYTES * (model.dimension + model.classes);
  let batch = device === 'cpu' ? LARGEST_ON_CPU : LARGEST;
  while (batch > 2 && batch * rowBytes > MEMORY_BYTES) batch /= 2;
  return batch;
}
