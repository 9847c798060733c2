import type { ImageSource, Piece } from '../image-source.js';

/**
 * The farthest from [0, 1] that a pixel is clipped from. Resizing CIFAR-10's images by PyTorch's cubic kernel overshoots by up to 0.09; the
 * negative weights of a cubic kernel add up to 0.19 at most (0.13 in Pillow), along one axis. Normalised pixels reach −1 and beyond.
 */
export const FARTHEST = 0.2;

/** The values that were clipped as the data were read. */
export interface Clipping {
  /** How many values were beyond [0, 1]. */
  readonly values: number;
  /** The farthest that one of them was beyond. */
  readonly farthest: number;
}

/** Images whose pixels are clipped, and what was clipped when they were last read. */
export interface ClippedSource {
  readonly source: ImageSource;
  readonly clipping: () => Clipping;
}

/** Returns the images with pixels slightly beyond [0, 1] at 0 or 1. Those that are farther out stay, and are refused as without it. */
export function clipped(source: ImageSource): ClippedSource {
  let clipping: Clipping = { values: 0, farthest: 0 };
  const { values } = source;
  if (values.kind === 'levels') return { source, clipping: () => clipping };
  const clip = ({ at, values: pixels }: Piece): Piece => {
    let { values: count, farthest } = clipping;
    const inside = pixels.map((pixel) => {
      const beyond = Math.max(-pixel, pixel - 1);
      if (!(beyond > 0 && beyond <= FARTHEST)) return pixel;
      count += 1;
      farthest = Math.max(farthest, beyond);
      return pixel < 0 ? 0 : 1;
    });
    clipping = { values: count, farthest };
    return { at, values: inside };
  };
  return {
    source: {
      what: source.what,
      shape: source.shape,
      values: {
        kind: 'numbers',
        read: async function* (selection) {
          clipping = { values: 0, farthest: 0 };
          for await (const piece of values.read(selection)) yield clip(piece);
        },
      },
      classNames: source.classNames,
      files: source.files,
      givenPlaceOf: source.givenPlaceOf,
      ownLabels: () => source.ownLabels(),
      close: () => source.close(),
    },
    clipping: () => clipping,
  };
}

/** Returns the sentence that clipped data need; null if nothing was clipped. Its figure is rounded up. */
export function clippingNote({ values, farthest }: Clipping): string | null {
  if (values === 0) return null;
  const shown = Number((farthest * 1.005).toPrecision(3));
  return `${values} values of the data were clipped to [0, 1], by at most ${shown}; the certificates are for the clipped values.`;
}
