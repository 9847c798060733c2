import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NatsJobStore } from '../../adapters/nats/jobs/nats-job-store.js';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { Patience } from '../../adapters/nats/link/patience.js';
import { updateEntry } from '../../coordinator/run/stored-job.js';
import { NatsCluster } from '../harness/nats-cluster.js';
import { natsPrograms } from '../harness/nats-programs.js';
import { NatsServer } from '../harness/nats-server.js';
import { entryOf } from '../support/stored-state.js';

const JOBS = 100;
const AT_ONCE = 4;

const kinds = natsPrograms().flatMap(({ program, version }) => [
  { nats: `one nats-server ${version}`, start: () => NatsServer.start({ program }) },
  { nats: `three nats-servers ${version}, three copies`, start: () => NatsCluster.start({ program }) },
]);

describe.each(kinds)('with $nats', ({ start }) => {
  let server: NatsServer | NatsCluster;
  let stores: NatsJobStore[];
  beforeAll(async () => {
    server = await start();
    const links: NatsLink[] = [];
    for (let k = 0; k < AT_ONCE; k++) links.push(await server.connect());
    const patience = new Patience({ ms: 60_000 });
    const open = (link: NatsLink) => patience.until(() => NatsJobStore.open(link, () => undefined));
    stores = await Promise.all(links.map(open));
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('of several coordinators that create one job, one does, and the others find it', async () => {
    for (let k = 0; k < JOBS; k++) {
      const id = `j-created-${k}`;
      const answers = await Promise.all(
        stores.map(async (store, at) => {
          const entry = { ...entryOf(id), createMs: at };
          const created = await store.create(entry);
          return [created, (await store.get(id))?.entry.createMs] as const;
        }),
      );
      const winner = answers.findIndex(([created]) => created === 'created');
      const expected = answers.map((_, at) => [at === winner ? 'created' : 'exists', winner]);
      expect(answers).toEqual(expected);
    }
  });

  it('several cancellations of one job are all answered, and it is cancelled once', async () => {
    for (let k = 0; k < JOBS; k++) {
      const id = `j-cancelled-${k}`;
      await stores[0]!.create(entryOf(id));
      const before = (await stores[0]!.get(id))!;
      const cancel = (store: NatsJobStore) =>
        updateEntry(store, id, (now) => (now.cancelRequested ? now : { ...now, cancelRequested: true }));
      const answers = await Promise.all(stores.map(cancel));
      expect(answers.map((entry) => entry?.cancelRequested)).toEqual(stores.map(() => true));
      const after = (await stores[0]!.get(id))!;
      expect(after.entry).toEqual({ ...before.entry, cancelRequested: true });
      expect(await stores[1]!.replace(before.entry, before.version)).toBe('changed');
    }
  });
});
