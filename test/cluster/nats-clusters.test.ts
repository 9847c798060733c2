import { describe, expect, it } from 'vitest';
import { ensureLedger, ledgerStream } from '../../adapters/nats/ledger/ledger-stream.js';
import { jobsBucket } from '../../adapters/nats/link/buckets.js';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { Patience } from '../../adapters/nats/link/patience.js';
import { ensureBucket } from '../../adapters/nats/link/streams.js';
import { NatsTaskQueue } from '../../adapters/nats/tasks/nats-task-queue.js';
import { WORK_STREAM } from '../../adapters/nats/tasks/work-stream.js';
import { NatsCluster } from '../harness/nats-cluster.js';
import { natsPrograms } from '../harness/nats-programs.js';
import { NatsServer } from '../harness/nats-server.js';
import { DIGEST } from '../support/records.js';

const MIB = 2 ** 20;
/** Servers that are listed, each with two tries of its cluster's others; asked five times, and once more each time for the reason. */
const MOST_LOGINS = 5 * (3 + 2 + 3);

/** Makes a bucket as soon as it can be made; the copies that are kept of it, and what was said of them. */
async function copiesOf(link: NatsLink, name: string) {
  const notes: string[] = [];
  link.onTrouble((sentence, kind) => kind === 'note' && notes.push(sentence));
  const bucket = { name, largestValue: 1000, largestTotal: MIB, ttlMs: 0 };
  await new Patience({ ms: 60_000 }).until(() => ensureBucket(link, bucket));
  const { config } = await link.manager.streams.info(`KV_${name}`);
  return { copies: config.num_replicas, notes };
}

describe.each(natsPrograms())('three nats-servers $version', ({ program }) => {
  it('keep three copies of what is made, without being asked', async () => {
    await using nats = await NatsCluster.start({ program });
    const link = await nats.connect({}, {});
    const patience = new Patience({ ms: 60_000 });
    await patience.until(() => jobsBucket(link));
    await patience.until(() => NatsTaskQueue.open(link, 'a class'));
    await patience.until(() => ensureLedger(link, { job: 'j-three', jobDigest: DIGEST }, 1000));
    for (const name of ['KV_SC1_JOBS', WORK_STREAM, ledgerStream('j-three')]) {
      const { config } = await link.manager.streams.info(name);
      expect([name, config.num_replicas]).toEqual([name, 3]);
    }
  });

  it('keep as many while one of them is gone', async () => {
    await using nats = await NatsCluster.start({ program });
    const link = await nats.connect({}, {});
    await nats.nodes[2]!.kill();
    expect(await copiesOf(link, 'GONE')).toEqual({ copies: 3, notes: [] });
  });

  it('that are full say so', async () => {
    await using nats = await NatsCluster.start({ program, maxFileStore: 64 * MIB });
    const link = await nats.connect();
    const bucket = { name: 'LARGE', largestValue: 1000, largestTotal: 100 * MIB, ttlMs: 0 };
    const made = new Patience({ ms: 1_000 }).until(() => ensureBucket(link, bucket));
    await expect(made).rejects.toMatchObject({ code: 'DISK_FULL' });
  });

  it('that refuse the password are asked a few times, and the error says so', async () => {
    const config = 'authorization { user: me, password: secret }';
    const login = { user: 'me', password: 'secret' };
    await using nats = await NatsCluster.start({ program, config, login });
    let logins = 0;
    const password = () => `wrong-${logins++}`;
    await expect(nats.connect({}, { user: 'me', password })).rejects.toMatchObject({
      code: 'NATS_FORBIDDEN',
      message: expect.stringContaining('refuses our credentials') as string,
    });
    expect(logins).toBeLessThanOrEqual(MOST_LOGINS);
  });
});

describe.each(natsPrograms())('two nats-servers $version', ({ program }) => {
  it('keep one copy of what is made, and a note says so', async () => {
    await using nats = await NatsCluster.start({ program }, 2);
    const { copies, notes } = await copiesOf(await nats.connect({}, {}), 'FEW');
    expect(copies).toBe(1);
    expect(notes).toEqual([expect.stringContaining('NATS keeps one copy of the stream KV_FEW')]);
  });
});

describe.each(natsPrograms())('one nats-server $version', ({ program }) => {
  it('cannot keep three copies, which no waiting mends', async () => {
    await using server = await NatsServer.start({ program });
    const link = await server.connect({}, undefined, { replicas: 3 });
    await expect(jobsBucket(link)).rejects.toMatchObject({
      code: 'NATS_UNSUITABLE',
      remedy: expect.stringContaining('--nats-replicas 1') as string,
    });
  });
});
