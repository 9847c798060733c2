import type { Selection } from '../../shared/dataset/selection.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { ImageSource, Numbers } from '../image-source.js';

/** A source of numbers. */
export interface NumberSource extends Pick<ImageSource, 'what' | 'shape'> {
  readonly values: Numbers;
}

/**
 * Yields the selected numbers in pieces. They are pixels in [0, 1], as float32 tells, or, as `features`, any finite numbers.
 * @throws DATA_RANGE naming the first number that is neither, and the errors of the source
 */
export async function* checkedValues(
  source: NumberSource,
  selection: Selection,
  features: boolean,
): AsyncGenerator<Float64Array> {
  const isRight = features ? Number.isFinite : isPixel;
  for await (const { at, values } of source.values.read(selection)) {
    const wrong = values.findIndex((value) => !isRight(value));
    if (wrong >= 0) throw outOfRange(source, at + wrong, values[wrong]!, values, features);
    yield values;
  }
}

/** A pixel that a computation in float64 moved past 0 or 1 by less than float32 can tell is still one. */
const isPixel = (value: number): boolean => Math.fround(value) >= 0 && Math.fround(value) <= 1;

function outOfRange(
  { what, shape }: NumberSource,
  flat: number,
  value: number,
  around: Float64Array,
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
