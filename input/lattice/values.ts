import type { Selection } from '../../shared/dataset/selection.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { ImageSource, Numbers } from '../image-source.js';
import { FARTHEST } from '../pixels/clip.js';

/** Pixels of 0 to 255 are not all as dark as this. */
const LEAST_LEVEL = 4;

/** A source of numbers. */
export interface NumberSource extends Pick<ImageSource, 'what' | 'shape' | 'givenPlaceOf'> {
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
  { what, shape, givenPlaceOf }: NumberSource,
  flat: number,
  value: number,
  around: Float64Array,
  features: boolean,
): SmoothcertError {
  const name = features ? 'value' : 'pixel';
  const where = `The ${name} at index [${indexOf(givenPlaceOf?.(flat) ?? flat, shape).join(', ')}] of ${what} is ${value}`;
  if (!Number.isFinite(value)) {
    return new SmoothcertError(
      'DATA_RANGE',
      `${where}.`,
      'Find such images with ~np.isfinite(x) and repair them or leave them out.',
    );
  }
  return new SmoothcertError('DATA_RANGE', `${where}, and pixels must be in [0, 1].`, remedyFor(around));
}

/** Returns what to do about pixels beyond [0, 1], by how far those around are beyond it. */
function remedyFor(around: Float64Array): string {
  const [smallest, largest] = around.reduce(
    ([a, b], pixel) => [Math.min(a, pixel), Math.max(b, pixel)],
    [0, 1],
  );
  const other = 'Values that are no pixels: add --features.';
  if (smallest >= -FARTHEST && largest <= 1 + FARTHEST) {
    return `Resizing may have overshot: add --clip, which sets such pixels to 0 or 1, or save np.clip(x, 0, 1). ${other}`;
  }
  if (smallest < 0) {
    return `Normalised pixels: give raw ones, as σ is in pixels of [0, 1], and pass --mean and --std. ${other}`;
  }
  if (largest <= LEAST_LEVEL)
    return `Divide them by their largest possible value, so that they are in [0, 1]. ${other}`;
  return `Pixels of 0 to 255: save them as (x / 255).astype(np.float32). ${other}`;
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
