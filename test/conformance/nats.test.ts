import { randomUUID } from 'node:crypto';

import { NatsCoordinatorExchange } from '../../adapters/nats/exchange/coordinator-exchange.js';
import { NatsStopSignal } from '../../adapters/nats/exchange/nats-stop-signal.js';
import { NatsWorkerExchange } from '../../adapters/nats/exchange/worker-exchange.js';
import { NatsJobStore } from '../../adapters/nats/jobs/nats-job-store.js';
import { LEASE_KEY, NatsLease } from '../../adapters/nats/jobs/nats-lease.js';
import { ensureLedger } from '../../adapters/nats/ledger/ledger-stream.js';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { jobsBucket, leaseBucket } from '../../adapters/nats/link/buckets.js';
import { MalformedMessages } from '../../adapters/nats/link/core-messages.js';
import { NatsLedgers } from '../../adapters/nats/ledger/nats-ledger-store.js';
import { NatsTaskQueue } from '../../adapters/nats/tasks/nats-task-queue.js';
import { NatsVoteLedger } from '../../adapters/nats/ledger/nats-vote-ledger.js';
import type { TaskQueue } from '../../shared/ports/task-queue.js';
import { describeNats } from '../nats/support.js';
import { MALFORMED } from '../support/stored-state.js';
import { describeExchange, type ExchangePlace } from './exchange.js';
import { describeJobStore, type JobStorePlace } from './job-store.js';
import { describeLease, type LeasePlace } from './lease.js';
import { describeLedgerStore, type LedgerStorePlace } from './ledger-store.js';
import { describeStopSignal, type StopPlace } from './stop-signal.js';
import { describeTaskQueue, type QueuePlace } from './task-queue.js';
import { describeVoteLedger, type LedgerPlace } from './vote-ledger.js';

/** As many as a test connects to one place. */
const CONNECTIONS = 6;

/** A holder loses its lease by what is done to it, never because a busy machine lets it renew too late. */
const LEASE_TIMES = { leaseTtlMs: 60_000 };
/** A coordinator asks again after 50 ms, and takes a worker for dead that is silent for 400 ms. */
const PREPARATION_TIMES = { presenceEveryMs: 500, standbyPollMs: 50 };

describeNats('NATS', (server) => {
  function ledgerPlace(): Promise<LedgerPlace> {
    const job = `j-${randomUUID()}`;
    const links: NatsLink[] = [];
    return Promise.resolve({
      open: async (jobDigest) => {
        const link = await server().connect();
        links.push(link);
        await ensureLedger(link, { job, jobDigest }, 1 << 20);
        return NatsVoteLedger.open(link, { job, jobDigest });
      },
      [Symbol.asyncDispose]: () => closeAll(links),
    });
  }

  async function queuePlace(): Promise<QueuePlace> {
    const numericClass = randomUUID();
    const links = await Promise.all(Array.from({ length: CONNECTIONS }, () => server().connect()));
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

  async function stopPlace(): Promise<StopPlace> {
    const options = { job: `j-${randomUUID()}`, imageLimit: 60_000, malformed: new MalformedMessages() };
    const links = await Promise.all(Array.from({ length: CONNECTIONS }, () => server().connect()));
    const free = [...links];
    const views: NatsStopSignal[] = [];
    return {
      connect: () => {
        const view = new NatsStopSignal(free.shift()!, options);
        views.push(view);
        return view;
      },
      [Symbol.asyncDispose]: async () => {
        await Promise.all(views.map((view) => view.close()));
        await closeAll(links);
      },
    };
  }

  async function jobPlace(): Promise<JobStorePlace> {
    const link = await server().connect();
    await link.manager.streams.delete('KV_SC1_JOBS').catch(() => undefined);
    const links = [link];
    return {
      open: async (onDamaged = () => undefined) => {
        const further = await server().connect();
        links.push(further);
        return NatsJobStore.open(further, (id) => onDamaged(id));
      },
      damage: async (id) => {
        await (await jobsBucket(link)).put(`job.${id}`, MALFORMED[1]!);
      },
      [Symbol.asyncDispose]: () => closeAll(links),
    };
  }

  async function ledgersPlace(): Promise<LedgerStorePlace> {
    const link = await server().connect();
    const ledgers = new NatsLedgers(link);
    for (const { job } of await ledgers.list()) await ledgers.remove(job);
    const links = [link];
    return {
      open: async () => {
        const further = await server().connect();
        links.push(further);
        return new NatsLedgers(further);
      },
      [Symbol.asyncDispose]: () => closeAll(links),
    };
  }

  async function leasePlace(): Promise<LeasePlace> {
    const link = await server().connect(LEASE_TIMES);
    await link.manager.streams.delete('KV_SC1_LEASE').catch(() => undefined);
    const bucket = await leaseBucket(link);
    const links = [link];
    return {
      open: async () => {
        const further = await server().connect(LEASE_TIMES);
        links.push(further);
        return NatsLease.open(further, { holder: randomUUID(), artifactsUrl: '' });
      },
      take: async () => {
        await bucket.delete(LEASE_KEY);
      },
      [Symbol.asyncDispose]: () => closeAll(links),
    };
  }

  async function exchangePlace(): Promise<ExchangePlace> {
    const link = await server().connect();
    await link.manager.streams.delete('KV_SC1_LEASE').catch(() => undefined);
    await leaseBucket(link);
    const coordinators: NatsCoordinatorExchange[] = [];
    const links = [link];
    const connect = async () => {
      const further = await server().connect(PREPARATION_TIMES);
      links.push(further);
      return further;
    };
    return {
      coordinator: async () => {
        const coordinator = await NatsCoordinatorExchange.open(await connect());
        coordinators.push(coordinator);
        return coordinator;
      },
      worker: async () => NatsWorkerExchange.open(await connect(), `w-${randomUUID()}`),
      settled: async () => {
        for (let round = 0; round < 2; round++) for (const each of links) await each.connection.flush();
      },
      [Symbol.asyncDispose]: async () => {
        await Promise.all(coordinators.map((coordinator) => coordinator.close()));
        await closeAll(links);
      },
    };
  }

  describeVoteLedger('in NATS', { create: ledgerPlace, manyWriters: true });
  describeTaskQueue('in NATS', { create: queuePlace, redelivers: true });
  describeStopSignal('in NATS', { create: stopPlace });
  describeJobStore('in NATS', { create: jobPlace, manyProcesses: true });
  describeLedgerStore('in NATS', { create: ledgersPlace });
  describeLease('in NATS', { create: leasePlace, contended: true });
  describeExchange('in NATS', { create: exchangePlace });
});

async function closeAll(links: readonly NatsLink[]): Promise<void> {
  await Promise.all(links.map((link) => link.close()));
}
