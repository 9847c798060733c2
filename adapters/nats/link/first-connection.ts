import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';

import type { NatsTimes } from './times.js';

/** Servers of a cluster that a first connection tries beyond those that it was given. */
const MORE_DIALS = 2;

/** The servers were tried, and none took the connection. */
class TooManyDials extends Error {}

/**
 * Connects once. Each server of a cluster tells the addresses of all of them before it refuses a login, and the library tries those without
 * a pause and without end: here the number of its tries is bounded.
 * @param options their `servers` are tried in turn, and a few of those that they tell of
 */
export async function connectOnce(options: NodeConnectionOptions, times: NatsTimes): Promise<NatsConnection> {
  const bounded = new BoundedDials(listed(options) + MORE_DIALS, 4 * times.retryLeastMs);
  try {
    const connection = await connect({ ...options, reconnectDelayHandler: () => bounded.next() });
    bounded.connected = true;
    return connection;
  } catch (error) {
    if (!(error instanceof TooManyDials)) throw error;
    return await alone(options);
  }
}

/** Connects as if the servers that are listed were no cluster, to learn from the error why they take nobody. */
async function alone(options: NodeConnectionOptions): Promise<NatsConnection> {
  const connection = await connect({ ...options, ignoreClusterUpdates: true, reconnect: false });
  await connection.close();
  throw new TooManyDials('the other servers of its cluster take no connection');
}

/** The pauses between the library's tries: without end once there was a connection, and only so many before. */
class BoundedDials {
  connected = false;
  private dials = 0;

  constructor(
    private readonly most: number,
    private readonly leastMs: number,
  ) {}

  /** @throws TooManyDials */
  next(): number {
    if (!this.connected && ++this.dials > this.most) throw new TooManyDials('no server takes the connection');
    return this.leastMs * (1 + Math.random());
  }
}

const listed = ({ servers = [] }: NodeConnectionOptions): number =>
  typeof servers === 'string' ? 1 : servers.length;
