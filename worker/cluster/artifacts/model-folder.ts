import { createHash } from 'node:crypto';
import { lstat, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { digestOfFile } from '../../../shared/files.js';
import { SmoothcertError } from '../../../shared/errors.js';
import type { ModelReference } from '../../../shared/job-spec.js';
import { LARGEST_MODEL, tooLarge } from '../../model/onnx/model-limits.js';
import type { ArtifactSource } from './source.js';

const MODEL_FILE = 'model.onnx';

/**
 * Puts a model and its weight files into `folder`, each verified: fetched files as they arrive, present ones by reading them. The
 * process that loads them checks that all together have the model's digest. Returns the path of the model file and the bytes of all.
 * @throws MODEL_DIGEST_MISMATCH, and what the source throws
 */
export async function fetchModel(
  folder: string,
  { fileDigest, weights }: ModelReference,
  source: ArtifactSource,
): Promise<{ file: string; bytes: number }> {
  const file = path.join(folder, MODEL_FILE);
  let bytes = 0;
  const wanted = [
    { to: file, digest: fileDigest },
    ...weights.map((weight) => ({ to: within(folder, weight.path), digest: weight.digest })),
  ];
  for (const { to, digest } of wanted) {
    await makeFolder(path.dirname(to), folder);
    bytes += await fetchFile(to, digest, LARGEST_MODEL - bytes, source);
  }
  return { file, bytes };
}

/** Creates the folder of a file, if it is below `within`. A link in its way is removed, so that nothing is written where it leads. */
async function makeFolder(folder: string, within: string): Promise<void> {
  const root = await realpath(within);
  const steps = path.relative(within, folder).split(path.sep);
  let at = within;
  for (const step of steps.filter((name) => name !== '')) {
    at = path.join(at, step);
    const there = await lstat(at).catch(() => null);
    if (there && !there.isDirectory()) await rm(at, { force: true });
    await mkdir(at, { recursive: true });
  }
  if (!`${await realpath(folder)}${path.sep}`.startsWith(root + path.sep)) {
    throw new SmoothcertError(
      'FOLDER_UNUSABLE',
      `${folder} leads out of the cache.`,
      'Delete the folder of the cache: it is filled again.',
    );
  }
}

/** Returns the path of a weight file, whose name the model gives: never outside the folder, never the model itself. */
function within(folder: string, name: string): string {
  const plain = !/[\\\0]|^[a-z]:/i.test(name) && name.split('/').every((part) => !['', '..'].includes(part));
  const file = path.join(folder, name);
  if (plain && file !== path.join(folder, MODEL_FILE) && file.startsWith(folder + path.sep)) return file;
  throw new SmoothcertError(
    'MODEL_UNREADABLE',
    `The model keeps weights in ${JSON.stringify(name)}, which is no path below it.`,
    'Save it as one file: onnx.save(onnx.load(path), "one-file.onnx").',
  );
}

/** Fetches a file unless it is there with this digest. Returns its length. @param most bytes that it may have */
async function fetchFile(
  file: string,
  digest: string,
  most: number,
  source: ArtifactSource,
): Promise<number> {
  const there = await lstat(file).catch(() => null);
  if (there?.isFile() && (await digestOfFile(file)) === digest) return there.size;
  const { bytes } = await source.describe(digest);
  if (bytes > most) throw tooLarge(digest, bytes);
  const temporary = `${file}.part`;
  const hash = createHash('sha256');
  // A new file, since one that is there already may be a link to somewhere else.
  await rm(temporary, { force: true, recursive: true });
  const handle = await open(temporary, 'wx');
  try {
    for await (const part of source.read(digest, 0, bytes)) {
      hash.update(part);
      await handle.writeFile(part);
    }
  } finally {
    await handle.close();
  }
  if (hash.digest('hex') !== digest) {
    await rm(temporary, { force: true });
    throw new SmoothcertError(
      'MODEL_DIGEST_MISMATCH',
      `The coordinator gave other bytes than those of the model file ${digest}.`,
      "Check the coordinator's store, and upload the model again.",
    );
  }
  await rename(temporary, file);
  return bytes;
}
