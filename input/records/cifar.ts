import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { MAX_IMAGES } from '../../shared/dataset/canonical.js';
import { indicesOf, type Selection } from '../../shared/dataset/selection.js';
import { SmoothcertError } from '../../shared/errors.js';
import { ByteStream, EndedEarly } from '../bytes/byte-stream.js';
import { byCodePoints, cannotRead, fileBytes, sizeOf } from '../bytes/input-files.js';
import type { ImageSource } from '../image-source.js';

const SHAPE = [3, 32, 32];
const PIXELS = 3 * 32 * 32;

/** Knows the binary version of CIFAR. A record is its label bytes and 3,072 pixels: red, green and blue planes of 32 × 32; no header. */
interface CifarVersion {
  readonly name: string;
  /** Classes of each label byte. The last byte is the label; CIFAR-100 has the coarse label before the fine one. */
  readonly classes: readonly number[];
}

const VERSIONS: readonly CifarVersion[] = [
  { name: 'CIFAR-10', classes: [10] },
  { name: 'CIFAR-100', classes: [20, 100] },
];

const recordBytes = (version: CifarVersion): number => version.classes.length + PIXELS;

/** One batch file and its number of records. */
interface BatchFile {
  readonly path: string;
  readonly count: number;
}

/** Returns true if a file of this size can be a CIFAR batch; its label bytes decide whether it is one. */
export function mayBeCifar(size: number): boolean {
  return size > 0 && VERSIONS.some((version) => size % recordBytes(version) === 0);
}

/**
 * Opens CIFAR-10 or CIFAR-100 (with its fine labels): one batch or several, in the order given. Sizes and label bytes decide which of the
 * two it is. @throws DATA_FORMAT, DATA_UNREADABLE, DATA_SHAPE
 */
export async function openCifar(data: string, files: readonly string[]): Promise<ImageSource> {
  const sizes = await Promise.all(files.map(sizeOf));
  for (const version of VERSIONS) {
    if (!sizes.every((size) => size > 0 && size % recordBytes(version) === 0)) continue;
    const parts = files.map((file, at) => ({ path: file, count: sizes[at]! / recordBytes(version) }));
    const count = parts.reduce((sum, part) => sum + part.count, 0);
    if (count > MAX_IMAGES) throw tooMany(data, count);
    const labels = await labelsOf(version, parts);
    if (labels !== null) return sourceOf(data, version, parts, labels);
  }
  throw notCifar(data, files);
}

/**
 * Lists the batches of a folder in the order of their names; null if it has no .bin files.
 * @throws DATA_FORMAT if it holds training and test images, because the user may mean either
 */
export async function cifarBatches(folder: string): Promise<string[] | null> {
  const entries = await readdir(folder).catch((cause: unknown) => {
    throw cannotRead(folder, cause);
  });
  const names = entries.filter((name) => name.endsWith('.bin')).sort(byCodePoints);
  const isTest = (name: string) => name.startsWith('test');
  const [test, training] = [names.find(isTest), names.find((name) => !isTest(name))];
  if (test === undefined && training === undefined) return null;
  if (test === undefined || training === undefined) return names.map((name) => path.join(folder, name));
  throw new SmoothcertError(
    'DATA_FORMAT',
    `${folder} holds training images (${training}) and test images (${test}).`,
    `Give the file that you mean, most likely ${path.join(folder, test)}.`,
  );
}

function sourceOf(
  what: string,
  version: CifarVersion,
  parts: readonly BatchFile[],
  labels: Int32Array,
): ImageSource {
  return {
    what,
    shape: [labels.length, ...SHAPE],
    classNames: null,
    files: null,
    ownLabels: () => Promise.resolve(labels),
    values: { kind: 'levels', read: (selection) => pixelsOf(version, parts, selection) },
    close: () => Promise.resolve(),
  };
}

/** Reads the label of every image; null if a label byte is too large for this version. */
async function labelsOf(version: CifarVersion, parts: readonly BatchFile[]): Promise<Int32Array | null> {
  const labels: number[] = [];
  for (const part of parts) {
    const everyRecord = { start: 0, step: 1, count: part.count };
    for await (const record of recordsOf(version, part, everyRecord)) {
      if (!version.classes.every((classes, at) => record[at]! < classes)) return null;
      labels.push(record[version.classes.length - 1]!);
    }
  }
  return Int32Array.from(labels);
}

async function* pixelsOf(
  version: CifarVersion,
  parts: readonly BatchFile[],
  selection: Selection,
): AsyncGenerator<Uint8Array> {
  let before = 0;
  let { start, count } = selection;
  const { step } = selection;
  for (const part of parts) {
    const here = Math.min(count, Math.max(0, Math.ceil((before + part.count - start) / step)));
    const within = { start: start - before, step, count: here };
    for await (const record of recordsOf(version, part, within))
      yield record.subarray(version.classes.length);
    start += here * step;
    count -= here;
    before += part.count;
  }
}

/** Yields the selected records of one file; records between are not read. */
async function* recordsOf(
  version: CifarVersion,
  { path: file }: BatchFile,
  selection: Selection,
): AsyncGenerator<Uint8Array> {
  const bytes = recordBytes(version);
  const stream = new ByteStream(fileBytes(file));
  let at = 0;
  try {
    for (const index of indicesOf(selection)) {
      await stream.skip((index - at) * bytes);
      yield await stream.take(bytes);
      at = index + 1;
    }
  } catch (error) {
    throw error instanceof EndedEarly ? notCifar(file, [file], error) : error;
  } finally {
    await stream.close();
  }
}

function notCifar(data: string, files: readonly string[], cause?: unknown): SmoothcertError {
  return new SmoothcertError(
    'DATA_FORMAT',
    files.length === 1 && files[0] === data
      ? `${data} is in no format that is read: it has the size of CIFAR batches and other bytes where their labels are.`
      : `The .bin files of ${data} are not all CIFAR-10 or all CIFAR-100 batches, by their sizes and label bytes.`,
    'Give whole files of the "binary version", or save the images with np.savez("images.npz", x=images, y=labels).',
    { cause },
  );
}

function tooMany(what: string, count: number): SmoothcertError {
  return new SmoothcertError(
    'DATA_SHAPE',
    `${what} holds ${count} images, more than ${MAX_IMAGES}.`,
    'Give fewer of the files.',
  );
}
