import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { encodeHeader, type PixelType } from '../../shared/dataset/canonical.js';
import { DataDigest } from '../../shared/dataset/data-digest.js';
import { SmoothcertError } from '../../shared/errors.js';
import { errorCode, openArrayFile, type ArrayFile, type OpenArray } from './array-file.js';
import { chooseArchiveLabels, chooseImages, chooseLabels } from './choose.js';
import { readLabels } from './labels.js';
import { canonicalPixels, pixelTypeOf } from './pixels.js';

export interface ImportedDataSet {
  /** The canonical file that was written. */
  readonly file: string;
  /** Its data digest, hex. */
  readonly digest: string;
  readonly dtype: PixelType;
  readonly count: number;
  /** Shape of one image, as it was given. */
  readonly imageShape: readonly number[];
  readonly labels: Int32Array | null;
}

/**
 * Reads images (and labels) as NumPy saves them, checks every value, and writes the canonical data set `into`.
 * `labels` is a file of its own, which wins over labels beside the images. Memory does not grow with the images.
 * `into` appears complete or not at all. Throws the DATA_* and LABELS_MISMATCH errors, DISK_FULL, FOLDER_UNUSABLE.
 */
export async function importDataSet(options: {
  data: string;
  labels?: string;
  into: string;
}): Promise<ImportedDataSet> {
  const file = await openArrayFile(options.data);
  try {
    const key = chooseImages(file);
    const images = await file.openArray(key);
    try {
      const dtype = pixelTypeOf(images);
      const count = images.header.shape[0]!;
      const labels = await labelsFor(file, key, options.labels, count);
      const digest = await write(options.into, images, dtype, labels);
      const imageShape = images.header.shape.slice(1);
      return { file: options.into, digest, dtype, count, imageShape, labels };
    } finally {
      await images.stream.close();
    }
  } finally {
    file.close();
  }
}

async function labelsFor(
  file: ArrayFile,
  imageKey: string,
  own: string | undefined,
  count: number,
): Promise<Int32Array | null> {
  if (own === undefined) {
    const key = chooseArchiveLabels(file, imageKey);
    return key === null ? null : readFrom(file, key, count);
  }
  const labelFile = await openArrayFile(own);
  try {
    return await readFrom(labelFile, chooseLabels(labelFile), count);
  } finally {
    labelFile.close();
  }
}

async function readFrom(file: ArrayFile, key: string, count: number): Promise<Int32Array> {
  const array = await file.openArray(key);
  try {
    return await readLabels(array, count);
  } finally {
    await array.stream.close();
  }
}

/** Writes beside `into` and renames at the end, so that a failure leaves neither a part nor a ruined older file. */
async function write(
  into: string,
  images: OpenArray,
  dtype: PixelType,
  labels: Int32Array | null,
): Promise<string> {
  const partial = `${into}.partial`;
  const handle = await open(partial, 'w').catch((cause: unknown) => {
    throw cannotWrite(into, cause);
  });
  try {
    const digest = await writeAll(handle, into, canonicalBytes(images, dtype, labels));
    await rename(partial, into).catch((cause: unknown) => {
      throw cannotWrite(into, cause);
    });
    return digest;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function writeAll(
  handle: FileHandle,
  into: string,
  pieces: AsyncIterable<Uint8Array>,
): Promise<string> {
  const digest = new DataDigest();
  try {
    for await (const piece of pieces) {
      digest.update(piece);
      await handle.appendFile(piece).catch((cause: unknown) => {
        throw cannotWrite(into, cause);
      });
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return digest.finish().digest;
}

async function* canonicalBytes(
  images: OpenArray,
  dtype: PixelType,
  labels: Int32Array | null,
): AsyncGenerator<Uint8Array> {
  yield encodeHeader({ dtype, shape: images.header.shape, labelled: labels !== null });
  yield* canonicalPixels(images);
  if (labels === null) return;
  const bytes = Buffer.alloc(4 * labels.length);
  labels.forEach((label, index) => bytes.writeInt32LE(label, 4 * index));
  yield bytes;
}

function cannotWrite(into: string, cause: unknown): SmoothcertError {
  const code = errorCode(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new SmoothcertError(
      'DISK_FULL',
      `The disk is full: ${into} cannot be written.`,
      'Make room, then try again.',
      {
        cause,
      },
    );
  }
  return new SmoothcertError(
    'FOLDER_UNUSABLE',
    `${into} cannot be written (${code}).`,
    'Give a folder that exists and that you may write to.',
    { cause },
  );
}
