import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { importDataSet } from '../../input/convert.js';
import { SmoothcertError } from '../../shared/errors.js';
import { DataSetReader } from '../../worker/draw/reader.js';
import { PIXELS } from './support.js';
import { folderOfEachTest } from '../support/temporary-folder.js';

const fixtures = fileURLToPath(new URL('../fixtures/npz/', import.meta.url));
const folder = folderOfEachTest();
let into: string;

beforeEach(() => {
  into = folder.file('images.smoothcert');
});

/** Imports a fixture, which messages then call by its bare name. */
const importFixture = (name: string, labels?: string) =>
  importDataSet({
    data: path.join(fixtures, name),
    into,
    ...(labels === undefined ? {} : { labels: path.join(fixtures, labels) }),
  });

/** The values of an image, as whole numbers of the lattice step. */
async function pointsOf(index: number): Promise<number[]> {
  const reader = await DataSetReader.open(into);
  try {
    return [...(await reader.readValues(index))];
  } finally {
    await reader.close();
  }
}

describe('importDataSet accepts', () => {
  /** The bytes that NumPy's uint8.npy holds behind its header of 128 bytes. */
  const raw = () => readFileSync(path.join(fixtures, 'uint8.npy')).subarray(128);

  it.each([
    ['uint8.npz', [2, 0, 7]],
    ['deflated.npz', [2, 0, 7]],
    ['positional.npz', [2, 0, 7]],
    ['keras.npz', [2, 0, 7]],
    ['lonely.npz', null],
    ['uint8.npy', null],
    ['version1.npy', null],
    ['version2.npy', null],
    ['version3.npy', null],
  ])('%s as the same uint8 images', async (name, labels) => {
    const data = await importFixture(name);
    expect(data).toMatchObject({ file: into, lattice: PIXELS, count: 3, imageShape: [2, 4, 5] });
    expect(data.labels && [...data.labels]).toEqual(labels);
    expect(readFileSync(into).subarray(128, 128 + raw().length)).toEqual(raw());
    await expect(pointsOf(3)).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await pointsOf(1)).toEqual([...raw().subarray(40, 80)]);
  });

  it('the same images and labels in two formats with one digest, that of the chunk list', async () => {
    const { digest } = await importFixture('uint8.npz');
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
    expect(digest).toBe(sha256(sha256(readFileSync(into))).toString('hex'));
    expect((await importFixture('deflated.npz')).digest).toBe(digest);
    expect((await importFixture('uint8.npy')).digest).not.toBe(digest);
  });

  it('float32, with labels of another name and type', async () => {
    const data = await importFixture('float32.npz');
    expect([...data.labels!]).toEqual([2, 0, 7]);
    expect(await pointsOf(0)).toEqual([...raw().subarray(0, 40)]);
  });

  it('floats k/255 as the same data set as the bytes k', async () => {
    const { digest } = await importFixture('uint8.npz');
    expect((await importFixture('float32.npz')).digest).toBe(digest);
  });

  it('pixels of more than four axes, as points of 1/255', async () => {
    const data = await importFixture('five-axes.npy');
    expect(data).toMatchObject({ lattice: PIXELS, imageShape: [1, 2, 4, 5] });
    expect(await pointsOf(1)).toEqual([...raw().subarray(40, 80)]);
  });

  it('float64 on no common lattice, rounded to 1/4080', async () => {
    const { lattice } = await importFixture('float64.npy');
    expect(lattice.step).toEqual({ numerator: 1, denominator: 4080 });
    expect(lattice.rounding).toEqual({ largest: 2 ** -30, mean: 2 ** -30 / 6 });
    expect(await pointsOf(0)).toEqual([408, 1360]);
    expect(await pointsOf(2)).toEqual([0, 0]);
  });

  it('float16, rounded by no more than half a step', async () => {
    const { lattice } = await importFixture('float16.npy');
    expect(lattice.rounding.largest).toBeGreaterThan(0);
    expect(lattice.rounding.largest).toBeLessThanOrEqual(0.5 / 4080);
    expect(await pointsOf(0)).toEqual([408, 4080]);
    expect(await pointsOf(1)).toEqual([0, 0]);
    expect(await pointsOf(2)).toEqual([1359, 4076]);
  });

  it('labels of their own, which win over those in the archive', async () => {
    const data = await importFixture('uint8.npz', 'labels.npy');
    expect([...data.labels!]).toEqual([4, 5, 6]);
    expect([...(await importFixture('two-labels.npz', 'labels.npy')).labels!]).toEqual([4, 5, 6]);
    expect([...(await importFixture('uint8.npy', 'uint8.npz')).labels!]).toEqual([2, 0, 7]);
  });
});

