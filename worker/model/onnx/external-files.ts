import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { SmoothcertError } from '../../../shared/errors.js';
import type { WeightFile } from '../../../shared/job-spec.js';
import { externalRanges, inlineExternalData, type ExternalRange } from './external-data.js';
import { DAMAGED, LARGEST_MODEL, tooLarge } from './model-limits.js';

/** Weight files of one model; exporters write one, or one for each tensor. */
const MOST_FILES = 10_000;
const ONE_FILE =
  'Save it as one file with onnx.save(onnx.load(path), "one-file.onnx"), or put the weight files where the model says they are.';

/** A model with all its weights inside, and the digests of its files. */
export interface WholeModel {
  readonly model: Uint8Array;
  /** sha256 (hex); see `digestOf`. */
  readonly digest: string;
  /** sha256 (hex) of the model file alone. */
  readonly fileDigest: string;
  /** Its weight files, in the order of their names. */
  readonly weights: readonly WeightFile[];
}

/**
 * Returns the model with the weights of its other files (ONNX external data) inside. Only files in the model's own folder, or below
 * it, are read: the folder of the path as given, or of the file that a link there leads to.
 * @throws MODEL_UNREADABLE if a file is elsewhere, missing or too short, or if the whole has more than 2 GB
 */
export async function withExternalFiles(model: Uint8Array, modelPath: string): Promise<WholeModel> {
  const ranges = rangesOf(model, modelPath);
  const fileDigest = sha256(model);
  if (ranges.length === 0) return { model, digest: fileDigest, fileDigest, weights: [] };
  const names = [...new Set(ranges.map(({ location }) => location))].sort(byCodeUnits);
  if (names.length > MOST_FILES) {
    throw unreadable(`The model ${modelPath} names ${names.length} files of weights.`, ONE_FILE);
  }
  const folders = await foldersOf(modelPath);
  const files = new Map<string, Uint8Array>();
  let total = model.length;
  for (const name of names) {
    const file = await findFile(name, modelPath, folders);
    total += file.size;
    if (total > LARGEST_MODEL) throw tooLarge(`${modelPath} with its weight files`, total);
    files.set(name, await readFile(file.path));
  }
  const contentOf = (range: ExternalRange) => cut(files.get(range.location)!, range, modelPath);
  const inlined = ranges.reduce((sum, range) => sum + contentOf(range).length, model.length);
  if (inlined > LARGEST_MODEL) throw tooLarge(`${modelPath} with its weight files`, inlined);
  const weights = names.map((name) => ({ path: name, digest: sha256(files.get(name)!) }));
  return {
    model: inlineExternalData(model, contentOf),
    digest: digestOf([fileDigest, ...weights.map(({ digest }) => digest)]),
    fileDigest,
    weights,
  };
}

/**
 * Returns the digest of a model. Of one file it is its sha256. With weight files it is the sha256 of a text with the sha256 (hex) of
 * the model file and of every weight file, one a line, in the order of their names' UTF-16 units. In a shell:
 * `sha256sum model.onnx a.data b.data | cut -c 1-64 | sha256sum`.
 */
function digestOf(digests: readonly string[]): string {
  return sha256(Buffer.from(digests.map((digest) => `${digest}\n`).join('')));
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function rangesOf(model: Uint8Array, modelPath: string): ExternalRange[] {
  try {
    return externalRanges(model);
  } catch (cause) {
    throw unreadable(`${modelPath} is no ONNX model, or is damaged or cut short.`, DAMAGED, cause);
  }
}

/** Returns the folders that may hold weight files: that of the model's path, and that of the file to which it is a link. */
async function foldersOf(modelPath: string): Promise<string[]> {
  return [await realpath(path.dirname(modelPath)), path.dirname(await realpath(modelPath))];
}

async function findFile(
  name: string,
  modelPath: string,
  folders: readonly string[],
): Promise<{ path: string; size: number }> {
  const plain =
    !/[\\\0]|^[a-z]:/i.test(name) && name.split('/').every((part) => part !== '' && part !== '..');
  if (!plain) throw outside(name, modelPath);
  const given = path.join(path.dirname(modelPath), name);
  try {
    const real = await realpath(given);
    if (!folders.some((folder) => isWithin(real, folder))) throw outside(name, modelPath);
    const found = await stat(real);
    if (found.isFile()) return { path: real, size: found.size };
  } catch (cause) {
    if (cause instanceof SmoothcertError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    const how = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`;
    throw unreadable(`The model ${modelPath} keeps weights in ${given}, which ${how}.`, ONE_FILE, cause);
  }
  throw unreadable(
    `The model ${modelPath} keeps weights in ${given}, which is not a regular file.`,
    ONE_FILE,
  );
}

function isWithin(file: string, folder: string): boolean {
  const way = path.relative(folder, file);
  return way !== '' && !path.isAbsolute(way) && way.split(path.sep)[0] !== '..';
}

function cut(file: Uint8Array, { location, offset, length }: ExternalRange, modelPath: string): Uint8Array {
  const end = length === null ? file.length : offset + length;
  if (offset <= end && end <= file.length) return file.subarray(offset, end);
  throw unreadable(
    `The model ${modelPath} keeps weights in bytes ${offset} to ${end} of ${location}, which has ${file.length}.`,
    'Copy both files again, from the same export.',
  );
}

function outside(name: string, modelPath: string): SmoothcertError {
  return unreadable(
    `The model ${modelPath} keeps weights in ${JSON.stringify(name)}, which is outside the model's own folder.`,
    'Save it as one file: onnx.save(onnx.load(path), "one-file.onnx").',
  );
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function unreadable(message: string, remedy: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError('MODEL_UNREADABLE', message, remedy, { cause });
}
