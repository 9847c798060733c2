import { expect, test } from 'vitest';
import { accountOf, show } from '../harness/account.js';
import { LONG_JOB, certifiedRows } from '../harness/army.js';
import { Cluster } from '../harness/cluster.js';
import { NatsCluster } from '../harness/nats-cluster.js';
import { natsPrograms } from '../harness/nats-programs.js';
import { NatsServer } from '../harness/nats-server.js';
import { Taps } from '../harness/taps.js';

const [oldest, ...newer] = natsPrograms();
const versions = [oldest, ...newer].map((one) => one?.version).join(' → ');
if (newer.length === 0)
  console.warn('There is one version of nats-server here: upgrades of NATS are NOT TRIED.');

/** Records between two upgrades of a server. */
const RECORDS = 10;

test.runIf(oldest && newer.length > 0).each([
  ['a server', async () => NatsServer.start({ program: oldest!.program })],
  ['three servers, one after the other,', async () => NatsCluster.start({ program: oldest!.program })],
] as const)(
  `%s of NATS upgraded on the same store during a job, ${versions}: the certificates of certify`,
  { timeout: 400_000 },
  async (name, start) => {
    const expected = await certifiedRows(LONG_JOB);
    const nats = await start();
    await using cluster = Cluster.around<NatsServer | NatsCluster>(nats, { lease: 15 });
    const coordinator = await cluster.coordinator();
    const workers = ['one', 'two'].map((worker) => cluster.worker(worker));
    await coordinator.says(/ Serving:/);
    await Promise.all(workers.map((worker) => worker.says(/ Ready:/)));
    const nodes = nats instanceof NatsServer ? [nats] : nats.nodes;
    const taps = await Taps.on(nats);
    const id = await cluster.detach(coordinator, LONG_JOB);
    for (const { program } of newer) {
      for (const node of nodes) {
        await taps.further(RECORDS);
        await node.upgrade(program);
      }
    }
    const { code, rows } = await cluster.finish(coordinator, id);
    expect([code, rows]).toEqual([0, expected]);
    const account = await accountOf(nats, id, rows, taps);
    console.log(show(`${name} upgraded`, account));
    expect(account.findings).toEqual([]);
    const link = await nats.connect();
    expect(link.connection.info?.version).toBe(newer.at(-1)!.version);
  },
);
