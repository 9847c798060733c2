import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { digestOfFile } from '../../shared/adapters/local/files.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { ModelReference } from '../../shared/job-spec.js';
import type { ArtifactSource } from './source.js';

const MODEL_FILE = 'model.onnx';

/**
 * Puts a model and its weight files into `folder`, each verified as it comes, those that are there read back. Returns the path of the
 * model file and the bytes of all. Whether model and weights together have the model's digest is for the process that loads them.
 * @throws MODEL_DIGEST_MISMATCH, and what the source throws
 */
export async function fetchModel(
  folder: string,
  { fileDigest, weights }: ModelReference,
  source: ArtifactSource,
): Promise<{ file: string; bytes: number }> {
  const file = path.join(folder, MODEL_FILE);
  let bytes = await fetchFile(file, fileDigest, source);
  for (const weight of weights) bytes += await fetchFile(within(folder, weight.path), weight.digest, source);
  return { file, bytes };
}

/** The path of a weight file, which the model named: never outside the folder, never the model itself. */
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

async function fetchFile(file: string, digest: string, source: ArtifactSource): Promise<number> {
  const there = await stat(file).catch(() => null);
  if (there && (await digestOfFile(file)) === digest) return there.size;
  const { bytes } = await source.describe(digest);
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.part`;
  const hash = createHash('sha256');
  const handle = await open(temporary, 'w');
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
