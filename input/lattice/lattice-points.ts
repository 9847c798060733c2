import { endianness } from 'node:os';
import { PIXEL_STEP } from '../../shared/dataset/canonical.js';
import { nearestPoint, type Fraction } from '../../shared/dataset/fraction.js';
import type { Selection } from '../../shared/dataset/selection.js';
import { checkedValues, type NumberSource } from './values.js';

/** Yields the lattice points of the selected numbers, int32 in little endian. @throws the errors of `checkedValues` */
export async function* latticePoints(
  source: NumberSource,
  selection: Selection,
  features: boolean,
  step: Fraction,
): AsyncGenerator<Uint8Array> {
  for await (const values of checkedValues(source, selection, features)) {
    const bytes = Buffer.from(Int32Array.from(values, (value) => nearestPoint(value, step)).buffer);
    yield endianness() === 'LE' ? bytes : bytes.swap32();
  }
}

/** Yields the same for pixels on the lattice 1/255: one byte each. */
export async function* levels(source: NumberSource, selection: Selection): AsyncGenerator<Uint8Array> {
  for await (const pixels of checkedValues(source, selection, false))
    yield Uint8Array.from(pixels, (pixel) => nearestPoint(pixel, PIXEL_STEP));
}
