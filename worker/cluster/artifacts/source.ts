import { CHUNK_BYTES, digestOfChunks } from '../../../shared/dataset/data-digest.js';
import { SmoothcertError } from '../../../shared/errors.js';
import type { Artifact, ArtifactStore } from '../../../shared/ports/artifact-store.js';

/** Where artifacts come from. Its answers are not trusted: whoever reads verifies them. */
export interface ArtifactSource {
  /** @throws SmoothcertError ARTIFACT_MISSING, SERVER_UNREACHABLE */
  describe(digest: string): Promise<Artifact & { readonly chunks: readonly string[] }>;
  /** Bytes [begin, end). @throws the same */
  read(digest: string, begin: number, end: number): AsyncIterable<Uint8Array>;
}

/** Returns the artifacts of a store that this machine can read. */
export function folderSource(store: ArtifactStore): ArtifactSource {
  return {
    async describe(digest) {
      const file = await store.file(digest);
      const found = await store.find(digest);
      if (!found) throw new SmoothcertError('ARTIFACT_MISSING', `${file} is gone.`, 'Upload it again.');
      return { ...found, chunks: found.kind === 'data-set' ? await store.chunks(digest) : [] };
    },
    read: (digest, begin, end) => store.read(digest, begin, end),
  };
}

/** Returns the same source; `onRead` is called with the number of bytes of each part that is read. */
export function metered(source: ArtifactSource, onRead: (bytes: number) => void): ArtifactSource {
  return {
    describe: (digest) => source.describe(digest),
    async *read(digest, begin, end) {
      for await (const part of source.read(digest, begin, end)) {
        onRead(part.length);
        yield part;
      }
    },
  };
}

/** Returns the chunk digests of a data set, verified against its data digest. @throws DATA_DIGEST_MISMATCH */
export async function verifiedChunks(
  source: ArtifactSource,
  digest: string,
): Promise<{ bytes: number; chunks: readonly string[] }> {
  const { bytes, chunks } = await source.describe(digest);
  const right = digestOfChunks(chunks) === digest && chunks.length === Math.ceil(bytes / CHUNK_BYTES);
  if (right) return { bytes, chunks };
  throw mismatch(`The list of chunks of the data set ${digest} is not the one that its digest names.`);
}

export function mismatch(message: string): SmoothcertError {
  return new SmoothcertError(
    'DATA_DIGEST_MISMATCH',
    message,
    "Check the coordinator's store, and upload the data set again.",
  );
}
