import { createHash } from 'node:crypto';
import { RequestError, SmoothcertError } from '../../shared/errors.js';
import { MOST_NAME_BYTES, decodeImageNames } from '../../shared/image-names.js';
import { MAX_IMAGES } from '../../shared/job-limits.js';
import type { ImageNames } from '../../shared/job-names.js';
import type { JobSpec } from '../../shared/job-spec.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import { NO_ROW_NAMES, type RowNames } from '../results/row-names.js';

/**
 * Returns the names of the images and classes of a job, verified against their digest; none of a job without them.
 * @throws ARTIFACT_MISSING, DATA_DIGEST_MISMATCH
 */
export async function namesOfJob(artifacts: ArtifactStore, { names }: JobSpec): Promise<RowNames> {
  const digest = names?.images ?? null;
  return digest === null ? NO_ROW_NAMES : ((await readNames(artifacts, digest)) ?? NO_ROW_NAMES);
}

/** Refuses a spec whose names are none: they would be in no row. @throws RequestError, ARTIFACT_MISSING, DATA_DIGEST_MISMATCH */
export async function requireNames(artifacts: ArtifactStore, { names }: JobSpec): Promise<void> {
  const digest = names?.images ?? null;
  if (digest === null || (await readNames(artifacts, digest)) !== null) return;
  const description = `is the digest of a file that holds no names, or of more than ${MOST_NAME_BYTES} bytes`;
  throw new RequestError([{ field: 'spec.names.images_digest', description }]);
}

/** Returns the names that a stored file holds; null if it holds none. */
async function readNames(artifacts: ArtifactStore, digest: string): Promise<ImageNames | null> {
  const bytes = (await artifacts.find(digest))?.bytes ?? 0;
  if (bytes > MOST_NAME_BYTES) return null;
  const hash = createHash('sha256');
  const pieces: Uint8Array[] = [];
  for await (const piece of artifacts.read(digest, 0, bytes)) {
    hash.update(piece);
    pieces.push(piece);
  }
  if (hash.digest('hex') !== digest) throw changed(digest);
  return decodeImageNames(Buffer.concat(pieces), MAX_IMAGES);
}

function changed(digest: string): SmoothcertError {
  return new SmoothcertError(
    'DATA_DIGEST_MISMATCH',
    `The names ${digest} of images were changed in the store of the coordinator: they do not have their digest any more.`,
    'Delete them from that store and upload them again by the same submit command: their jobs then go on.',
  );
}
