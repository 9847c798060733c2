import { copyFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectRefusal, fixture, Workplace, PIXELS } from './support.js';

const folder = fixture('idx/');
const images = Buffer.from(Uint8Array.from({ length: 60 }, (_, at) => (7 * at) % 256));

describe('IDX', () => {
  it.each([
    ['images-idx3-ubyte', 'labels-idx1-ubyte'],
    ['images-idx3-ubyte.gz', 'labels-idx1-ubyte.gz'],
    ['images-idx3-ubyte', 'labels-idx1-ubyte.gz'],
  ])('%s with %s', async (data, labels) => {
    using place = new Workplace();
    const found = await place.import(folder + data, { labels: folder + labels });
    expect(found).toMatchObject({ lattice: PIXELS, count: 3, imageShape: [4, 5], classNames: null });
    const canonical = await place.canonical();
    expect(canonical.pixels).toEqual(images);
    expect(canonical.labels).toEqual([2, 0, 7]);
  });

  it.each(['images-idx3-ubyte', 'images-idx3-ubyte.gz'])('a range of %s', async (data) => {
    using place = new Workplace();
    await place.import(folder + data, { range: { start: 0, stop: null, step: 2 } });
    const canonical = await place.canonical();
    expect(canonical.pixels).toEqual(Buffer.concat([images.subarray(0, 20), images.subarray(40)]));
    expect(canonical.labels).toBeNull();
  });

  it('is known by its content under any name', async () => {
    using place = new Workplace();
    const renamed = place.file('images.npz');
    copyFileSync(`${folder}images-idx3-ubyte.gz`, renamed);
    expect(await place.import(renamed)).toMatchObject({ count: 3 });
  });

  it('labels images of another format', async () => {
    using place = new Workplace();
    await place.import(fixture('npz/uint8.npy'), { labels: `${folder}labels-idx1-ubyte.gz` });
    expect((await place.canonical()).labels).toEqual([2, 0, 7]);
  });

  it.each([
    ['int32', 'DATA_TYPE', 'int32 holds int32 values; of IDX files those of unsigned bytes are read.'],
    ['short', 'DATA_FORMAT', 'short has 75 bytes where its header promises 76.'],
    ['long', 'DATA_FORMAT', 'long has 77 bytes where its header promises 76.'],
    ['header-only', 'DATA_FORMAT', 'header-only ends within the header of an IDX file.'],
    ['labels-idx1-ubyte', 'DATA_SHAPE', 'labels-idx1-ubyte with shape [3] does not have 2 to 8 dimensions.'],
    ['short.gz', 'DATA_FORMAT', 'short.gz is damaged or cut short.'],
    [
      'short-inside.gz',
      'DATA_FORMAT',
      'short-inside.gz does not have the 60 bytes of values that its header promises.',
    ],
    [
      'long-inside.gz',
      'DATA_FORMAT',
      'long-inside.gz does not have the 60 bytes of values that its header promises.',
    ],
    ['text.gz', 'DATA_FORMAT', 'text.gz is compressed with gzip and holds no IDX file.'],
    ['bomb.gz', 'DATA_FORMAT', 'bomb.gz does not have the 60 bytes of values that its header promises.'],
    [
      'lying.gz',
      'DATA_FORMAT',
      'lying.gz is too small for the 1099511627792 bytes that its header promises.',
    ],
  ])('refuses %s', async (name, code, sentence) => {
    using place = new Workplace();
    await expectRefusal(place.import(folder + name), code, sentence, folder);
  });

  it('refuses labels for another number of images', async () => {
    using place = new Workplace();
    const attempt = place.import(`${folder}images-idx3-ubyte`, { labels: `${folder}two-labels` });
    await expectRefusal(attempt, 'LABELS_MISMATCH', 'two-labels has 2 labels for 3 images.', folder);
  });
});
