import { DiscardPolicy, RetentionPolicy } from '@nats-io/jetstream';

import { connectNats, type NatsOptions } from '../../adapters/nats/link/connect.js';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import type { NatsTimes } from '../../adapters/nats/link/times.js';
import { Patience } from '../../adapters/nats/link/patience.js';
import { ensureStream } from '../../adapters/nats/link/streams.js';
import { NatsServer, TEST_TIMES, freePort, type NatsServerOptions } from './nats-server.js';

const NODES = 3;
/** All three may start on a busy machine. */
const START_MS = 60_000;

export interface NatsClusterOptions extends NatsServerOptions {
  /** False: clients know only the addresses that they are given. */
  readonly advertised?: boolean;
}

/** A cluster of real nats-servers, three of them unless fewer are asked for. */
export class NatsCluster implements AsyncDisposable {
  private readonly links: NatsLink[] = [];

  private constructor(
    readonly nodes: readonly NatsServer[],
    private readonly login: Partial<NatsOptions>,
  ) {}

  /** Returns a cluster whose servers are not started yet. @param options of each server @param count of servers */
  static async prepare(options: NatsClusterOptions = {}, count = NODES): Promise<NatsCluster> {
    const ports = await Promise.all(Array.from({ length: count }, freePort));
    const routes = ports.map((port) => `"nats-route://127.0.0.1:${port}"`).join(', ');
    const nodes = ports.map((port, at) => {
      const quiet = options.advertised === false ? ', no_advertise: true' : '';
      const cluster = `cluster { name: "c", listen: "127.0.0.1:${port}", routes: [${routes}]${quiet} }`;
      const config = `server_name: "n${at + 1}"\n${cluster}\n${options.config ?? ''}`;
      return NatsServer.prepare({ ...options, config });
    });
    return new NatsCluster(await Promise.all(nodes), options.login ?? {});
  }

  /** Starts a cluster, and waits until it has elected leaders: a client that asks for copies at all of them is served. */
  static async start(options: NatsClusterOptions = {}, count = NODES): Promise<NatsCluster> {
    const cluster = await NatsCluster.prepare(options, count);
    try {
      await cluster.begin();
      const link = await cluster.connect();
      const tried = { name: 'TRIED', subjects: ['tried'], num_replicas: count };
      await new Patience({ ms: START_MS }).until(() =>
        ensureStream(link, { ...tried, retention: RetentionPolicy.Limits, discard: DiscardPolicy.Old }),
      );
      await link.manager.streams.delete(tried.name);
      await link.close();
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts all of them, and waits for nothing. */
  async begin(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.begin()));
  }

  /** The addresses of all of them. */
  get url(): string {
    return this.nodes.map(({ url }) => url).join(',');
  }

  /** A connection that is closed with the cluster. @param times others than `TEST_TIMES` */
  async connect(
    times: Partial<NatsTimes> = {},
    more: Partial<NatsOptions> = { replicas: NODES },
  ): Promise<NatsLink> {
    const link = await connectNats({
      ...this.login,
      servers: this.nodes.map(({ url }) => url),
      name: 'test',
      times: { ...TEST_TIMES, connectMs: START_MS, ...times },
      ...more,
    });
    this.links.push(link);
    return link;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const link of this.links) await link.close();
    await Promise.all(this.nodes.map((node) => node[Symbol.asyncDispose]()));
  }
}
