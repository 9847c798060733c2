import { closeSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { geometryOf } from '../../shared/dataset/canonical.js';
import { DataSetFile } from '../../shared/dataset/data-set-file.js';
import { importAlone, npyHeader, Workplace } from './support.js';

const IMAGE_BYTES = 3 * 32 * 32;
const COUNT = Math.floor(2 ** 33 / IMAGE_BYTES);
const HEADER = 128;
const MIB = 2 ** 20;

/** An array of so many images that takes no room on the disk but for one pixel in each image of `marked`. */
function sparseArray(file: string, count: number, marked: readonly number[]): void {
  const handle = openSync(file, 'w');
  writeSync(handle, npyHeader([count, 3, 32, 32]));
  ftruncateSync(handle, HEADER + count * IMAGE_BYTES);
  for (const image of marked)
    writeSync(handle, Uint8Array.of(1 + (image % 255)), 0, 1, HEADER + image * IMAGE_BYTES);
  closeSync(handle);
}

describe('an array of 8 GiB', () => {
  it.each([
    ['its first images', { start: 0, stop: 500, step: 1 }, 500],
    ['its last images', { start: COUNT - 500, stop: null, step: 1 }, 500],
    ['every 5000th image', { start: 7, stop: null, step: 5000 }, Math.ceil((COUNT - 7) / 5000)],
  ])('gives %s with flat memory and no copy of the rest', async (_, range, count) => {
    using place = new Workplace();
    const data = place.file('huge.npy');
    const last = range.start + (count - 1) * range.step;
    const oneImage = place.file('small.npy');
    sparseArray(data, COUNT, [range.start, last]);
    sparseArray(oneImage, 1, []);
    const huge = await importAlone({ data, into: place.into, range });
    const small = await importAlone({ data: oneImage, into: place.file('small') });
    const { totalBytes } = geometryOf({
      dtype: 'uint8',
      labelled: false,
      start: range.start,
      step: range.step,
      shape: [count, 3, 32, 32],
    });
    expect(statSync(place.into).size).toBe(totalBytes);
    expect([huge.code, small.code]).toEqual([null, null]);
    expect(huge.peakBytes - small.peakBytes).toBeLessThan(64 * MIB);
    const file = await DataSetFile.open(place.into);
    try {
      const pixel = new Uint8Array(1);
      for (const image of [range.start, last]) {
        await file.readAt(file.geometry.imageOffset(image), pixel);
        expect(pixel[0]).toBe(1 + (image % 255));
      }
    } finally {
      await file.close();
    }
  });
});
