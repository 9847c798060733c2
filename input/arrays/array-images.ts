import { openArrayFile, type ArrayFile, type FileOfFormat } from './array-file.js';
import { chooseArchiveLabels, chooseImages, chooseLabels } from './choose-array.js';
import { readLabels } from './array-labels.js';
import { MAX_UINT8_RANK, PIXEL_STEP } from '../../shared/dataset/canonical.js';
import type { ArrayHeader } from './npy.js';
import { checkImages } from './check-images.js';
import { readPieces, readValues } from './array-values.js';
import type { Selection } from '../../shared/dataset/selection.js';
import type { ImageSource, ImageValues, Piece } from '../image-source.js';

/**
 * Opens the images of a .npz, .npy or IDX file, with the labels that an archive holds beside them. With `features`, the values are
 * numbers in units of their own.
 */
export async function openArrayImages(where: FileOfFormat, features: boolean): Promise<ImageSource> {
  const file = await openArrayFile(where);
  try {
    const key = chooseImages(file);
    const { what, header, stream } = await file.openArray(key);
    await stream.close();
    checkImages(what, header, features);
    return {
      what,
      shape: header.shape,
      values: valuesOf(file, key, header, features),
      classNames: null,
      files: null,
      close: () => {
        file.close();
        return Promise.resolve();
      },
      ownLabels: async () => {
        const labelKey = chooseArchiveLabels(file, key);
        return labelKey === null ? null : labelsOf(file, labelKey, header.shape[0]!);
      },
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

function valuesOf(file: ArrayFile, key: string, header: ArrayHeader, features: boolean): ImageValues {
  const areLevels = !features && header.type === 'uint8';
  if (areLevels && header.shape.length <= MAX_UINT8_RANK)
    return { kind: 'levels', read: (selection) => readLevels(file, key, selection) };
  const divisor = areLevels ? PIXEL_STEP.denominator : 1;
  return { kind: 'numbers', read: (selection) => readNumbers(file, key, selection, divisor) };
}

async function* readLevels(file: ArrayFile, key: string, selection: Selection): AsyncGenerator<Uint8Array> {
  const array = await file.openArray(key);
  try {
    for await (const { bytes } of readPieces(array, selection)) yield bytes;
  } finally {
    await array.stream.close();
  }
}

async function* readNumbers(
  file: ArrayFile,
  key: string,
  selection: Selection,
  divisor: number,
): AsyncGenerator<Piece> {
  const array = await file.openArray(key);
  try {
    for await (const { at, values } of readValues(array, selection))
      yield { at, values: divisor === 1 ? values : values.map((value) => value / divisor) };
  } finally {
    await array.stream.close();
  }
}

/** Reads the labels of `count` images from a file of arrays. @throws DATA_*, LABELS_MISMATCH */
export async function readArrayLabels(where: FileOfFormat, count: number): Promise<Int32Array> {
  const file = await openArrayFile(where);
  try {
    return await labelsOf(file, chooseLabels(file), count);
  } finally {
    file.close();
  }
}

async function labelsOf(file: ArrayFile, key: string, count: number): Promise<Int32Array> {
  const array = await file.openArray(key);
  try {
    return await readLabels(array, count);
  } finally {
    await array.stream.close();
  }
}
