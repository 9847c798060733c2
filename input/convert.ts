import {
  encodeHeader,
  MAX_UINT8_RANK,
  PIXEL_LATTICE,
  PIXEL_STEP,
  type DataLattice,
  type DataSetHeader,
} from '../shared/dataset/canonical.js';
import { indicesOf, selectionOf, type ImageRange, type Selection } from '../shared/dataset/selection.js';
import { SmoothcertError } from '../shared/errors.js';
import { nameOf } from '../shared/image-names.js';
import { openImages, readLabelFile } from './formats.js';
import type { ImageSource } from './image-source.js';
import { chooseLattice, type LatticeOptions } from './lattice/choose-lattice.js';
import { latticePoints, levels } from './lattice/lattice-points.js';
import { clipped, type ClippedSource, type Clipping } from './pixels/clip.js';
import { reversedChannels } from './pixels/reverse-channels.js';
import type { NumberSource } from './lattice/values.js';
import { writeCanonical } from './write-canonical.js';

/** Knows how an import proceeds: open the images, read the labels, write the canonical data set. */

export interface ImportedDataSet {
  /** The canonical file that was written: the images of the range and their labels. */
  readonly file: string;
  /** Data digest (hex) of that file. */
  readonly digest: string;
  /** Where the values lie: exactly or, if they were rounded, as the header of the file says. */
  readonly lattice: DataLattice;
  /** The pixels that were clipped, as `--clip` asks for. */
  readonly clipping: Clipping;
  /** Number of images of the whole data set, of which the range is a part. */
  readonly count: number;
  /** Shape of one image, as it was given. */
  readonly imageShape: readonly number[];
  /** Label of every image of the whole data set, by its index; null if there are none. */
  readonly labels: Int32Array | null;
  /** Names of the classes by number: those of the sub-folders that pictures lie in; else null. */
  readonly classNames: readonly string[] | null;
  /** Names of the images' files below the folder, by index in the whole data set; null if they are not files of their own. */
  readonly files: readonly string[] | null;
}

/** The changes that are made to pixels as they are read. */
export interface PixelReading {
  /** Pixels slightly beyond [0, 1] become 0 or 1. */
  readonly clip: boolean;
  /** The three channels are reversed. */
  readonly bgr: boolean;
}

const ALL: ImageRange = { start: 0, stop: null, step: 1 };
const PIXELS: LatticeOptions = { features: false, noiseScale: null };
const AS_THEY_ARE: PixelReading = { clip: false, bgr: false };
const NOTHING_CLIPPED: Clipping = { values: 0, farthest: 0 };

/**
 * Reads images (and labels) in any format of `openImages` and writes the canonical data set `into`: the images of `range`, each
 * under its own index, and no others. Every value of those is checked; of other images only as much as the format needs. `labels`
 * is a file of labels, which replaces labels that come with the images. `lattice` says what numbers mean; if it is left out, they are pixels, to which `reading` may do something first. Memory does not grow with the number of images. `into`
 * appears complete or not at all; an aborted `signal` ends the import with its reason.
 * @throws the DATA_* and LABELS_MISMATCH errors, DISK_FULL, FOLDER_UNUSABLE, and OPTION_INVALID if the range has no images
 */
export async function importDataSet(options: {
  data: string;
  labels?: string;
  into: string;
  range?: ImageRange;
  lattice?: LatticeOptions;
  reading?: PixelReading;
  signal?: AbortSignal;
}): Promise<ImportedDataSet> {
  const { data, into, signal } = options;
  const lattice = options.lattice ?? PIXELS;
  const given = await openImages(data, options.labels ?? null, lattice.features);
  try {
    const { source, clipping } = asAsked(given, options.reading ?? AS_THEY_ARE);
    const { shape } = source;
    const count = shape[0]!;
    const selection = selectionOf(options.range ?? ALL, count);
    if (selection === null) throw noneSelected(data, count);
    const labels =
      options.labels === undefined ? await source.ownLabels() : await readLabelFile(options.labels, source);
    const content = await contentOf(source, selection, lattice);
    const digest = await writeCanonical(into, canonicalBytes(source, selection, content, labels, signal));
    const named = options.labels === undefined ? source.classNames : null;
    return {
      file: into,
      digest,
      lattice: content.lattice ?? PIXEL_LATTICE,
      clipping: clipping(),
      count,
      imageShape: shape.slice(1),
      labels,
      classNames: named?.map(nameOf) ?? null,
      files: source.files?.map(nameOf) ?? null,
    };
  } finally {
    await given.close();
  }
}

/** Returns the images with what is to be done to their pixels. @throws OPTION_INVALID if there are no channels to reverse */
function asAsked(given: ImageSource, { clip, bgr }: PixelReading): ClippedSource {
  const source = bgr ? reversedChannels(given) : given;
  return clip ? clipped(source) : { source, clipping: () => NOTHING_CLIPPED };
}

/** The values of a canonical data set: how its header describes them, and their bytes. */
interface Content extends Pick<DataSetHeader, 'dtype' | 'lattice'> {
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Reads numbers as often as it takes to know their lattice. Pixels on 1/255 are written as uint8, whatever they came as. */
async function contentOf(
  { what, shape, values, givenPlaceOf }: ImageSource,
  selection: Selection,
  options: LatticeOptions,
): Promise<Content> {
  if (values.kind === 'levels') return { dtype: 'uint8', bytes: values.read(selection) };
  const source: NumberSource = { what, shape, values, givenPlaceOf };
  const lattice = await chooseLattice(source, selection, options);
  const { features } = options;
  const arePixels = !features && lattice.step.denominator === PIXEL_STEP.denominator;
  if (arePixels && shape.length <= MAX_UINT8_RANK)
    return { dtype: 'uint8', bytes: levels(source, selection) };
  return { dtype: 'int32', lattice, bytes: latticePoints(source, selection, features, lattice.step) };
}

/** Yields the bytes of the canonical data set: header, values, labels. */
async function* canonicalBytes(
  source: ImageSource,
  selection: Selection,
  content: Content,
  labels: Int32Array | null,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const { start, step, count } = selection;
  const shape = [count, ...source.shape.slice(1)];
  const header = { dtype: content.dtype, shape, labelled: labels !== null, start, step };
  yield encodeHeader(content.lattice === undefined ? header : { ...header, lattice: content.lattice });
  for await (const bytes of content.bytes) {
    signal?.throwIfAborted();
    yield bytes;
  }
  if (labels === null) return;
  const bytes = Buffer.alloc(4 * count);
  let at = 0;
  for (const index of indicesOf(selection)) at = bytes.writeInt32LE(labels[index]!, at);
  yield bytes;
}

function noneSelected(data: string, count: number): SmoothcertError {
  return new SmoothcertError(
    'OPTION_INVALID',
    `--images names none of the ${count} images of ${data}.`,
    `Choose indices from 0 to ${count - 1}.`,
  );
}