const SAVE_WITH_NUMPY = 'Save it with np.save or np.savez.';
const SAVE_AGAIN = 'Save it again, or copy it again if it was cut while being copied.';
const SAVE_ARCHIVE_AGAIN = 'Save it again with np.savez, or copy it again if it was cut while being copied.';
const FORMATS =
  'Give a .npz or .npy file, IDX, CIFAR batches or a folder of PNG or JPEG files; most simply np.savez("images.npz", x=images, y=labels).';
const SHAPES =
  'Save images one behind the other: [N, C, H, W], [N, H, W, C], [N, H, W] or [N, D]; a single one as x[None].';
const PLAIN = 'Save plain numbers, for example x.astype(np.float32).';
const CLASSES = 'Number the classes from 0; leave out the labels, or the images, that are not known.';

const SAVE_BOTH = 'Save one array of each alone: np.savez("images.npz", x=images, y=labels).';

/** File, code, message, remedy. */
const refusals: [string, string, string, string][] = [
  ['absent.npz', 'DATA_UNREADABLE', 'There is no file absent.npz.', 'Check the path.'],
  [
    '.',
    'DATA_FORMAT',
    'bad-header.npy is neither a PNG nor a JPEG file.',
    'Move it out of the folder: all that is there must be pictures, hidden files aside.',
  ],
  ['nil.npz', 'DATA_FORMAT', 'nil.npz is in no format that is read.', FORMATS],
  ['text.npz', 'DATA_FORMAT', 'text.npz is in no format that is read.', FORMATS],
  ['short.npz', 'DATA_FORMAT', 'short.npz is damaged or cut short.', SAVE_ARCHIVE_AGAIN],
  ['flipped.npz', 'DATA_FORMAT', 'x in flipped.npz is damaged or cut short.', SAVE_ARCHIVE_AGAIN],
  ['lying-bomb.npz', 'DATA_FORMAT', 'x in lying-bomb.npz is damaged or cut short.', SAVE_ARCHIVE_AGAIN],
  ['bomb.npz', 'DATA_FORMAT', 'x in bomb.npz has 4194552 bytes where its header promises 248.', SAVE_AGAIN],
  ['short.npy', 'DATA_FORMAT', 'short.npy has 238 bytes where its header promises 248.', SAVE_AGAIN],
  ['long.npy', 'DATA_FORMAT', 'long.npy has 252 bytes where its header promises 248.', SAVE_AGAIN],
  ['header-only.npy', 'DATA_FORMAT', 'header-only.npy is not an array as NumPy saves it.', SAVE_WITH_NUMPY],
  ['bad-header.npy', 'DATA_FORMAT', 'bad-header.npy is not an array as NumPy saves it.', SAVE_WITH_NUMPY],
  [
    'fortran.npy',
    'DATA_FORMAT',
    'fortran.npy is stored in Fortran (column-major) order.',
    'Save it as np.ascontiguousarray(x).',
  ],
  [
    'no-key.npz',
    'DATA_FORMAT',
    'no-key.npz does not say which array has the images: it holds first, second.',
    SAVE_BOTH,
  ],
  [
    'two-keys.npz',
    'DATA_FORMAT',
    'two-keys.npz does not say which array has the images: it holds x, images.',
    SAVE_BOTH,
  ],
  [
    'two-labels.npz',
    'DATA_FORMAT',
    'two-labels.npz does not say which array has the labels: it holds y, targets.',
    SAVE_BOTH,
  ],
  [
    'nothing.npz',
    'DATA_FORMAT',
    'nothing.npz does not say which array has the images: it holds no array.',
    SAVE_BOTH,
  ],
  [
    'objects.npy',
    'DATA_TYPE',
    'objects.npy holds Python objects, which are never unpickled.',
    'Make one array of equally sized images first: np.stack(list(x)).',
  ],
  ['complex.npy', 'DATA_TYPE', 'complex.npy holds values of type <c8.', PLAIN],
  [
    'text.npy',
    'DATA_TYPE',
    'text.npy holds texts.',
    'Save the number of each class name instead of the name: np.unique(y, return_inverse=True)[1], if the model numbers its classes in the order of their names.',
  ],
  [
    'fields.npy',
    'DATA_TYPE',
    'fields.npy holds records with named fields.',
    'Save the field with the images alone.',
  ],
  [
    'big-endian.npy',
    'DATA_TYPE',
    'big-endian.npy holds big-endian values (>f4).',
    "Save it as x.astype(x.dtype.newbyteorder('<')).",
  ],
  [
    'int64.npy',
    'DATA_TYPE',
    'int64.npy holds int64 values; pixels are uint8 or float.',
    'If the pixels are 0 to 255, save it as x.astype(np.uint8). Values that are no pixels: add --features.',
  ],
  [
    'bool.npy',
    'DATA_TYPE',
    'bool.npy holds bool values; pixels are uint8 or float.',
    'Save it as x.astype(np.float32), with pixels 0 and 1.',
  ],
  ['one-image.npy', 'DATA_SHAPE', 'one-image.npy with shape [5] does not have 2 to 8 dimensions.', SHAPES],
  [
    'nine-axes.npy',
    'DATA_SHAPE',
    'nine-axes.npy with shape [3, 1, 1, 1, 1, 1, 2, 4, 5] does not have 2 to 8 dimensions.',
    SHAPES,
  ],
  ['no-pixels.npy', 'DATA_SHAPE', 'no-pixels.npy with shape [3, 0, 4, 5] has a dimension below 1.', SHAPES],
  [
    'empty.npy',
    'DATA_EMPTY',
    'empty.npy has no images: its shape is [0, 2, 4, 5].',
    'Save at least one image.',
  ],
  [
    'levels.npy',
    'DATA_RANGE',
    'The pixel at index [0, 0, 0, 0] of levels.npy is 139, and pixels must be in [0, 1].',
    'Pixels of 0 to 255: save them as (x / 255).astype(np.float32). Values that are no pixels: add --features.',
  ],
  [
    'normalised.npy',
    'DATA_RANGE',
    'The pixel at index [0, 0, 0, 1] of normalised.npy is -0.8392156362533569, and pixels must be in [0, 1].',
    'Normalised pixels: give raw ones, as σ is in pixels of [0, 1], and pass --mean and --std. Values that are no pixels: add --features.',
  ],
  [
    'nan.npy',
    'DATA_RANGE',
    'The pixel at index [1, 1, 2, 3] of nan.npy is NaN.',
    'Find such images with ~np.isfinite(x) and repair them or leave them out.',
  ],
  [
    'infinite.npy',
    'DATA_RANGE',
    'The pixel at index [2, 0, 0, 4] of infinite.npy is Infinity.',
    'Find such images with ~np.isfinite(x) and repair them or leave them out.',
  ],
  [
    'few-labels.npz',
    'LABELS_MISMATCH',
    'y in few-labels.npz has 2 labels for 3 images.',
    'Give exactly one label an image, in the same order.',
  ],
  [
    'one-hot.npz',
    'LABELS_MISMATCH',
    'y in one-hot.npz has shape [3, 8], not one class number an image.',
    'If it is one-hot, save y.argmax(axis=1).',
  ],
  [
    'scalar-label.npz',
    'LABELS_MISMATCH',
    'y in scalar-label.npz has shape [], not one class number an image.',
    'Save one integer an image, shape [N].',
  ],
  [
    'float-labels.npz',
    'LABELS_MISMATCH',
    'y in float-labels.npz holds float32 values, not class numbers.',
    'Save integers: y.astype(np.int64).',
  ],
  [
    'negative-label.npz',
    'LABELS_MISMATCH',
    'Label -1 of image 1 is no class number (y in negative-label.npz).',
    CLASSES,
  ],
  [
    'huge-label.npz',
    'LABELS_MISMATCH',
    'Label 2147483648 of image 2 is no class number (y in huge-label.npz).',
    CLASSES,
  ],
];

