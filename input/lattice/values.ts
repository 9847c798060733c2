import type { Selection } from '../../shared/dataset/selection.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { ImageSource, Numbers } from '../image-source.js';

/** A source of numbers. */
export interface NumberSource extends Pick<ImageSource, 'what' | 'shape'> {
  readonly values: Numbers;
}

/**
 * Yields the selected numbers, rounded once to float32, in pieces. They are pixels in [0, 1] or, as `features`, any finite numbers.
 * @throws DATA_RANGE naming the first number that is neither, and the errors of the source
 */
export async function* checkedValues(
  source: NumberSource,
  selection: Selection,
  features: boolean,
): AsyncGenerator<Float32Array> {
  const isRight = features ? Number.isFinite : (value: number) => value >= 0 && value <= 1;
  for await (const { at, values } of source.values.read(selection)) {
    const rounded = Float32Array.from(values);
    const wrong = rounded.findIndex((value) => !isRight(value));
    if (wrong >= 0) throw outOfRange(source, at + wrong, values[wrong]!, rounded, features);
    yield rounded;
  }
}

function outOfRange(
  { what, shape }: NumberSource,
  flat: number,
  value: number,
  around: Float32Array,
  features: boolean,
): SmoothcertError {
  const name = features ? 'value' : 'pixel';
  const where = `The ${name} at index [${indexOf(flat, shape).join(', ')}] of ${what} is ${value}`;
  if (!Number.isFinite(value)) {
    return new SmoothcertError(
      'DATA_RANGE',
      `${where}.`,
      'Find such images with ~np.isfinite(x) and repair them or leave them out.',
    );
  }
  if (features) {
    return new SmoothcertError(
      'DATA_RANGE',
      `${where}, which float32 cannot hold.`,
      'Standardise the features.',
    );
  }
  const negative = around.some((pixel) => pixel < 0);
  return new SmoothcertError(
    'DATA_RANGE',
    `${where}, and pixels must be in [0, 1].`,
    negative
      ? 'Normalised pixels: give raw ones, as σ is in pixels of [0, 1], and pass --mean and --std. Values that are no pixels: add --features.'
      : 'Pixels of 0 to 255: save them as x.astype(np.uint8), or divide by 255. Values that are no pixels: add --features.',
  );
}

/** Returns the index along each axis of the value at position `flat` in C order. */
function indexOf(flat: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = flat;
  for (const size of shape.toReversed()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}
