import path from 'node:path';
import { shapeFault } from '../../shared/dataset/canonical.js';
import { indicesOf } from '../../shared/dataset/selection.js';
import { SmoothcertError } from '../../shared/errors.js';
import { concurrentMap } from './concurrent-map.js';
import { listPictures } from './listing.js';
import { decodePicture, describePicture, type PictureShape } from './picture.js';
import type { ImageSource } from '../image-source.js';

/** Knows a folder of pictures: its listing, the common shape, and the pixels of each picture. */

const HEADERS_AT_ONCE = 8;
const DECODED_AT_ONCE = 4;
/** Larger pictures are decoded one at a time, so that memory stays flat. */
const LARGE_PIXELS = 2 ** 22;

/**
 * Opens a folder of PNG and JPEG files as images [H, W, C] of uint8. All must have one size, nothing is resized; if any picture is in
 * colour, grey ones get three equal channels. Every header is read first, so that a picture's pixels do not depend on the selection.
 * `labelFile`: see listPictures. @throws DATA_* errors that name the file
 */
export async function openFolder(folder: string, labelFile: string | null): Promise<ImageSource> {
  const { files, labels, classNames } = await listPictures(folder, labelFile);
  const paths = files.map((file) => path.join(folder, file));
  const shape = await commonShape(paths);
  const { height, width, channels } = shape;
  const all = [files.length, height, width, channels];
  const fault = shapeFault(all);
  if (fault !== null) {
    throw new SmoothcertError('DATA_SHAPE', `${folder} ${fault}.`, 'Give fewer or smaller pictures.');
  }
  const atOnce = height * width > LARGE_PIXELS ? 1 : DECODED_AT_ONCE;
  return {
    what: folder,
    shape: all,
    classNames,
    files,
    ownLabels: () => Promise.resolve(labels),
    values: {
      kind: 'levels',
      read: (selection) =>
        concurrentMap(indicesOf(selection), atOnce, (index) => decodePicture(paths[index]!, shape)),
    },
    close: () => Promise.resolve(),
  };
}

async function commonShape(paths: readonly string[]): Promise<PictureShape> {
  let first: PictureShape | null = null;
  let channels: 1 | 3 = 1;
  let at = 0;
  for await (const shape of concurrentMap(paths, HEADERS_AT_ONCE, describePicture)) {
    first ??= shape;
    if (shape.width !== first.width || shape.height !== first.height) {
      throw new SmoothcertError(
        'DATA_SHAPE',
        `${paths[at]!} is ${sizeOf(shape)}, and ${paths[0]!} is ${sizeOf(first)}.`,
        'Resize or crop all pictures to one size, as the model was trained; it is not done here.',
      );
    }
    if (shape.channels === 3) channels = 3;
    at += 1;
  }
  return { ...first!, channels };
}

const sizeOf = ({ width, height }: PictureShape): string => `${width} × ${height} pixels`;
