import type { KV } from '@nats-io/kv';

import type { Device } from '../../../shared/job.js';
import type { Presence, WorkerExchange, WorkerLinks } from '../../../shared/ports/exchange.js';
import type { TaskQueue } from '../../../shared/ports/task-queue.js';
import type { WorkOrder } from '../../../shared/work-order.js';
import { decodeLease } from '../../../shared/wire/cluster.js';
import { isPresent, readableJobsBucket, readableLeaseBucket } from '../link/buckets.js';
import { isStreamMissing, unanswered } from '../link/nats-errors.js';
import { LEASE_KEY } from '../jobs/nats-lease.js';
import type { NatsLink } from '../link/nats-link.js';
import { MalformedMessages } from '../link/core-messages.js';
import { WorkOrders } from './work-orders.js';
import { answerPreparations, type Prepare } from './preparation-answers.js';
import { announcePresence } from './worker-presences.js';
import { NatsStopSignal } from './nats-stop-signal.js';
import { NatsTaskQueue } from '../tasks/nats-task-queue.js';
import { NatsVoteLedger } from '../ledger/nats-vote-ledger.js';

/**
 * The worker's side of its exchange with coordinators over NATS. It makes no stream, consumer or bucket: coordinators do, and it waits
 * for them. `close` leaves `link` open: whoever opened it closes it.
 */
export class NatsWorkerExchange implements WorkerExchange {
  private readonly malformed: MalformedMessages;

  private constructor(
    private readonly link: NatsLink,
    private readonly worker: string,
    private readonly orders: WorkOrders,
    private readonly leases: KV,
  ) {
    this.malformed = new MalformedMessages(link.tellMalformed);
  }

  /**
   * @param worker name of this worker, for refusals
   * @throws SmoothcertError NATS_UNREACHABLE
   */
  static async open(link: NatsLink, worker: string): Promise<NatsWorkerExchange> {
    const orders = new WorkOrders(link, await readableJobsBucket(link));
    return new NatsWorkerExchange(link, worker, orders, await readableLeaseBucket(link));
  }

  get connected(): boolean {
    return this.link.connected;
  }

  get hasQuorum(): boolean {
    return this.link.hasQuorum;
  }

  onConnected(listener: (connected: boolean) => void): () => void {
    return this.link.onConnected(listener);
  }

  /** Messages other than tasks that could not be read and were ignored. */
  get malformedCount(): number {
    return this.malformed.count;
  }

  tasks(numericClass: string): Promise<TaskQueue> {
    return NatsTaskQueue.bind(this.link, numericClass);
  }

  async open(job: string): Promise<WorkerLinks | null> {
    const order = await this.orders.get(job);
    if (order === null) return null;
    const { imageLimit, jobDigest } = order;
    const stop = new NatsStopSignal(this.link, { job, imageLimit, malformed: this.malformed });
    try {
      // It may have ended before the stop signal was open; from now on its end is received.
      if ((await this.orders.get(job)) !== null) {
        return this.linksOf(order, await NatsVoteLedger.open(this.link, { job, jobDigest }), stop);
      }
    } catch (error) {
      await stop.close();
      throw error;
    }
    await stop.close();
    return null;
  }

  answerPreparations(device: Device, answer: Prepare, signal: AbortSignal): Promise<void> {
    const { worker, malformed } = this;
    return answerPreparations(this.link, { worker, device, malformed }, answer, signal);
  }

  announce(presence: Presence): void {
    announcePresence(this.link, presence);
  }

  async artifactsUrl(): Promise<string | null> {
    try {
      const entry = await this.leases.get(LEASE_KEY);
      const lease = isPresent(entry) ? this.malformed.read(decodeLease, entry.value) : null;
      return lease === null || lease.artifactsUrl === '' ? null : lease.artifactsUrl;
    } catch (error) {
      if (isStreamMissing(error)) return null;
      throw unanswered('tell which coordinator holds the lease', error);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Messages sent while the link was down are lost, so each reconnection checks whether the order is still there. */
  private linksOf(order: WorkOrder, ledger: NatsVoteLedger, stop: NatsStopSignal): WorkerLinks {
    const gone = new AbortController();
    const look = async (connected: boolean) => {
      if (!connected) return;
      const found = await this.orders.get(order.job);
      // Another job may have its id where the store was lost and the same request came again.
      if (found?.jobDigest !== order.jobDigest) gone.abort();
    };
    // An order that cannot be read now is read at the next reconnection.
    const unlisten = this.link.onConnected((connected) => void look(connected).catch(() => undefined));
    const close = async () => {
      unlisten();
      await Promise.all([ledger.close(), stop.close()]);
    };
    return { order, ledger, stop, ended: AbortSignal.any([stop.ended, gone.signal]), close };
  }
}
