import { SmoothcertError } from '../../shared/errors.js';
import type { OpenArray } from './array-file.js';
import { readValues } from './array-values.js';

export const LARGEST_LABEL = 2 ** 31 - 1;

/**
 * Reads class numbers: any integer type, shape [N] or [N, 1], 0 to 2^31 − 1. `count` is the number of images.
 * Negative labels are refused: −1 means an abstention in results, and an unlabelled image must not look correct.
 */
export async function readLabels(array: OpenArray, count: number): Promise<Int32Array> {
  const { what, header } = array;
  const [rows, columns = 1] = header.shape;
  if (header.shape.length < 1 || header.shape.length > 2 || columns !== 1) {
    throw new SmoothcertError(
      'LABELS_MISMATCH',
      `${what} has shape [${header.shape.join(', ')}], not one class number an image.`,
      header.shape.length === 2
        ? 'If it is one-hot, save y.argmax(axis=1).'
        : 'Save one integer an image, shape [N].',
    );
  }
  checkType(array);
  if (rows !== count) {
    throw new SmoothcertError(
      'LABELS_MISMATCH',
      `${what} has ${rows!} labels for ${count} images.`,
      'Give exactly one label an image, in the same order.',
    );
  }
  const labels = new Int32Array(count);
  for await (const { at, values } of readValues(array)) {
    const wrong = values.findIndex((label) => label < 0 || label > LARGEST_LABEL);
    if (wrong >= 0) {
      throw new SmoothcertError(
        'LABELS_MISMATCH',
        `Label ${values[wrong]!} of image ${at + wrong} is no class number (${what}).`,
        'Number the classes from 0; leave out the labels, or the images, that are not known.',
      );
    }
    labels.set(values, at);
  }
  return labels;
}

function checkType({ what, header }: OpenArray): void {
  if (header.type.startsWith('int') || header.type.startsWith('uint')) return;
  throw new SmoothcertError(
    'LABELS_MISMATCH',
    `${what} holds ${header.type} values, not class numbers.`,
    'Save integers: y.astype(np.int64).',
  );
}
