import { openArrayFile, type ArrayFile, type FileOfFormat } from './array-file.js';
import { chooseArchiveLabels, chooseImages, chooseLabels } from './choose-array.js';
import { readLabels } from './array-labels.js';
import { canonicalPixels, pixelTypeOf } from './array-pixels.js';
import type { ImageSource } from '../image-source.js';

/** Opens the images of a .npz, .npy or IDX file, with the labels that an archive holds beside them. */
export async function openArrayImages(where: FileOfFormat): Promise<ImageSource> {
  const file = await openArrayFile(where);
  try {
    const key = chooseImages(file);
    const images = await file.openArray(key);
    const close = async () => {
      await images.stream.close();
      file.close();
    };
    try {
      const { shape } = images.header;
      return {
        what: images.what,
        dtype: pixelTypeOf(images),
        shape,
        classNames: null,
        files: null,
        close,
        ownLabels: async () => {
          const labelKey = chooseArchiveLabels(file, key);
          return labelKey === null ? null : labelsOf(file, labelKey, shape[0]!);
        },
        pixels: (selection) => canonicalPixels(images, selection),
      };
    } catch (error) {
      await images.stream.close();
      throw error;
    }
  } catch (error) {
    file.close();
    throw error;
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
