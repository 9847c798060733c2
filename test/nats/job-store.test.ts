import { expect, it } from 'vitest';

import { jobsBucket } from '../../adapters/nats/link/buckets.js';
import { NatsJobStore } from '../../adapters/nats/jobs/nats-job-store.js';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { WorkOrders } from '../../adapters/nats/exchange/work-orders.js';
import { encodeEntry } from '../../api/wire/entry.js';
import { describeNats } from './support.js';
import { MALFORMED, entryOf, orderOf } from '../support/stored-state.js';

const MANY = 10_000;
const AT_ONCE = 50;

async function openStore(link: NatsLink) {
  const damaged: string[] = [];
  const store = await NatsJobStore.open(link, (id, error) => {
    expect(error).toMatchObject({ name: 'SmoothcertError' });
    damaged.push(id);
  });
  const ids = async () => (await store.list()).map(({ entry }) => entry.id);
  return { store, damaged, ids };
}

describeNats('the job store in NATS', (server) => {
  it('is made anew, empty, where the server has lost it, and says so', async () => {
    const link = await server().connect();
    const { store, ids } = await openStore(link);
    const orders = new WorkOrders(link, await jobsBucket(link));
    const lost = {
      code: 'NATS_UNREACHABLE',
      message: expect.stringContaining('had lost the bucket') as string,
    };
    const calls: [string, () => Promise<unknown>, unknown][] = [
      ['get', () => store.get('j-a'), null],
      ['list', ids, []],
      ['remove', () => store.remove('j-a'), undefined],
      ['create', () => store.create(entryOf('j-a')), 'created'],
      ['put', () => orders.put(orderOf('j-a')), undefined],
    ];
    for (const [what, call, outcome] of calls) {
      await link.manager.streams.delete('KV_SC1_JOBS');
      const thrown = await call().catch((error: unknown) => error);
      expect({ what, thrown }).toMatchObject({ what, thrown: lost });
      expect([what, await call()]).toEqual([what, outcome]);
    }
  });

  it('is not made by those who ask for work orders', async () => {
    const link = await server().connect();
    const orders = new WorkOrders(link, await jobsBucket(link));
    await link.manager.streams.delete('KV_SC1_JOBS');
    await expect(orders.get('j-a')).rejects.toMatchObject({ code: 'NATS_UNREACHABLE' });
    await expect(link.manager.streams.info('KV_SC1_JOBS')).rejects.toThrow('stream not found');
    await jobsBucket(link);
    expect(await orders.get('j-a')).toBeNull();
  });

  it('keeps work orders apart from jobs', async () => {
    const link = await server().connect();
    const { ids } = await openStore(link);
    const before = await ids();
    const orders = new WorkOrders(link, await jobsBucket(link));
    expect(await orders.get('j-order')).toBeNull();
    await orders.put(orderOf('j-order'));
    await orders.put(orderOf('j-order'));
    expect(await orders.get('j-order')).toEqual(orderOf('j-order'));
    expect(await ids()).toEqual(before);
    await orders.remove('j-order');
    expect(await orders.get('j-order')).toBeNull();
  });

  it('says what is the matter when NATS is away, and goes on when it is back', async () => {
    const { store } = await openStore(await server().connect({ requestMs: 100 }));
    await store.create(entryOf('j-lasts'));
    await server().kill();
    await expect(store.get('j-lasts')).rejects.toMatchObject({ code: 'NATS_UNREACHABLE' });
    await expect(store.create(entryOf('j-late'))).rejects.toMatchObject({ code: 'NATS_UNREACHABLE' });
    await expect(store.list()).rejects.toMatchObject({ code: 'NATS_UNREACHABLE' });
    await server().restart();
    const { store: fresh } = await openStore(await server().connect());
    expect((await fresh.get('j-lasts'))?.entry).toEqual(entryOf('j-lasts'));
  });
});

describeNats('a job store in NATS with many jobs', (server) => {
  it('lists ten thousand jobs, newest first, without those that cannot be read', async () => {
    const link = await server().connect({ requestMs: 30_000 });
    const { store, damaged } = await openStore(link);
    expect(await store.list()).toEqual([]);
    const bucket = await jobsBucket(link);
    // Of 500 writes at once to a new bucket, nats-server 2.9.10 sometimes never answered one.
    for (let begin = 0; begin < MANY; begin += AT_ONCE) {
      const some = Array.from({ length: AT_ONCE }, (_, k) =>
        entryOf(`j-${begin + k}`, { createMs: 10 * (begin + k) }),
      );
      await Promise.all(
        some.map((entry) => bucket.put(`job.${entry.id}`, encodeEntry(entry), { timeout: 60_000 })),
      );
    }
    await Promise.all(MALFORMED.map((bytes, k) => bucket.put(`job.j-bad-${k}`, bytes)));
    const listed = await store.list();
    expect(listed.map(({ entry }) => entry.createMs)).toEqual(
      Array.from({ length: MANY }, (_, k) => 10 * (MANY - 1 - k)),
    );
    const [first] = listed;
    expect(await store.replace({ ...first!.entry, cancelRequested: true }, first!.version)).toBe('replaced');
    expect(damaged.sort()).toEqual(MALFORMED.map((_, k) => `j-bad-${k}`));
    await expect(store.get('j-bad-1')).rejects.toMatchObject({ name: 'SmoothcertError' });
  });
});
