import { expect, it } from 'vitest';

import { MalformedMessages } from '../../adapters/nats/link/core-messages.js';
import { announcePresence, WorkerPresences } from '../../adapters/nats/exchange/worker-presences.js';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import type { Presence } from '../../shared/ports/exchange.js';
import { describeNats, sendMalformed } from './support.js';
import { MALFORMED, presenceOf } from '../support/stored-state.js';

/** A worker counts as gone that is silent three times as long: longer than a busy machine keeps a test waiting. */
const PRESENCE_EVERY_MS = 600;

describeNats('presence in NATS', (server) => {
  async function listen(presenceEveryMs = 60_000, most?: number) {
    const link = await server().connect({ presenceEveryMs });
    const malformed = new MalformedMessages();
    const presences = new WorkerPresences(link, malformed, most);
    const names = () => presences.list().map(({ worker }) => worker);
    await link.connection.flush();
    return { link, presences, malformed, names };
  }

  /** Resolves once the listener has read what was announced. */
  async function announce(from: NatsLink, to: NatsLink, ...presences: Presence[]): Promise<void> {
    for (const presence of presences) announcePresence(from, presence);
    await from.connection.flush();
    await to.connection.flush();
  }

  it('keeps what was last heard of each worker, whatever its name', async () => {
    const { link, presences } = await listen();
    const worker = await server().connect();
    const odd = presenceOf('a worker. of > *', { tasks: 3 });
    await announce(worker, link, presenceOf('one'), presenceOf('two'), odd, presenceOf('one', { tasks: 9 }));
    const heard = [...presences.list()].sort((a, b) => (a.worker < b.worker ? -1 : 1));
    expect(heard).toMatchObject([odd, presenceOf('one', { tasks: 9 }), presenceOf('two')]);
    presences.close();
    expect(presences.list()).toEqual([]);
  });

  it('says of one that it is about to end', async () => {
    const { link, presences } = await listen();
    const worker = await server().connect();
    await announce(worker, link, presenceOf('one'), presenceOf('two'), presenceOf('one', { draining: true }));
    expect(presences.list()).toMatchObject([presenceOf('two'), presenceOf('one', { draining: true })]);
  });

  it('forgets one that falls silent, and none that is heard', async () => {
    const { link, names } = await listen(PRESENCE_EVERY_MS);
    const worker = await server().connect();
    const begin = performance.now();
    await announce(worker, link, presenceOf('silent'), presenceOf('speaks'));
    for (;;) {
      await announce(worker, link, presenceOf('speaks'));
      expect(names()).toContain('speaks');
      if (!names().includes('silent')) break;
    }
    expect(performance.now() - begin).toBeGreaterThanOrEqual(3 * PRESENCE_EVERY_MS);
  });

  it('keeps no more than it may', async () => {
    const { link, names } = await listen(60_000, 2);
    const worker = await server().connect();
    await announce(
      worker,
      link,
      presenceOf('one'),
      presenceOf('two'),
      presenceOf('three'),
      presenceOf('one'),
    );
    expect(names()).toEqual(['two', 'one']);
  });

  it('counts what it cannot read', async () => {
    const { link, names, malformed } = await listen();
    const worker = await server().connect();
    await announce(worker, link, presenceOf('one'));
    await sendMalformed(worker, ['sc1.presence.one'], link);
    expect(malformed.count).toBe(MALFORMED.length);
    expect(names()).toEqual(['one']);
  });
});
