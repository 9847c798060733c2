import { RequestError } from '../../shared/errors.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import { PAGE } from './limits.js';

type Place = Pick<JobEntry, 'createMs' | 'id'>;

/** Newest first; of the same millisecond by id, so that the order is one and the same on every page. */
export function byAge(a: Place, b: Place): number {
  return b.createMs - a.createMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/**
 * A page of jobs. A token names the last job of the page before, so that jobs which come or go meanwhile shift nothing.
 * @throws RequestError page_size, page_token
 */
export function pageOf<T extends Place>(
  jobs: readonly T[],
  pageSize: number,
  pageToken: string,
): { page: T[]; nextPageToken: string } {
  if (!Number.isSafeInteger(pageSize) || pageSize < 0) {
    throw new RequestError([{ field: 'page_size', description: 'is not a number of jobs' }]);
  }
  const size = pageSize === 0 ? PAGE.usual : Math.min(pageSize, PAGE.most);
  const last = pageToken === '' ? null : placeOf(pageToken);
  const behind = [...jobs].sort(byAge).filter((job) => last === null || byAge(job, last) > 0);
  const page = behind.slice(0, size);
  return { page, nextPageToken: behind.length > size ? tokenOf(page.at(-1)!) : '' };
}

const tokenOf = ({ createMs, id }: Place): string => Buffer.from(`${createMs} ${id}`).toString('base64url');

function placeOf(token: string): Place {
  const found = /^(\d{1,16}) (j-[0-9a-f]{20})$/.exec(Buffer.from(token, 'base64url').toString());
  if (found) return { createMs: Number(found[1]), id: found[2]! };
  throw new RequestError([{ field: 'page_token', description: 'is not one that this server gave' }]);
}
