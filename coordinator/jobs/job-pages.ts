import { RequestError } from '../../shared/errors.js';
import { isJobId } from '../../shared/job-id-pattern.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import { pageSizeOf } from './page-size.js';

/** The fields that jobs are ordered by. */
type AgeKey = Pick<JobEntry, 'createMs' | 'id'>;

/** Compares jobs: the newest comes first, of one millisecond the lowest id, so that every page has the same order. */
function byAge(a: AgeKey, b: AgeKey): number {
  return b.createMs - a.createMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/**
 * Returns a page of jobs, and the token of the next page; empty if there is none. A token names the last job of its page, so that jobs which
 * come or go meanwhile shift nothing.
 * @param pageSize 0: the usual one. @param pageToken empty: the first page
 * @throws RequestError page_size, page_token
 */
export function pageOf<T extends AgeKey>(
  jobs: readonly T[],
  pageSize: number,
  pageToken: string,
): { page: T[]; nextPageToken: string } {
  const size = pageSizeOf(pageSize);
  const last = pageToken === '' ? null : keyOf(pageToken);
  const behind = [...jobs].sort(byAge).filter((job) => last === null || byAge(job, last) > 0);
  const page = behind.slice(0, size);
  return { page, nextPageToken: behind.length > size ? tokenOf(page.at(-1)!) : '' };
}

const tokenOf = ({ createMs, id }: AgeKey): string => Buffer.from(`${createMs} ${id}`).toString('base64url');

function keyOf(token: string): AgeKey {
  const found = /^(\d{1,16}) (\S+)$/.exec(Buffer.from(token, 'base64url').toString());
  if (found && isJobId(found[2]!)) return { createMs: Number(found[1]), id: found[2]! };
  throw new RequestError([{ field: 'page_token', description: 'is not one that this server gave' }]);
}
