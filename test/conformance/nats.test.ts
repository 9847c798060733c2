import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';

import { ensureLedger } from '../../adapters/nats/ledger/ledger-stream.js';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { NatsTaskQueue } from '../../adapters/nats/tasks/nats-task-queue.js';
import { NatsVoteLedger } from '../../adapters/nats/ledger/nats-vote-ledger.js';
import type { TaskQueue } from '../../shared/ports/task-queue.js';
import { NatsServer, hasNatsServer } from '../harness/nats-server.js';
import { describeTaskQueue, type QueuePlace } from './task-queue.js';
import { describeVoteLedger, type LedgerPlace } from './vote-ledger.js';

/** As many as a test connects to one place. */
const CONNECTIONS = 6;

describe.skipIf(!hasNatsServer)('NATS', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await NatsServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  function ledgerPlace(): Promise<LedgerPlace> {
    const job = `j-${randomUUID()}`;
    const links: NatsLink[] = [];
    return Promise.resolve({
      open: async (jobDigest) => {
        const link = await server.connect();
        links.push(link);
        await ensureLedger(link, { job, jobDigest }, 1 << 20);
        return NatsVoteLedger.open(link, { job, jobDigest });
      },
      [Symbol.asyncDispose]: () => closeAll(links),
    });
  }

  async function queuePlace(): Promise<QueuePlace> {
    const numericClass = randomUUID();
    const links = await Promise.all(Array.from({ length: CONNECTIONS }, () => server.connect()));
    const queues = await Promise.all(links.map((link) => NatsTaskQueue.open(link, numericClass)));
    const linkOf = new Map<TaskQueue, NatsLink>(queues.map((queue, at) => [queue, links[at]!]));
    const free = [...queues];
    return {
      connect: () => free.shift()!,
      kill: (queue) => void linkOf.get(queue)!.connection.close(),
      [Symbol.asyncDispose]: async () => {
        for (const queue of queues) await queue.close();
        await closeAll(links);
      },
    };
  }

  describeVoteLedger('in NATS', { create: ledgerPlace, manyWriters: true });
  describeTaskQueue('in NATS', { create: queuePlace, redelivers: true });
});

async function closeAll(links: readonly NatsLink[]): Promise<void> {
  await Promise.all(links.map((link) => link.close()));
}
