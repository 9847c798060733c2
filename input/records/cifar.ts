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

/** A record is its label bytes and 3,072 pixels: red, green and blue planes of 32 × 32. There is no header. */
interface Kind {
  readonly name: string;
  /** How many classes each label byte numbers; the last byte is the label. CIFAR-100 has the coarse one before the fine one. */
  readonly classes: readonly number[];
}

const KINDS: readonly Kind[] = [
  { name: 'CIFAR-10', classes: [10] },
  { name: 'CIFAR-100', classes: [20, 100] },
];

const recordBytes = (kind: Kind): number => kind.classes.length + PIXELS;

interface Part {
  readonly path: string;
  readonly count: number;
}

/** Whether a file of this size can be a CIFAR batch; whether it is one, its label bytes say. */
export function mayBeCifar(size: number): boolean {
  return size > 0 && KINDS.some((kind) => size % recordBytes(kind) === 0);
}

/**
 * CIFAR-10 or CIFAR-100 (its fine labels) in the binary version: one batch or a folder of them, in order of their
 * names. Known by size and label bytes. A folder with training and test images is refused: it is not said which
 * are meant. DATA_FORMAT, DATA_UNREADABLE, DATA_SHAPE.
 */
export async function openCifar(data: string, files: readonly string[]): Promise<ImageSource> {
  const sizes = await Promise.all(files.map(sizeOf));
  for (const kind of KINDS) {
    if (!sizes.every((size) => size > 0 && size % recordBytes(kind) === 0)) continue;
    const parts = files.map((file, at) => ({ path: file, count: sizes[at]! / recordBytes(kind) }));
    const count = parts.reduce((sum, part) => sum + part.count, 0);
    if (count > MAX_IMAGES) throw tooMany(data, count);
    const labels = await labelsOf(kind, parts);
    if (labels !== null) return sourceOf(data, kind, parts, labels);
  }
  throw notCifar(data, files);
}

/** The batches of a folder, in order of their names; null if it has no .bin files. DATA_FORMAT if it mixes training and test. */
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

function sourceOf(what: string, kind: Kind, parts: readonly Part[], labels: Int32Array): ImageSource {
  return {
    what,
    dtype: 'uint8',
    shape: [labels.length, ...SHAPE],
    classNames: null,
    files: null,
    ownLabels: () => Promise.resolve(labels),
    pixels: (selection) => pixelsOf(kind, parts, selection),
    close: () => Promise.resolve(),
  };
}

/** Every image's label; null if some byte is none of its kind's, so that the files are of another kind. */
async function labelsOf(kind: Kind, parts: readonly Part[]): Promise<Int32Array | null> {
  const labels: number[] = [];
  for (const part of parts) {
    const everyRecord = { start: 0, step: 1, count: part.count };
    for await (const record of recordsOf(kind, part, everyRecord)) {
      if (!kind.classes.every((classes, at) => record[at]! < classes)) return null;
      labels.push(record[kind.classes.length - 1]!);
    }
  }
  return Int32Array.from(labels);
}

async function* pixelsOf(
  kind: Kind,
  parts: readonly Part[],
  selection: Selection,
): AsyncGenerator<Uint8Array> {
  let before = 0;
  let { start, count } = selection;
  const { step } = selection;
  for (const part of parts) {
    const here = Math.min(count, Math.max(0, Math.ceil((before + part.count - start) / step)));
    const within = { start: start - before, step, count: here };
    for await (const record of recordsOf(kind, part, within)) yield record.subarray(kind.classes.length);
    start += here * step;
    count -= here;
    before += part.count;
  }
}

/** The selected records of one file; those between are not read. */
async function* recordsOf(
  kind: Kind,
  { path: file }: Part,
  selection: Selection,
): AsyncGenerator<Uint8Array> {
  const bytes = recordBytes(kind);
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
