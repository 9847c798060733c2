import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JobView } from '../../../api/job-view.js';
import { SmoothcertError } from '../../../shared/errors.js';
import type { ApiParts } from './api-parts.js';
import type { FiguresCache } from './figures-cache.js';
import { Limiter } from './limiter.js';
import type { Query } from './query.js';
import type { ResultsFeed, ViewWithJob } from './results-feed.js';

/** The state that the calls of one server share. */
export interface ApiState extends ApiParts {
  readonly feed: ResultsFeed;
  readonly figures: FiguresCache;
  readonly downloads: Limiter;
}

/** A request that was let in, and what its path and query name. */
export interface ApiCall {
  readonly state: ApiState;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborts when the client is gone. */
  readonly gone: AbortSignal;
  readonly id: string;
  readonly image: number;
  readonly query: Query;
}

/** Downloads at a time, and those that wait. */
export const newDownloads = (): Limiter => new Limiter('downloads run', { running: 16, waiting: 64 });

/** Returns a view whose job a worker has looked at; null without one. */
export const withJob = (view: JobView): ViewWithJob | null =>
  view.job === null ? null : { ...view, job: view.job };

/** Returns the job of a call, which must have been looked at. @throws JOB_NOT_FOUND, NOT_FOUND */
export async function lookedAt({ state, id }: ApiCall): Promise<ViewWithJob> {
  const found = withJob(await state.service.getJob(id));
  if (found !== null) return found;
  throw notFound(`The job ${id} has none of this yet: no worker has looked at its model.`);
}

export const notFound = (message: string): SmoothcertError =>
  new SmoothcertError('NOT_FOUND', message, 'See docs/api-http.md for the paths that there are.');
