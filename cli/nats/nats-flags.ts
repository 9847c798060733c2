import type { NatsOptions } from '../../adapters/nats/link/connect.js';
import type { FlagGroup, ValuesOf } from '../command/flag.js';
import { natsServersOf } from './nats-servers.js';
import { secretOf } from '../command/secret-file.js';

/** The addresses of NATS and the login: flags of the commands of a cluster, and of those that look after its stores. */

const SERVERS = 'servers; one of them suffices to find a cluster';

/** With a default: a cluster has NATS. */
export const NATS = {
  heading: 'NATS:',
  flags: {
    nats: { argument: '<url,…>', help: SERVERS, decides: 'run', preset: 'nats://127.0.0.1:4222', env: true },
  },
} as const satisfies FlagGroup;

/** Without one: the store of `serve` has none. */
export const NATS_IF_ANY = {
  heading: 'NATS:',
  flags: {
    nats: {
      argument: '<url,…>',
      help: `${SERVERS} (default: none, the store is that of serve)`,
      decides: 'run',
      env: true,
    },
  },
} as const satisfies FlagGroup;

export const NATS_LOGIN = {
  heading: 'NATS:',
  flags: {
    natsUser: { argument: '<name>', help: 'user name', decides: 'run', env: true },
    natsPasswordFile: { argument: '<file>', help: 'file with the password', decides: 'run', env: true },
    natsTokenFile: { argument: '<file>', help: 'file with a token', decides: 'run', env: true },
    natsNkey: { argument: '<file>', help: 'file with the seed of an nkey', decides: 'run', env: true },
    natsCreds: {
      argument: '<file>',
      help: 'file with a JWT and the seed of its nkey',
      decides: 'run',
      env: true,
    },
    natsCa: {
      argument: '<file>',
      help: 'PEM of the authorities that NATS is trusted by',
      decides: 'run',
      env: true,
    },
    natsCert: { argument: '<file>', help: 'PEM of our certificate for NATS', decides: 'run', env: true },
    natsKey: { argument: '<file>', help: 'PEM of its key', decides: 'run', env: true },
    natsReplicas: {
      argument: '<n>',
      help: 'copies of each stream that is made, 1 to 5 (default: 3 in a cluster that has so many servers)',
      decides: 'run',
      number: { least: 1, most: 5, whole: true },
      env: true,
    },
  },
} as const satisfies FlagGroup;

const MAX_SILENCE_SECONDS = 3_600;
const MAX_WAIT_SECONDS = 86_400;

/** The times for which a process of a cluster may be silent. */
export const NATS_TIMES = {
  heading: 'NATS:',
  flags: {
    waitSeconds: {
      argument: '<s>',
      help: 'how long a start waits for a NATS that is not there yet, or elects its leaders',
      decides: 'run',
      preset: '300',
      number: { least: 0, most: MAX_WAIT_SECONDS },
      env: true,
    },
    ackWaitSeconds: {
      argument: '<s>',
      help: 'the tasks of a worker that is silent for so long go to others',
      decides: 'run',
      preset: '30',
      number: { above: 0, most: MAX_SILENCE_SECONDS },
      env: true,
    },
    leaseSeconds: {
      argument: '<s>',
      help: 'the standby of a coordinator that is silent for so long takes over',
      decides: 'run',
      preset: '10',
      number: { above: 0, most: MAX_SILENCE_SECONDS },
      env: true,
    },
  },
} as const satisfies FlagGroup;

type Login = ValuesOf<readonly [typeof NATS, typeof NATS_LOGIN]>;
type Times = ValuesOf<readonly [typeof NATS_TIMES]>;

/**
 * Returns the options of a connection to NATS. Secrets are read at every login.
 * @param flags commands that take no tasks and hold no lease have no times
 * @param role as deploy/nats/accounts.conf names it: it limits the answers that we may listen to
 * @throws OPTION_INVALID for addresses that are none
 */
export function natsOptions(
  flags: Login & Partial<Times>,
  role: 'coordinator' | 'worker',
  name: string,
): NatsOptions {
  const { servers, user, password, token } = natsServersOf(flags.nats);
  const { natsUser, natsPasswordFile, natsTokenFile, natsNkey, natsCreds } = flags;
  return {
    servers,
    ...(user === undefined ? {} : { user, password: () => password ?? '' }),
    ...(token === undefined ? {} : { token: () => token }),
    name: `smoothcert ${role} ${name}`,
    inboxPrefix: `_INBOX_${role}`,
    ...(natsUser === undefined ? {} : { user: natsUser }),
    ...(natsPasswordFile === undefined
      ? {}
      : { password: () => secretOf(natsPasswordFile, '--nats-password-file') }),
    ...(natsTokenFile === undefined ? {} : { token: () => secretOf(natsTokenFile, '--nats-token-file') }),
    ...(natsNkey === undefined ? {} : { nkeySeed: natsNkey }),
    ...(natsCreds === undefined ? {} : { creds: natsCreds }),
    ...tlsOf(flags),
    times: timesOf(flags),
    ...(flags.natsReplicas === undefined ? {} : { replicas: flags.natsReplicas }),
  };
}

function tlsOf({ natsCa: ca, natsCert: cert, natsKey: key }: Login): Pick<NatsOptions, 'tls'> {
  if (ca === undefined && cert === undefined) return {};
  return {
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    },
  };
}

/** How often a lease is renewed, unless that were too seldom or too often for it. A cluster without a leader for seconds costs few of them. */
const RENEW_MS = 1000;

/** All times follow from the two that an operator chooses. */
function timesOf({ ackWaitSeconds, leaseSeconds }: Partial<Times>): NonNullable<NatsOptions['times']> {
  if (ackWaitSeconds === undefined || leaseSeconds === undefined) return {};
  const ackWaitMs = 1000 * ackWaitSeconds;
  const leaseTtlMs = 1000 * leaseSeconds;
  return {
    ackWaitMs,
    workingEveryMs: ackWaitMs / 3,
    leaseTtlMs,
    leaseRenewMs: Math.max(0.1 * leaseTtlMs, Math.min(0.3 * leaseTtlMs, RENEW_MS)),
    standbyPollMs: 0.1 * leaseTtlMs,
  };
}
