import { readFile } from 'node:fs/promises';
import type sharp from 'sharp';
import { MAX_IMAGE_ELEMENTS } from '../../shared/dataset/canonical.js';
import { SmoothcertError } from '../../shared/errors.js';
import { pickleError } from '../bytes/python-files.js';
import { cannotRead, firstBytes, sizeOf } from '../bytes/input-files.js';

/** Height, width and channels of a picture: 1 (grey) or 3 (red, green, blue). */
export interface PictureShape {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

const PNG_MAGIC = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const JPEG_MAGIC = Buffer.from('\xff\xd8\xff', 'latin1');
const MAX_FILE_BYTES = 2 ** 28;
const RGBA = 4;
const OPAQUE = 255;
const UPRIGHT = 1;

/** Returns true if a file that begins with these bytes is a PNG or a JPEG. */
export function isPicture(start: Buffer): boolean {
  return [PNG_MAGIC, JPEG_MAGIC].some((magic) => start.subarray(0, magic.length).equals(magic));
}

/**
 * Reads the header of a PNG or JPEG file. It refuses pictures without exact 8-bit pixels in grey or RGB: 16 bits a channel, CMYK and
 * other colour spaces, and an EXIF orientation, which viewers obey and most training code ignores.
 */
export async function describePicture(file: string): Promise<PictureShape> {
  if ((await sizeOf(file)) > MAX_FILE_BYTES) throw refused(file, `has more than ${MAX_FILE_BYTES} bytes`);
  const start = await firstBytes(file, PNG_MAGIC.length);
  if (!isPicture(start)) {
    const pickle = pickleError(file, start);
    if (pickle !== null) throw pickle;
    throw new SmoothcertError(
      'DATA_FORMAT',
      `${file} is neither a PNG nor a JPEG file.`,
      'Move it out of the folder: all that is there must be pictures, hidden files aside.',
    );
  }
  const load = await decoder();
  const found = await load(file, { failOn: 'warning', limitInputPixels: false })
    .metadata()
    .catch((cause: unknown) => {
      throw damaged(file, cause);
    });
  const { width, height, space, depth, orientation = UPRIGHT } = found;
  if (depth !== 'uchar') {
    throw refused(file, 'has 16 bits a channel', 'Convert it to 8 bits, or save float pixels with np.savez.');
  }
  if (space !== 'srgb' && space !== 'b-w') {
    throw refused(
      file,
      `has the colour space ${space}`,
      'Convert it to RGB: how depends on its colour profile.',
    );
  }
  if (orientation !== UPRIGHT) {
    throw refused(
      file,
      `has EXIF orientation ${orientation}, which some programs obey and others ignore`,
      'Turn its pixels for good, or remove the tag, as the model was trained.',
    );
  }
  return { height, width, channels: space === 'b-w' ? 1 : 3 };
}

/**
 * Decodes the pixels [H, W, C] of a PNG or JPEG file as they are stored: palettes, fewer than 8 bits and grey are expanded exactly,
 * colour profiles and gamma are not applied, opaque alpha is removed. PNG is exact; a JPEG's pixels are those of the libjpeg in
 * `sharp`, and other decoders may differ by a level or two.
 */
export async function decodePicture(file: string, shape: PictureShape): Promise<Uint8Array> {
  const load = await decoder();
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw cannotRead(file, cause);
  });
  const options = { failOn: 'warning', ignoreIcc: true, limitInputPixels: MAX_IMAGE_ELEMENTS } as const;
  const { data, info } = await load(bytes, options)
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw damaged(file, cause);
    });
  if (info.width !== shape.width || info.height !== shape.height || info.channels !== RGBA)
    throw damaged(file);
  return withoutAlpha(file, data, shape);
}

function withoutAlpha(file: string, rgba: Uint8Array, { height, width, channels }: PictureShape): Uint8Array {
  const pixels = new Uint8Array(height * width * channels);
  for (let at = 0; at < height * width; at += 1) {
    if (rgba[RGBA * at + 3] !== OPAQUE) {
      throw refused(
        file,
        'has transparent pixels',
        'Put it on the background that the model was trained with.',
      );
    }
    for (let channel = 0; channel < channels; channel += 1)
      pixels[channels * at + channel] = rgba[RGBA * at + channel]!;
  }
  return pixels;
}

let loaded: Promise<typeof sharp> | null = null;

/** Loads the decoder with the first picture, because other formats need no native library. */
function decoder(): Promise<typeof sharp> {
  loaded ??= import('sharp').then(
    ({ default: load }) => {
      load.cache(false);
      return load;
    },
    (cause: unknown) => {
      throw new SmoothcertError(
        'DATA_UNREADABLE',
        'PNG and JPEG files cannot be read here: the library for it does not load on this system.',
        'Reinstall smoothcert with its optional packages, or save the images with np.savez.',
        { cause },
      );
    },
  );
  return loaded;
}

function refused(file: string, why: string, remedy = 'Leave it out or convert it.'): SmoothcertError {
  return new SmoothcertError('DATA_TYPE', `${file} ${why}.`, remedy);
}

function damaged(file: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError(
    'DATA_FORMAT',
    `${file} is damaged or cut short.`,
    'Copy it again, or leave it out.',
    { cause },
  );
}
