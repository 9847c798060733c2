import { SmoothcertError } from '../shared/errors.js';
import { arrayFormatOf } from './arrays/array-file.js';
import { openArrayImages, readArrayLabels } from './arrays/array-images.js';
import { cifarBatches, mayBeCifar, openCifar } from './records/cifar.js';
import { readCsvLabels } from './pictures/csv-labels.js';
import { firstBytes, sizeOf, statOf } from './bytes/input-files.js';
import { openFolder } from './pictures/picture-folder.js';
import { IDX_START_BYTES, promisedIdxBytes } from './records/idx.js';
import { pickleError } from './bytes/python-files.js';
import { isPicture } from './pictures/picture.js';
import type { ImageSource } from './image-source.js';

/** Knows by which bytes each format is recognised, and which folder reads it. */

/**
 * Opens images in the format that the content of the file or folder shows: .npz, .npy, IDX (also in gzip), CIFAR batches, or a
 * folder of PNG and JPEG files. `labelFile` may be in that folder and is no picture. With `features`, arrays of any type are numbers
 * in units of their own, and whatever can only be pixels is refused. @throws DATA_* errors, OPTION_INVALID
 */
export async function openImages(
  data: string,
  labelFile: string | null,
  features: boolean,
): Promise<ImageSource> {
  const stats = await statOf(data);
  if (stats.isDirectory()) {
    if (features) throw onlyPixels(data);
    const batches = await cifarBatches(data);
    return batches === null ? openFolder(data, labelFile) : openCifar(data, batches);
  }
  const start = await firstBytes(data, IDX_START_BYTES);
  const pickle = pickleError(data, start);
  if (pickle !== null) throw pickle;
  const format = arrayFormatOf(start);
  // A CIFAR batch may begin like an IDX file, with the label 0 and a black pixel or two. Then the length decides.
  const isCifar = format === null || (format === 'idx' && promisedIdxBytes(start) !== stats.size);
  if (isCifar && mayBeCifar(stats.size) && !features) return openCifar(data, [data]);
  if (format !== null) return openArrayImages({ path: data, size: stats.size, format }, features);
  if (features) throw onlyPixels(data);
  throw isPicture(start)
    ? new SmoothcertError(
        'DATA_FORMAT',
        `${data} is a single picture.`,
        'Give the folder that holds it: images are numbered in the order of their names.',
      )
    : new SmoothcertError(
        'DATA_FORMAT',
        `${data} is in no format that is read.`,
        'Give a .npz or .npy file, IDX, CIFAR batches or a folder of PNG or JPEG files; most simply np.savez("images.npz", x=images, y=labels).',
      );
}

function onlyPixels(data: string): SmoothcertError {
  return new SmoothcertError(
    'OPTION_INVALID',
    `--features is for arrays of numbers, and ${data} is none that is read.`,
    'Give a .npz or .npy file, or leave --features out for images.',
  );
}

/** Reads a file of labels, one for each image: an array, or CSV for pictures. @throws DATA_*, LABELS_MISMATCH */
export async function readLabelFile(labelFile: string, { shape, files }: ImageSource): Promise<Int32Array> {
  const size = await sizeOf(labelFile);
  const format = arrayFormatOf(await firstBytes(labelFile, IDX_START_BYTES));
  if (format !== null) return readArrayLabels({ path: labelFile, size, format }, shape[0]!);
  if (files !== null) return readCsvLabels(labelFile, files);
  throw new SmoothcertError(
    'DATA_FORMAT',
    `${labelFile} is neither a .npy, a .npz nor an IDX file.`,
    'Save the labels with np.save("labels.npy", y); CSV labels only folders of pictures.',
  );
}
