import { RequestError } from '../../shared/errors.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import { Check } from '../../shared/wire/check.js';
import { artifactToWire, type ReadRequestOf, type ResponseOf } from '../../api/wire/service.js';
import { pageSizeOf } from '../jobs/page-size.js';

/** Answers GetArtifact: how much of an artifact the store has. @throws RequestError for what is not a digest */
export async function getArtifact(
  store: ArtifactStore,
  { digest }: ReadRequestOf<'getArtifact'>,
): Promise<ResponseOf<'getArtifact'>> {
  const check = new Check();
  check.digest('digest', digest);
  check.refuseRequest();
  const found = await store.find(digest);
  // The client will not upload what is complete: it must still be there when a job names it.
  if (found && (await store.use(digest))) return { complete: true, receivedBytes: found.bytes };
  return { complete: false, receivedBytes: await store.receivedBytes(digest) };
}

/** Answers ListArtifacts: a page in order of digests; its token is its last digest. @throws RequestError for another token */
export async function listArtifacts(
  store: ArtifactStore,
  { pageSize, pageToken }: ReadRequestOf<'listArtifacts'>,
): Promise<ResponseOf<'listArtifacts'>> {
  if (!/^([0-9a-f]{64})?$/.test(pageToken)) {
    throw new RequestError([{ field: 'page_token', description: 'is not one that this server gave' }]);
  }
  const size = pageSizeOf(pageSize);
  const found = await store.list(pageToken, size + 1);
  const page = found.slice(0, size);
  return {
    artifacts: page.map(artifactToWire),
    nextPageToken: found.length > size ? page.at(-1)!.digest : '',
  };
}
