import { setTimeout as delay } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';

import type { SmoothcertError } from '../../../shared/errors.js';
import {
  forbidden,
  isForbidden,
  isRefusedLogin,
  isUnanswered,
  sentenceOf,
  unreachable,
  unsuitable,
} from './nats-errors.js';
import { NatsLink } from './nats-link.js';
import { authenticatorOf, tlsOptionsOf, type Login } from './logins.js';
import { checkVersion } from './server-version.js';
import { DEFAULT_TIMES, type NatsTimes } from './times.js';

/** Addresses of NATS, credentials, and settings of the connection. */
export interface NatsOptions extends Login {
  /** host:port, with or without nats:// or tls:// in front; one of them suffices to find a cluster. */
  readonly servers: readonly string[];
  /** Name of this connection in the server's monitoring. */
  readonly name: string;
  /** Prefix of the subjects of answers; permissions to read answers go by it. The library's own prefix unless given. */
  readonly inboxPrefix?: string;
  readonly times?: Partial<NatsTimes>;
  /** Copies that a cluster keeps of each stream; 1 to 5, by default 1. */
  readonly replicas?: number;
}

const TRY_AGAIN_MS = 250;

/**
 * Connects and checks the server's version. Tries for `connectMs`; once connected, the link reconnects until it is closed.
 * @throws SmoothcertError NATS_UNREACHABLE, NATS_UNSUITABLE, NATS_FORBIDDEN, OPTION_INVALID (a file that cannot be read)
 */
export async function connectNats(options: NatsOptions): Promise<NatsLink> {
  const times = { ...DEFAULT_TIMES, ...options.times };
  const troubled: { link?: NatsLink } = {};
  const onTrouble = (sentence: string) => troubled.link?.tellTrouble(sentence);
  const connection = await firstConnection(
    await libraryOptions(options, times, onTrouble),
    options.servers,
    times,
  );
  try {
    const note = checkVersion(connection.info?.version ?? 'unknown');
    const manager = await manage(connection, times);
    const notes = note === null ? [] : [note];
    const { replicas = 1, inboxPrefix } = options;
    troubled.link = new NatsLink(connection, manager, times, replicas, notes, inboxPrefix);
    return troubled.link;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function firstConnection(
  options: NodeConnectionOptions,
  servers: readonly string[],
  { connectMs }: NatsTimes,
): Promise<NatsConnection> {
  const deadline = performance.now() + connectMs;
  for (;;) {
    const left = deadline - performance.now();
    try {
      return await connect({ ...options, timeout: Math.max(left, TRY_AGAIN_MS) });
    } catch (error) {
      if (isRefusedLogin(error)) throw refusedLogin(servers, error);
      if (performance.now() + TRY_AGAIN_MS > deadline) throw notThere(servers, error);
      await delay(TRY_AGAIN_MS);
    }
  }
}

async function libraryOptions(
  options: NatsOptions,
  times: NatsTimes,
  onTrouble: (sentence: string) => void,
): Promise<NodeConnectionOptions> {
  const { servers, name, inboxPrefix, tls } = options;
  const authenticator = authenticatorOf(options, onTrouble);
  return {
    servers: [...servers],
    name,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: 4 * times.retryLeastMs,
    reconnectJitter: 4 * times.retryLeastMs,
    // Silent for one interval, and for a second one after it was asked.
    pingInterval: times.pingMs,
    maxPingOut: 1,
    ...(inboxPrefix !== undefined && { inboxPrefix }),
    ...(authenticator && { authenticator }),
    ...(tls && { tls: await tlsOptionsOf(tls) }),
  };
}

async function manage(connection: NatsConnection, times: NatsTimes) {
  try {
    return await jetstreamManager(connection, { timeout: times.requestMs });
  } catch (error) {
    if (isForbidden(error)) throw forbidden(error).refusal;
    const why = isUnanswered(error)
      ? 'has JetStream switched off'
      : `gives no JetStream: ${sentenceOf(error)}`;
    throw unsuitable(
      `The NATS server ${connection.getServer()} ${why}.`,
      'Start it with -js (or a jetstream section in its configuration), for this account, too.',
      error,
    );
  }
}

function notThere(servers: readonly string[], cause: unknown): SmoothcertError {
  return unreachable(
    `No NATS server answers at ${servers.join(', ')}: ${sentenceOf(cause)}.`,
    'Start nats-server -js there, or name another server with --nats.',
    cause,
  );
}

function refusedLogin(servers: readonly string[], cause: unknown): SmoothcertError {
  return unreachable(
    `The NATS server at ${servers.join(', ')} refuses our credentials: ${sentenceOf(cause)}.`,
    'Name the user and password, token, nkey or credentials that it expects.',
    cause,
  );
}
