import { DiscardPolicy, RetentionPolicy, type StreamConfig } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';

import { ensureLedger, ledgerStream } from '../../adapters/nats/ledger/ledger-stream.js';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { ensureBucket, ensureStream } from '../../adapters/nats/link/streams.js';
import { NatsTaskQueue } from '../../adapters/nats/tasks/nats-task-queue.js';
import { WORK_LIMITS, WORK_STREAM, consumerOf } from '../../adapters/nats/tasks/work-stream.js';
import { classToken } from '../../adapters/nats/tasks/class-token.js';
import { describeNats } from './support.js';
import { DIGEST } from '../support/records.js';

const SETTINGS = {
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.New,
  max_msgs: 10,
  deny_delete: true,
} as const;

describeNats('what is made in NATS', (server) => {
  const connect = () => server().connect();

  it('is made once, however many ask for it at a time', async () => {
    const links = await Promise.all([1, 2, 3, 4].map(connect));
    await Promise.all(links.map((link) => NatsTaskQueue.open(link, 'one class')));
    const name = { job: 'j-many', jobDigest: DIGEST };
    await Promise.all(links.map((link) => ensureLedger(link, name, 1000)));
    const bucket = { name: 'MANY', largestValue: 1000, largestTotal: 10_000, ttlMs: 1000 };
    await Promise.all(links.map((link) => ensureBucket(link, bucket)));
    const madeAgain = await Promise.all(links.map((link) => ensureBucket(link, bucket)));
    expect(madeAgain).toEqual(links.map(() => false));
    const { streams, consumers } = links[0]!.manager;
    const names = (await streams.list().next()).map(({ config }) => config.name);
    expect(names.sort()).toEqual(['KV_MANY', ledgerStream('j-many'), WORK_STREAM].sort());
    const made = await consumers.list(WORK_STREAM).next();
    expect(made.map(({ name: one }) => one)).toEqual([consumerOf(classToken('one class'))]);
  });

  it('has the limits that the design gives it', async () => {
    const link = await connect();
    await NatsTaskQueue.open(link, 'limits');
    const work = await link.manager.streams.info(WORK_STREAM);
    expect(work.config).toMatchObject({
      subjects: ['sc1.work.*.*'],
      retention: 'workqueue',
      discard: 'new',
      max_msgs: 16_384,
      max_msg_size: 65_536,
      storage: 'file',
      num_replicas: 1,
    });
    const { config } = await link.manager.consumers.info(WORK_STREAM, consumerOf(classToken('limits')));
    expect(config).toMatchObject({
      ack_policy: 'explicit',
      max_deliver: 6,
      max_ack_pending: 65_536,
      max_waiting: 16_384,
      ack_wait: nanos(link.times.ackWaitMs),
      filter_subject: `sc1.work.${classToken('limits')}.*`,
    });
    expect(config.backoff).toBeUndefined();
    await ensureLedger(link, { job: 'j-limits', jobDigest: DIGEST }, 1 << 20);
    const ledger = await link.manager.streams.info(ledgerStream('j-limits'));
    expect(ledger.config).toMatchObject({
      subjects: ['sc1.ledger.j-limits.>'],
      retention: 'limits',
      discard: 'new',
      max_msgs_per_subject: 1,
      discard_new_per_subject: true,
      deny_delete: true,
      deny_purge: true,
      allow_direct: true,
      allow_rollup_hdrs: false,
      max_msgs: 2 * 8192 + 524_288,
      max_age: 0,
    });
  });

  const make = async (link: NatsLink, found: Partial<StreamConfig>) => {
    const name = `S-${randomUUID()}`;
    await link.manager.streams.add({ name, subjects: [name], ...SETTINGS, ...found });
    return ensureStream(link, { name, subjects: [name], ...SETTINGS });
  };

  it.each([
    ['max_msgs', { max_msgs: 9 }, 'has max_msgs 9, and smoothcert needs at least 10'],
    ['discard', { discard: DiscardPolicy.Old }, 'has discard old, and smoothcert needs new'],
    ['deny_delete', { deny_delete: false }, 'has deny_delete false, and smoothcert needs true'],
  ])('is refused with another %s, and both values named', async (_, found, sentence) => {
    const link = await connect();
    await expect(make(link, found)).rejects.toMatchObject({ code: 'NATS_UNSUITABLE' });
    await expect(make(link, found)).rejects.toThrow(sentence);
  });

  it.each([{ max_msgs: 11 }, { max_msgs: -1 }, { description: 'ours' }])('may have %o', async (found) => {
    await expect(make(await connect(), found)).resolves.toBe(false);
  });

  it('is refused with another time of a consumer or a bucket', async () => {
    const link = await connect();
    await NatsTaskQueue.open(link, 'times');
    const slower = await server().connect({ ackWaitMs: 2000 });
    const consumer = NatsTaskQueue.open(slower, 'times');
    await expect(consumer).rejects.toMatchObject({ code: 'NATS_UNSUITABLE' });
    await expect(consumer).rejects.toThrow(`has ack_wait 1 s, and smoothcert needs 2 s`);
    const fewer = NatsTaskQueue.open(link, 'times', { ...WORK_LIMITS, deliveries: 5 });
    await expect(fewer).rejects.toThrow('has max_deliver 6, and smoothcert needs 5');
    const bucket = { name: 'TIMES', largestValue: 1000, largestTotal: 10_000, ttlMs: 1000 };
    await ensureBucket(link, bucket);
    await expect(ensureBucket(link, { ...bucket, ttlMs: 5000 })).rejects.toThrow('has max_age 1 s');
  });
});

describeNats(
  'a store without room',
  (server) => {
    it('is said to be full', async () => {
      const link = await server().connect();
      const bucket = { name: 'LARGE', largestValue: 1000, largestTotal: 10_000_000, ttlMs: 0 };
      await expect(ensureBucket(link, bucket)).rejects.toMatchObject({ code: 'DISK_FULL' });
    });
  },
  { maxFileStore: 1_000_000 },
);
