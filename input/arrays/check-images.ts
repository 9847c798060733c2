import { shapeFault } from '../../shared/dataset/canonical.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { ArrayHeader } from './npy.js';

/** Checks that an array can be images or, as `features`, numbers of any type. @throws DATA_TYPE, DATA_EMPTY, DATA_SHAPE */
export function checkImages(what: string, header: ArrayHeader, features: boolean): void {
  const shape = `[${header.shape.join(', ')}]`;
  if (header.shape[0] === 0) {
    throw new SmoothcertError(
      'DATA_EMPTY',
      `${what} has no images: its shape is ${shape}.`,
      'Save at least one image.',
    );
  }
  const fault = shapeFault(header.shape);
  if (fault !== null) {
    throw new SmoothcertError(
      'DATA_SHAPE',
      `${what} with shape ${shape} ${fault}.`,
      'Save images one behind the other: [N, C, H, W], [N, H, W, C], [N, H, W] or [N, D]; a single one as x[None].',
    );
  }
  if (!features) checkPixelType(what, header);
}

function checkPixelType(what: string, { type }: ArrayHeader): void {
  switch (type) {
    case 'uint8':
    case 'float16':
    case 'float32':
    case 'float64':
      return;
    case 'bool':
      throw wrongType(what, type, 'Save it as x.astype(np.float32), with pixels 0 and 1.');
    case 'int8':
      throw wrongType(
        what,
        type,
        'Pixels of −128 to 127: save them as (x.astype(np.int16) + 128).astype(np.uint8). Values that are no pixels: add --features.',
      );
    case 'uint16':
      throw wrongType(
        what,
        type,
        'If the pixels are 0 to 65,535, save them as (x / 65535).astype(np.float32); if 0 to 255, as x.astype(np.uint8). Values that are no pixels: add --features.',
      );
    case 'int16':
    case 'int32':
    case 'int64':
    case 'uint32':
    case 'uint64':
      throw wrongType(
        what,
        type,
        'If the pixels are 0 to 255, save it as x.astype(np.uint8). Values that are no pixels: add --features.',
      );
  }
}

function wrongType(what: string, type: string, remedy: string): SmoothcertError {
  return new SmoothcertError('DATA_TYPE', `${what} holds ${type} values; pixels are uint8 or float.`, remedy);
}
