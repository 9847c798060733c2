import { expect, it } from 'vitest';
import { ApiClient } from './api-client.js';
import { PollShelf } from './poll-shelf.js';
import { Session } from './session.js';

/** A shelf before a server that the test moves. */
class Bench {
  serving = true;
  jobsStatus = 200;
  readonly asked: string[] = [];
  readonly session = new Session({
    getItem: () => null,
    setItem: () => undefined,
    removeItem: () => undefined,
  });
  private readonly api = new ApiClient('/', this.session, (input) => {
    const path = (input as string).slice('/api/v1/'.length);
    this.asked.push(path);
    const { serving, jobsStatus } = this;
    const server = { version: '1', name: 'a', needsToken: false, serving, waiting: null };
    return Promise.resolve(
      path === 'server' ? Response.json(server) : Response.json({ path }, { status: jobsStatus }),
    );
  });
  readonly shelf = new PollShelf(this.api, { isHidden: () => false, after: () => () => undefined });
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('polls wait for a server that serves, and go on when it does', async () => {
  const bench = new Bench();
  bench.serving = false;
  const server = bench.shelf.of('server');
  server.start();
  bench.shelf.of('jobs').start();
  await settled();
  expect(bench.asked).toEqual(['server']);
  bench.serving = true;
  bench.shelf.wakeAll();
  await settled();
  bench.shelf.wakeAll();
  await settled();
  expect(bench.asked.filter((path) => path === 'jobs')).toHaveLength(1);
  expect(bench.shelf.of('jobs').store.value.data).toEqual({ path: 'jobs' });
  bench.shelf.clear();
  expect(bench.shelf.of('jobs').store.value.data).toBeNull();
  expect(server.store.value.data).not.toBeNull();
});

it('a request that fails lets the server be asked how it is', async () => {
  const bench = new Bench();
  bench.shelf.of('server').start();
  await settled();
  bench.jobsStatus = 503;
  bench.shelf.of('jobs').start();
  await settled();
  expect(bench.asked).toEqual(['server', 'jobs', 'server']);
});

it('what was answered is kept for who comes back, of the last views', () => {
  const { shelf } = new Bench();
  const [first, watched] = [shelf.of('0'), shelf.of('watched')];
  watched.start();
  expect(shelf.of('0')).toBe(first);
  for (let at = 1; at <= 60; at++) shelf.of(String(at));
  expect(shelf.of('60')).toBe(shelf.of('60'));
  expect(shelf.of('watched')).toBe(watched);
  expect(shelf.of('0')).not.toBe(first);
});
