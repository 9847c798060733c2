import { copyFileSync, truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectRefusal, fixture, Workplace, PIXELS } from './support.js';

const folder = fixture('cifar/');
const pixelsOf = (...records: number[]) =>
  Buffer.concat(
    records.map((r) => Buffer.from(Uint8Array.from({ length: 3072 }, (_, i) => (31 * r + 7 * i) % 256))),
  );

describe('CIFAR', () => {
  it.each([
    ['ten.bin', [3, 9, 0]],
    ['hundred.bin', [40, 99, 0]],
    ['training', [3, 9, 0, 7, 1]],
  ])('%s', async (name, labels) => {
    using place = new Workplace();
    const data = await place.import(folder + name);
    expect(data).toMatchObject({ lattice: PIXELS, count: labels.length, imageShape: [3, 32, 32] });
    const canonical = await place.canonical();
    expect(canonical.labels).toEqual(labels);
    expect(canonical.pixels.equals(pixelsOf(...labels.keys()))).toBe(true);
  });

  it.each([
    [{ start: 0, stop: null, step: 2 }, [0, 2, 4]],
    [{ start: 1, stop: null, step: 2 }, [1, 3]],
    [{ start: 0, stop: null, step: 3 }, [0, 3]],
    [{ start: 1, stop: 3, step: 1 }, [1, 2]],
    [{ start: 3, stop: null, step: 1 }, [3, 4]],
    [{ start: 4, stop: 9, step: 4 }, [4]],
  ])('range %j across files', async (range, indices) => {
    using place = new Workplace();
    await place.import(`${folder}training`, { range });
    const canonical = await place.canonical();
    expect(canonical.pixels.equals(pixelsOf(...indices))).toBe(true);
    expect(canonical.labels).toEqual(indices.map((index) => [3, 9, 0, 7, 1][index]));
  });

  it('gives way to labels of their own', async () => {
    using place = new Workplace();
    await place.import(`${folder}ten.bin`, { labels: fixture('npz/labels.npy') });
    expect((await place.canonical()).labels).toEqual([4, 5, 6]);
  });

  it('is known by its content under any name, even if it begins as IDX does', async () => {
    using place = new Workplace();
    const renamed = place.file('images.npz');
    copyFileSync(`${folder}ten.bin`, renamed);
    expect(await place.import(renamed)).toMatchObject({ count: 3 });
    expect(await place.import(`${folder}like-idx.bin`)).toMatchObject({ count: 1, imageShape: [3, 32, 32] });
  });

  it.each([
    ['short.bin', 'DATA_FORMAT', 'short.bin is in no format that is read.'],
    [
      'wrong-label.bin',
      'DATA_FORMAT',
      'wrong-label.bin is in no format that is read: it has the size of CIFAR batches and other bytes where their labels are.',
    ],
    [
      'wrong-coarse.bin',
      'DATA_FORMAT',
      'wrong-coarse.bin is in no format that is read: it has the size of CIFAR batches and other bytes where their labels are.',
    ],
    [
      'mixed',
      'DATA_FORMAT',
      'The .bin files of mixed are not all CIFAR-10 or all CIFAR-100 batches, by their sizes and label bytes.',
    ],
    [
      'both',
      'DATA_FORMAT',
      'both holds training images (data_batch_1.bin) and test images (test_batch.bin).',
    ],
  ])('refuses %s', async (name, code, sentence) => {
    using place = new Workplace();
    await expectRefusal(place.import(folder + name), code, sentence, folder);
  });

  it('refuses an empty batch and more images than a data set may have', async () => {
    using place = new Workplace();
    const empty = place.file('empty.bin');
    copyFileSync(`${folder}ten.bin`, empty);
    truncateSync(empty, 0);
    await expectRefusal(
      place.import(empty),
      'DATA_FORMAT',
      'empty.bin is in no format that is read.',
      `${place.path}/`,
    );
    truncateSync(empty, 3073 * (2 ** 24 + 1));
    await expectRefusal(
      place.import(empty),
      'DATA_SHAPE',
      'empty.bin holds 16777217 images, more than 16777216.',
      `${place.path}/`,
    );
  });
});
