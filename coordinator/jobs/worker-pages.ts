import type { WorkerView } from '../../api/worker-view.js';
import { RequestError } from '../../shared/errors.js';
import type { HeardPresence } from '../../shared/ports/exchange.js';
import type { Refusal } from '../../shared/ports/job-store.js';
import { pageSizeOf } from './page-size.js';

/** Refusals of one worker that clients are shown, and characters of each of their texts: a thousand workers fit into two messages. */
const MOST_REFUSALS = 4;
const LONGEST_TEXT = 512;

/**
 * Returns a page of workers by name, and the token of the next page; empty if there is none. A token names the last worker of its page, so that
 * workers which come or go meanwhile shift nothing.
 * @param pageSize 0: the usual one. @param pageToken empty: the first page. @param nowMs milliseconds since 1970
 * @throws RequestError page_size, page_token
 */
export function workersPage(
  presences: readonly HeardPresence[],
  pageSize: number,
  pageToken: string,
  nowMs: number,
): { workers: WorkerView[]; nextPageToken: string } {
  const size = pageSizeOf(pageSize);
  const last = Buffer.from(pageToken, 'base64url').toString();
  if (tokenOf(last) !== pageToken) {
    throw new RequestError([{ field: 'page_token', description: 'is not one that this server gave' }]);
  }
  const behind = presences.filter(({ worker }) => worker > last);
  const page = behind.sort((a, b) => (a.worker < b.worker ? -1 : 1)).slice(0, size);
  return {
    workers: page.map((presence) => viewOf(presence, nowMs)),
    nextPageToken: behind.length > size ? tokenOf(page.at(-1)!.worker) : '',
  };
}

const tokenOf = (worker: string): string => Buffer.from(worker).toString('base64url');

function viewOf({ slots, silentMs, refusals, ...presence }: HeardPresence, nowMs: number): WorkerView {
  return {
    ...presence,
    processes: slots,
    lastSeenMs: Math.max(0, Math.round(nowMs - silentMs)),
    refusals: refusals
      .slice(0, MOST_REFUSALS)
      .map(({ job, refusal }) => ({ job, refusal: shortened(refusal) })),
  };
}

const shortened = ({ worker, code, message, remedy }: Refusal): Refusal => ({
  worker,
  code,
  message: message.slice(0, LONGEST_TEXT),
  remedy: remedy.slice(0, LONGEST_TEXT),
});
