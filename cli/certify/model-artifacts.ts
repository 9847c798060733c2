import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { SmoothcertError } from '../../shared/errors.js';
import type { ModelReference } from '../../shared/job-spec.js';
import type { Artifact } from '../../shared/ports/artifact-store.js';
import { readModel } from '../../worker/model/onnx/model-file.js';

/** A file of this machine that a server may have to be sent. */
export interface LocalArtifact {
  readonly file: string;
  readonly artifact: Artifact;
}

/** The largest piece that a server takes at once. */
const PIECE_BYTES = 2 ** 20;

/** A model by digest, and the files that it consists of. @throws MODEL_UNREADABLE */
export async function modelArtifacts(
  file: string,
): Promise<{ reference: ModelReference; files: readonly LocalArtifact[] }> {
  const { digest, fileDigest, weights } = await readModel(file);
  const found = [{ path: path.basename(file), digest: fileDigest }, ...weights];
  const files = found.map(({ path: name, digest: own }) =>
    localArtifact(path.join(path.dirname(file), name), own, 'file'),
  );
  return { reference: { digest, fileDigest, weights, uri: null }, files: await Promise.all(files) };
}

export async function localArtifact(
  file: string,
  digest: string,
  kind: Artifact['kind'],
): Promise<LocalArtifact> {
  return { file, artifact: { digest, kind, bytes: (await stat(file)).size } };
}

/** Bytes of a file from a position on. The server tells from the digest whether they were changed meanwhile. */
export async function* piecesOf(file: string, from: number): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, { start: from, highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new SmoothcertError(
      'DATA_UNREADABLE',
      `${file} cannot be read to its end (${code}).`,
      'Check the file and run the same command again: what was sent is not sent again.',
      { cause },
    );
  }
}
