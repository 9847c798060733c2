import { describe, expect, it } from 'vitest';
import { ApiClient, ApiFailure } from './api-client.js';
import { Session } from './session.js';

interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
}

/** A client, and what it has asked. @param answer of the server; null: nobody answers */
function clientOf(answer: () => Response | null) {
  const asked: Asked[] = [];
  const items = new Map<string, string>();
  const session = new Session({
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  });
  const api = new ApiClient('/base/', session, (input, init) => {
    asked.push({
      url: input as string,
      method: init?.method ?? 'GET',
      headers: new Headers(init?.headers),
    });
    const response = answer();
    return response === null ? Promise.reject(new TypeError('Failed to fetch')) : Promise.resolve(response);
  });
  return { api, session, asked };
}

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

describe('requests of the page', () => {
  it('carry the token in a header and in no address, and the etag that is known', async () => {
    const { api, session, asked } = clientOf(() => Response.json({ a: 1 }, { headers: { etag: '"7"' } }));
    expect(await api.get('jobs')).toEqual({ kind: 'new', data: { a: 1 }, etag: '"7"' });
    session.give('secret');
    await api.get('jobs', '"7"');
    await api.post('jobs/j-1/cancel');
    expect(asked.map(({ url, method }) => `${method} ${url}`)).toEqual([
      'GET /base/api/v1/jobs',
      'GET /base/api/v1/jobs',
      'POST /base/api/v1/jobs/j-1/cancel',
    ]);
    expect(asked.map(({ headers }) => headers.get('authorization'))).toEqual([
      null,
      'Bearer secret',
      'Bearer secret',
    ]);
    expect(asked.map(({ headers }) => headers.get('if-none-match'))).toEqual([null, '"7"', null]);
    expect(asked.map(({ headers }) => headers.get('x-smoothcert'))).toEqual([null, null, '1']);
  });

  it('know that nothing has changed', async () => {
    const { api } = clientOf(() => new Response(null, { status: 304 }));
    expect(await api.get('jobs', '"7"')).toEqual({ kind: 'same' });
  });

  it('know when the server last answered with success', async () => {
    let answer: Response | null = Response.json({ error: {} }, { status: 503 });
    const { api } = clientOf(() => answer);
    await failureOf(api.get('jobs'));
    expect(api.answeredMs).toBeNull();
    answer = Response.json({});
    const before = Date.now();
    await api.get('jobs');
    const { answeredMs } = api;
    expect(answeredMs).toBeGreaterThanOrEqual(before);
    answer = null;
    await failureOf(api.get('jobs'));
    expect(api.answeredMs).toBe(answeredMs);
  });

  it('fail with what the server says, or with its status', async () => {
    const error = { code: 'JOB_NOT_FOUND', message: 'There is no such job.', remedy: 'Look at the list.' };
    const said = clientOf(() => Response.json({ error }, { status: 404 }));
    expect(await failureOf(said.api.get('jobs/j-1'))).toMatchObject({ status: 404, ...error });
    const silent = clientOf(() => new Response('<html>', { status: 502 }));
    expect(await failureOf(silent.api.blob('jobs/j-1/results.csv'))).toMatchObject({
      status: 502,
      code: 'HTTP_502',
    });
    const broken = clientOf(() => new Response('{"cut', { status: 200 }));
    expect(await failureOf(broken.api.get('jobs'))).toMatchObject({ status: null });
  });

  it('fail without a status where nobody answers', async () => {
    const { api } = clientOf(() => null);
    const failure = await failureOf(api.get('jobs'));
    expect(failure).toBeInstanceOf(ApiFailure);
    expect(failure).toMatchObject({ status: null, code: 'SERVER_UNREACHABLE' });
  });

  it('that are refused say so to the session', async () => {
    const { api, session } = clientOf(() => Response.json({}, { status: 401 }));
    await failureOf(api.get('jobs'));
    expect(session.admission.value).toBe('wanted');
    session.give('wrong');
    await failureOf(api.get('jobs'));
    expect(session.admission.value).toBe('wrong');
  });

  it('know the time of the server', async () => {
    const ahead = Date.now() + 3_600_000;
    const { api } = clientOf(() => Response.json({}, { headers: { date: new Date(ahead).toUTCString() } }));
    await api.get('jobs');
    // A date in a header has whole seconds; what passed meanwhile counts, too.
    expect(api.now).toBeGreaterThanOrEqual(ahead - 1_000);
  });
});