describe('importDataSet refuses, and leaves nothing behind', () => {
  it.each(refusals)('%s', async (name, code, message, remedy) => {
    const error = await importFixture(name).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(SmoothcertError);
    const { code: found, message: sentence, remedy: advice } = error as SmoothcertError;
    const bare = sentence.replaceAll(fixtures, '').replace(fixtures.slice(0, -1), '.');
    expect({ code: found, message: bare, remedy: advice }).toEqual({ code, message, remedy });
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('a label file that is not there', async () => {
    await expect(importFixture('uint8.npz', 'absent.npy')).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      remedy: 'Check the path.',
    });
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('without touching the data set that was there before', async () => {
    const { digest } = await importFixture('uint8.npz');
    await expect(importFixture('nan.npy')).rejects.toMatchObject({ code: 'DATA_RANGE' });
    expect(readdirSync(folder.path)).toEqual([path.basename(into)]);
    expect((await importFixture('uint8.npz')).digest).toBe(digest);
  });

  it('a folder that does not exist', async () => {
    const data = path.join(fixtures, 'uint8.npz');
    const nowhere = folder.file('no', 'such', 'file');
    await expect(importDataSet({ data, into: nowhere })).rejects.toMatchObject({
      code: 'FOLDER_UNUSABLE',
      message: `${nowhere} cannot be written (ENOENT).`,
    });
  });

  it.each([0, 1, 30, 128, 200, 500])('an archive cut after %i bytes', async (length) => {
    const cut = folder.file('cut.npz');
    copyFileSync(path.join(fixtures, 'deflated.npz'), cut);
    truncateSync(cut, length);
    await expect(importDataSet({ data: cut, into })).rejects.toMatchObject({ code: 'DATA_FORMAT' });
    expect(readdirSync(folder.path)).toEqual(['cut.npz']);
  });
});
