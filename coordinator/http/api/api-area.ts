import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Area } from '../../../adapters/http/http-server.js';
import { unauthenticated } from '../../../adapters/http/tokens.js';
import { RequestError, SmoothcertError } from '../../../shared/errors.js';
import type { Waiting } from '../../../shared/waiting.js';
import { knownFault, notServing } from '../../jobs/service-errors.js';
import { newDownloads, notFound, type ApiCall, type ApiState } from './api-call.js';
import type { ApiParts } from './api-parts.js';
import { goneOf } from './downloads.js';
import { FiguresCache } from './figures-cache.js';
import { answerError } from './json-answers.js';
import { busy } from './limiter.js';
import { Query } from './query.js';
import { ResultsFeed } from './results-feed.js';
import { routeOf, type FoundRoute, type Route } from './routes.js';
import { refuseForeign } from './same-site.js';

const BASE = '/api/v1';
/** Requests that are being answered at a time; further ones are refused, so that a client which never waits costs nothing. */
const MOST_CALLS = 256;

/** The paths and methods of the API. */
const API_AREA: Omit<Area, 'serve'> = {
  owns: (path) => path === '/api' || path.startsWith('/api/'),
  methods: ['GET', 'HEAD', 'POST'],
  refuse: (response, status, sentence) => answerError(response, refused(sentence), null, status),
};

/** The API of a process that begins to listen before it has its service: until then it answers that it does not serve, and why. */
export class LateApi implements Area {
  readonly owns = API_AREA.owns;
  readonly methods = API_AREA.methods;
  readonly refuse = API_AREA.refuse;
  answering: Area | null = null;

  constructor(private readonly waiting: () => Waiting | null) {}

  serve(request: IncomingMessage, response: ServerResponse): Promise<void> | void {
    if (this.answering !== null) return this.answering.serve(request, response);
    const waiting = this.waiting();
    answerError(response, notServing(waiting ?? undefined), waiting);
  }
}

/** Returns the JSON API over HTTP, with the same service behind it as gRPC. docs/api-http.md says what it answers. */
export function apiArea(parts: ApiParts, now: () => number = () => performance.now()): Area {
  const feed = new ResultsFeed(parts.service, parts.results);
  const state: ApiState = {
    ...parts,
    feed,
    figures: new FiguresCache(feed, parts.results, now),
    downloads: newDownloads(),
  };
  let calls = 0;
  return {
    ...API_AREA,
    serve: async (request, response) => {
      calls += 1;
      const gone = goneOf(response);
      try {
        if (calls > MOST_CALLS) throw busy('requests are answered');
        await answer(state, { request, response, gone });
      } catch (error) {
        fail(state, response, error);
      }
      // What was begun for a client that is gone counts until it has ended, and an answer until it is taken.
      if (gone.aborted) calls -= 1;
      else gone.addEventListener('abort', () => (calls -= 1), { once: true });
    },
  };
}

async function answer(state: ApiState, asked: Pick<ApiCall, 'request' | 'response' | 'gone'>): Promise<void> {
  const { request, response } = asked;
  const url = new URL(request.url ?? '/', 'http://localhost');
  refuseForeign(request, state.accept === null ? state.hosts : null);
  const found = url.pathname.startsWith(`${BASE}/`) ? routeOf(url.pathname.slice(BASE.length)) : null;
  const open = found?.routes.every((route) => route.open) ?? false;
  if (!open && state.accept !== null && !(await state.accept(request.headers.authorization))) {
    state.onRefused('over HTTP');
    throw unauthenticated();
  }
  if (found === null) throw notFound('There is no such path.');
  const route = ofMethod(found, request, response);
  const query = new Query(url.searchParams, route.query);
  await route.answer({ ...asked, state, id: found.id, image: found.image, query });
}

/** Returns the route of a request's method. @throws what is answered with status 405 */
function ofMethod({ routes }: FoundRoute, { method }: IncomingMessage, response: ServerResponse): Route {
  const asked = method === 'HEAD' ? 'GET' : method;
  const found = routes.find((route) => route.method === asked);
  if (found) return found;
  const allowed = routes.map((route) => (route.method === 'GET' ? 'GET, HEAD' : route.method)).join(', ');
  response.setHeader('allow', allowed);
  throw new WrongMethod(allowed);
}

/** Answered with status 405. */
class WrongMethod extends RequestError {
  constructor(allowed: string) {
    super([{ field: 'method', description: `is none of ${allowed}` }]);
  }
}

/** Answers with an error, or ends an answer that was begun, so that nobody takes a part for the whole. */
function fail(state: ApiState, response: ServerResponse, error: unknown): void {
  const known = knownFault(error);
  if (known.exitCode === 1 && !response.destroyed) state.onFault(error);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const waiting = known.code === 'NOT_SERVING' ? state.service.waiting : null;
  if (known instanceof WrongMethod) answerError(response, known, waiting, 405);
  else answerError(response, known, waiting);
}

const refused = (sentence: string): SmoothcertError =>
  new SmoothcertError('REQUEST_INVALID', sentence, 'See docs/api-http.md for what is answered.');
