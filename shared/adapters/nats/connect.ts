import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import {
  connect,
  credsAuthenticator,
  nkeyAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';

import { SmoothcertError } from '../../errors.js';
import { isRefusedLogin, isUnanswered, sentenceOf, unreachable, unsuitable } from './errors.js';
import { NatsLink } from './link.js';
import { checkVersion } from './server-version.js';
import { DEFAULT_TIMES, type NatsTimes } from './times.js';

/** Where NATS is, and who we are to it. Files are named by their path. */
export interface NatsOptions {
  /** host:port, with or without nats:// or tls:// in front; one of them suffices to find a cluster. */
  readonly servers: readonly string[];
  /** What the server's monitoring shows of this connection. */
  readonly name: string;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** File with the seed of an nkey. */
  readonly nkeySeed?: string;
  /** File with a JWT and the seed of its nkey. */
  readonly creds?: string;
  readonly times?: Partial<NatsTimes>;
  /** Copies that a cluster keeps of each stream that is made; 1 to 5. */
  readonly replicas?: number;
}

const TRY_AGAIN_MS = 250;

/**
 * Connects and looks whether the server suits. Tries for `connectMs`; once connected, it reconnects for ever.
 * @throws SmoothcertError NATS_UNREACHABLE, NATS_UNSUITABLE, OPTION_INVALID (a file that cannot be read)
 */
export async function connectNats(options: NatsOptions): Promise<NatsLink> {
  const times = { ...DEFAULT_TIMES, ...options.times };
  const connection = await firstConnection(await libraryOptions(options, times), options.servers, times);
  try {
    const note = checkVersion(connection.info?.version ?? 'unknown');
    const manager = await manage(connection, times);
    return new NatsLink(connection, manager, times, options.replicas ?? 1, note === null ? [] : [note]);
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

async function libraryOptions(options: NatsOptions, times: NatsTimes): Promise<NodeConnectionOptions> {
  const { servers, name, user, password, token, tls } = options;
  const authenticator = await authenticatorOf(options);
  return {
    ...{ servers: [...servers], name, maxReconnectAttempts: -1, ignoreAuthErrorAbort: true },
    ...{ reconnectTimeWait: 4 * times.retryLeastMs, reconnectJitter: 4 * times.retryLeastMs },
    // Silent for one interval, and for a second one after it was asked.
    ...{ pingInterval: times.pingMs, maxPingOut: 1 },
    ...(user !== undefined && { user, pass: password ?? '' }),
    ...(token !== undefined && { token }),
    ...(authenticator && { authenticator }),
    ...(tls && { tls: await tlsOf(tls) }),
  };
}

async function authenticatorOf({ creds, nkeySeed }: NatsOptions) {
  if (creds !== undefined) return credsAuthenticator(await bytesOf(creds, 'NATS credentials'));
  if (nkeySeed === undefined) return null;
  const text = (await bytesOf(nkeySeed, 'NATS nkey seed')).toString();
  return nkeyAuthenticator(Buffer.from(/S[A-Z2-7]{57}/.exec(text)?.[0] ?? text.trim()));
}

async function tlsOf({ ca, cert, key }: NonNullable<NatsOptions['tls']>) {
  return {
    ...(ca !== undefined && { ca: (await bytesOf(ca, 'NATS certificate authority')).toString() }),
    ...(cert !== undefined && { cert: (await bytesOf(cert, 'NATS client certificate')).toString() }),
    ...(key !== undefined && { key: (await bytesOf(key, 'NATS client key')).toString() }),
  };
}

async function bytesOf(file: string, what: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new SmoothcertError(
      'OPTION_INVALID',
      `The file with the ${what}, ${file}, cannot be read.`,
      'Name a file that exists and that this user may read.',
      { cause },
    );
  }
}

async function manage(connection: NatsConnection, times: NatsTimes) {
  try {
    return await jetstreamManager(connection, { timeout: times.requestMs });
  } catch (error) {
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
