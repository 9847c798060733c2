import { elementsOf } from '../../shared/dataset/canonical.js';
import { colourAxis, oppositeChannel } from '../../shared/dataset/colour-axis.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { ImageSource, ImageValues, Piece } from '../image-source.js';

/**
 * Returns the images with their three channels in reverse: blue, green, red for red, green, blue. Everything below sees them so: the data
 * set, its digest, the normalisation. @throws OPTION_INVALID unless exactly one axis of an image has three channels
 */
export function reversedChannels(source: ImageSource): ImageSource {
  const imageShape = source.shape.slice(1);
  const axis = colourAxis(imageShape);
  if (axis === null) {
    throw new SmoothcertError(
      'OPTION_INVALID',
      `--bgr is for images of three channels, and those of ${source.what} have shape [${imageShape.join(', ')}].`,
      'Leave --bgr out.',
    );
  }
  const elements = elementsOf(imageShape);
  const opposite = (place: number) => oppositeChannel(place, axis, elements / 3);
  return {
    what: source.what,
    shape: source.shape,
    values: reversedValues(source.values, elements, opposite),
    classNames: source.classNames,
    files: source.files,
    givenPlaceOf: (flat) => flat - (flat % elements) + opposite(flat % elements),
    ownLabels: () => source.ownLabels(),
    close: () => source.close(),
  };
}

function reversedValues(
  values: ImageValues,
  elements: number,
  opposite: (place: number) => number,
): ImageValues {
  if (values.kind === 'levels') {
    return {
      kind: 'levels',
      read: async function* (selection) {
        for await (const image of wholeImages(values.read(selection), elements))
          yield image.map((_, place) => image[opposite(place)]!);
      },
    };
  }
  return {
    kind: 'numbers',
    read: async function* (selection) {
      for await (const { at, values: image } of wholeNumbers(values.read(selection), elements))
        yield { at, values: image.map((_, place) => image[opposite(place)]!) };
    },
  };
}

/** Yields the bytes of one image after the other, whatever the pieces are. */
async function* wholeImages(pieces: AsyncIterable<Uint8Array>, elements: number): AsyncGenerator<Uint8Array> {
  const image = new Uint8Array(elements);
  let filled = 0;
  for await (const piece of pieces) {
    for (let from = 0; from < piece.length;) {
      const part = piece.subarray(from, from + elements - filled);
      image.set(part, filled);
      filled += part.length;
      from += part.length;
      if (filled < elements) continue;
      yield image;
      filled = 0;
    }
  }
}

/** Yields the numbers of one image after the other. The values of an image follow one another. */
async function* wholeNumbers(pieces: AsyncIterable<Piece>, elements: number): AsyncGenerator<Piece> {
  const image = new Float64Array(elements);
  for await (const { at, values } of pieces) {
    for (let from = 0; from < values.length;) {
      const filled = (at + from) % elements;
      const part = values.subarray(from, from + elements - filled);
      image.set(part, filled);
      from += part.length;
      if (filled + part.length === elements) yield { at: at + from - elements, values: image };
    }
  }
}
