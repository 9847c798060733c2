import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node';

import { SmoothcertError } from '../../../shared/errors.js';
import {
  isRefusedLogin,
  isUnanswered,
  sentenceOf,
  unanswered,
  unreachable,
  unsuitable,
} from './nats-errors.js';
import { isNotBelieved } from './certificates.js';
import { Copies } from './copies.js';
import { connectOnce } from './first-connection.js';
import { NatsLink } from './nats-link.js';
import { Patience } from './patience.js';
import { codeOf } from './server-codes.js';
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
  /** Copies that a cluster keeps of each stream, 1 to 5; by default 3, or fewer where the cluster cannot keep so many. */
  readonly replicas?: number;
}

/** Shortest and longest time of one try. */
const LEAST_TRY_MS = 1_000;
const TRY_MS = 5_000;
/** Logins that the servers may refuse before the credentials count as wrong: those of an account may be made at the same moment. */
const MOST_REFUSED = 5;

/**
 * Connects and checks the server's version. Tries for `connectMs`, or for as long as `patience` lasts; once connected, the link reconnects
 * until it is closed.
 * @throws SmoothcertError NATS_UNREACHABLE, NATS_UNSUITABLE, NATS_FORBIDDEN, OPTION_INVALID (a file that cannot be read); the reason of the
 *   signal of `patience`
 */
export async function connectNats(options: NatsOptions, patience?: Patience): Promise<NatsLink> {
  const times = { ...DEFAULT_TIMES, ...options.times };
  const waiting = patience ?? new Patience({ ms: times.connectMs });
  const troubled: { link?: NatsLink } = {};
  const onTrouble = (sentence: string) => troubled.link?.tellTrouble(sentence);
  const login = await libraryOptions(options, times, onTrouble);
  const connection = await firstConnection(login, options.servers, times, waiting);
  try {
    const note = checkVersion(connection.info?.version ?? 'unknown');
    const manager = await waiting.until(() => manage(connection, times));
    const notes = note === null ? [] : [note];
    const copies = new Copies(options.replicas, connection.info?.cluster !== undefined);
    troubled.link = new NatsLink(connection, manager, times, copies, notes, options.inboxPrefix);
    return troubled.link;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function firstConnection(
  options: NodeConnectionOptions,
  servers: readonly string[],
  times: NatsTimes,
  patience: Patience,
): Promise<NatsConnection> {
  let refused = 0;
  return patience.until(async () => {
    const timeout = Math.min(Math.max(patience.leftMs, LEAST_TRY_MS), TRY_MS);
    try {
      const connection = await connectOnce({ ...options, timeout }, times);
      if (patience.aborted) await connection.close();
      return connection;
    } catch (error) {
      if (isRefusedLogin(error)) throw refusedLogin(servers, error, ++refused >= MOST_REFUSED);
      if (isNotBelieved(error) && ++refused >= MOST_REFUSED) throw notBelieved(servers, error);
      throw notThere(servers, error);
    }
  });
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
    // Silent for one interval, and for a second one after it was asked.
    pingInterval: times.pingMs,
    maxPingOut: 1,
    ...(inboxPrefix !== undefined && { inboxPrefix }),
    ...(authenticator && { authenticator }),
    ...(tls && { tls: await tlsOptionsOf(tls, servers) }),
  };
}

async function manage(connection: NatsConnection, times: NatsTimes) {
  try {
    return await jetstreamManager(connection, { timeout: times.requestMs });
  } catch (error) {
    if (codeOf(error) === null && isUnanswered(error)) throw noJetStream(connection, error);
    throw unanswered('answer for JetStream', error);
  }
}

/** Nobody answers for JetStream. A server that runs it says so when a client connects, and one of a cluster may not run it itself. */
function noJetStream(connection: NatsConnection, cause: unknown): SmoothcertError {
  const remedy = 'Start it with -js (or a jetstream section in its configuration), for this account, too.';
  const { jetstream, cluster } = connection.info ?? {};
  if (jetstream !== true && cluster === undefined) {
    return unsuitable(`The NATS server ${connection.getServer()} has JetStream switched off.`, remedy, cause);
  }
  return unreachable(`JetStream of ${connection.getServer()} does not answer yet.`, remedy, cause);
}

function notThere(servers: readonly string[], cause: unknown): SmoothcertError {
  return unreachable(
    `No NATS server answers at ${servers.join(', ')}: ${sentenceOf(cause)}.`,
    'Start nats-server -js there, or name another server with --nats.',
    cause,
  );
}

function notBelieved(servers: readonly string[], cause: unknown): SmoothcertError {
  return unsuitable(
    `The certificate of the NATS server at ${servers.join(', ')} is not believed: ${sentenceOf(cause)}.`,
    'Name its certificate authority with --nats-ca, and the server as its certificate does.',
    cause,
  );
}

/** @param often true once it was refused so often that it counts as wrong */
function refusedLogin(servers: readonly string[], cause: unknown, often: boolean): SmoothcertError {
  return new SmoothcertError(
    often ? 'NATS_FORBIDDEN' : 'NATS_UNREACHABLE',
    `The NATS server at ${servers.join(', ')} refuses our credentials: ${sentenceOf(cause)}.`,
    'Name the user and password, token, nkey or credentials that it expects.',
    { cause },
  );
}
