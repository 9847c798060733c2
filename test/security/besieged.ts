import { createHash } from 'node:crypto';
import type { JsMsg } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { readFileSync } from 'node:fs';

import { leaseBucket } from '../../adapters/nats/link/buckets.js';
import { NatsCoordinatorExchange } from '../../adapters/nats/exchange/coordinator-exchange.js';
import { NatsJobStore } from '../../adapters/nats/jobs/nats-job-store.js';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { NatsWorkerExchange } from '../../adapters/nats/exchange/worker-exchange.js';
import { classToken } from '../../adapters/nats/tasks/class-token.js';
import type { DeployedNats, Role } from '../harness/deployed-nats.js';
import { NatsServer } from '../harness/nats-server.js';
import { recordOf, taskOf } from '../support/records.js';
import { entryOf, orderOf } from '../support/stored-state.js';
import { never } from '../support/never.js';
import type { Target } from './attacks.js';

/** Nothing expires, and no word of the victim's changes anything, while an attack is looked at. */
export const STILL = {
  ackWaitMs: 3_600_000,
  workingEveryMs: 1_200_000,
  leaseTtlMs: 3_600_000,
  stopEveryMs: 3_600_000,
};
const MIB = 2 ** 20;
const JOB = 'j-besieged';

/** A server with a job under way, made by the real adapters, and what an attacker could change of it. */
export class Besieged implements AsyncDisposable {
  private closing: (() => Promise<unknown>)[] = [];

  private constructor(
    readonly server: NatsServer,
    private readonly deployed: DeployedNats | null,
    private readonly coordinator: NatsLink,
    private readonly victim: NatsLink,
    private readonly monitor: NatsLink,
  ) {}

  /** @param deployed null: a server without accounts */
  static async begin(deployed: DeployedNats | null): Promise<Besieged> {
    const server = await NatsServer.start(deployed?.options() ?? {});
    const as = (role: Role) => server.connect(STILL, [server.url], deployed?.login(role));
    return new Besieged(server, deployed, await as('coordinator'), await as('worker'), await as('monitor'));
  }

  /** Begins the job anew: three tasks, of which one has a record, one is in a worker's hands and one waits. */
  async besiege(): Promise<Target> {
    await this.lift();
    const { coordinator, victim } = this;
    const jobs = await NatsJobStore.open(coordinator, () => undefined);
    await jobs.create(entryOf(JOB));
    const order = orderOf(JOB);
    const { jobDigest, draw } = order;
    const exchange = await NatsCoordinatorExchange.open(coordinator);
    const links = await exchange.open(order, MIB);
    for (const name of ['a', 'b', 'c']) await links.queue.publish(taskOf(name, JOB));
    await (await leaseBucket(coordinator)).put('coordinator', 'held');
    const worker = await NatsWorkerExchange.open(victim, 'victim');
    const tasks = await worker.tasks(draw.numericClass);
    const theirs = (await worker.open(JOB))!;
    this.closing = [links, exchange, tasks, theirs].map((one) => () => one.close());
    await theirs.ledger.append({ ...recordOf('a'), jobDigest });
    await (await tasks.next(never))!.acknowledge();
    await tasks.next(never);
    const token = classToken(draw.numericClass);
    const { delivered } = await coordinator.manager.consumers.info('SC1_WORK', `SC1_CLASS_${token}`);
    const { stream_seq: taken, consumer_seq: at } = delivered;
    const ack = `$JS.ACK.SC1_WORK.SC1_CLASS_${token}.1.${taken}.${at}.1.1`;
    return { job: JOB, token, recorded: 'a', ack, waiting: taken + 1 };
  }

  /** Removes all that is stored; only where there are no accounts may anybody do so. */
  private async lift(): Promise<void> {
    for (const close of this.closing.splice(0)) await close();
    if (this.deployed) return;
    for (const name of await this.streams()) await this.coordinator.manager.streams.delete(name);
  }

  private async streams(): Promise<string[]> {
    return (await this.monitor.manager.streams.names().next()).sort();
  }

  /** A plain connection of an attacker: `violations` are the server's words about it. */
  async attacker(role: Role): Promise<{ nc: NatsConnection; violations: string[] }> {
    const { deployed, server } = this;
    const seed = () => readFileSync(deployed!.file(`${role}.nk`)).subarray(0, 58);
    const login = deployed ? { authenticator: nkeyAuthenticator(seed), inboxPrefix: `_INBOX_${role}` } : {};
    const nc = await connect({ servers: server.url, ...login });
    const violations: string[] = [];
    void (async () => {
      for await (const status of nc.status())
        if (status.type === 'error') violations.push(status.error.message);
    })();
    return { nc, violations };
  }

  /** All that is stored, and how far consumers are: two of them are equal if nothing has changed. */
  async state(): Promise<readonly unknown[]> {
    const streams = [];
    for (const name of await this.streams()) {
      const { config, state } = await this.monitor.manager.streams.info(name);
      const messages = [];
      for (let seq = Math.max(state.first_seq, 1); seq <= state.last_seq; seq++) {
        const message = await this.coordinator.manager.streams.getMessage(name, { seq });
        if (message) messages.push([seq, message.subject, digestOf(message)]);
      }
      const consumers = await this.monitor.manager.consumers.list(name).next();
      const progress = consumers.map(({ name: one, delivered, ack_floor, num_ack_pending }) => ({
        one,
        delivered: delivered.consumer_seq,
        floor: ack_floor.consumer_seq,
        num_ack_pending,
      }));
      streams.push({ name, config, last: state.last_seq, messages, progress });
    }
    return streams;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.closing.splice(0)) await close();
    await this.server[Symbol.asyncDispose]();
  }
}

const digestOf = ({ data }: Pick<JsMsg, 'data'>) =>
  createHash('sha256').update(data).digest('hex').slice(0, 8);
