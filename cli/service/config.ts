import { readFileSync } from 'node:fs';
import { availableParallelism, homedir, hostname } from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import type { ServiceLimits } from '../../coordinator/jobs/limits.js';
import type { NatsOptions } from '../../adapters/nats/link/connect.js';
import { SmoothcertError } from '../../shared/errors.js';
import { DEVICES, type Device } from '../../shared/job.js';
import { natsServersOf } from './nats-servers.js';
import { optionError, parseChoice, parseNumber } from '../command/parse.js';

/** Flags as typed, by their attribute names. */
export type Raw = Readonly<Record<string, unknown>>;

const text = (raw: Raw, name: string): string | undefined => {
  const value = raw[name];
  return typeof value === 'string' ? value : undefined;
};
/** The command whose help a wrong number refers to: one that has the flag. */
type Helper = 'coordinator' | 'worker';
const seconds = (raw: Raw, name: string, flag: string, helper: Helper, most = 3_600): number =>
  1000 * parseNumber(flag, text(raw, name)!, { above: 0, most }, '', helper);
const whole = (raw: Raw, name: string, flag: string, helper: Helper, least: number, most: number): number =>
  parseNumber(flag, text(raw, name)!, { least, most, whole: true }, '', helper);

/** The content of a file with one secret, or of a PEM file, without the last line’s end. @throws OPTION_INVALID */
export function secretOf(file: string, flag: string): string {
  try {
    const secret = readFileSync(file, 'utf8').trim();
    if (secret !== '') return secret;
  } catch (cause) {
    throw new SmoothcertError(
      'OPTION_INVALID',
      `${flag} ${file} cannot be read.`,
      'Check the path and its rights.',
      {
        cause,
      },
    );
  }
  throw optionError(`${flag} ${file} is empty.`, 'Put the secret on its first line.');
}

/**
 * Where NATS is, and who we are to it. Its times follow from the two that an operator chooses. Secrets are read at every login.
 * @param role which answers we may listen to in deploy/nats/accounts.conf
 */
export function natsOptions(raw: Raw, role: 'coordinator' | 'worker', name: string): NatsOptions {
  const [user, passwordFile, tokenFile] = ['natsUser', 'natsPasswordFile', 'natsTokenFile'].map((key) =>
    text(raw, key),
  );
  const [nkeySeed, creds, ca, cert, key] = ['natsNkey', 'natsCreds', 'natsCa', 'natsCert', 'natsKey'].map(
    (one) => text(raw, one),
  );
  const { servers, ...inAddress } = natsServersOf(text(raw, 'nats')!);
  return {
    servers,
    ...(inAddress.user === undefined
      ? {}
      : { user: inAddress.user, password: () => inAddress.password ?? '' }),
    ...(inAddress.token === undefined ? {} : { token: () => inAddress.token ?? '' }),
    name: `smoothcert ${role} ${name}`,
    inboxPrefix: `_INBOX_${role}`,
    ...(user === undefined ? {} : { user }),
    ...(passwordFile === undefined ? {} : { password: () => secretOf(passwordFile, '--nats-password-file') }),
    ...(tokenFile === undefined ? {} : { token: () => secretOf(tokenFile, '--nats-token-file') }),
    ...(nkeySeed === undefined ? {} : { nkeySeed }),
    ...(creds === undefined ? {} : { creds }),
    ...(ca === undefined && cert === undefined
      ? {}
      : {
          tls: {
            ...(ca === undefined ? {} : { ca }),
            ...(cert === undefined ? {} : { cert }),
            ...(key === undefined ? {} : { key }),
          },
        }),
    times: timesOf(raw),
    replicas: whole(raw, 'natsReplicas', '--nats-replicas', 'coordinator', 1, 5),
  };
}

/** Commands that take no tasks and hold no lease have none of these flags. */
function timesOf(raw: Raw): NonNullable<NatsOptions['times']> {
  if (raw['ackWaitSeconds'] === undefined) return {};
  const ackWaitMs = seconds(raw, 'ackWaitSeconds', '--ack-wait-seconds', 'coordinator');
  const leaseTtlMs = seconds(raw, 'leaseSeconds', '--lease-seconds', 'coordinator');
  return {
    ackWaitMs,
    workingEveryMs: ackWaitMs / 3,
    leaseTtlMs,
    leaseRenewMs: 0.3 * leaseTtlMs,
    standbyPollMs: 0.1 * leaseTtlMs,
  };
}

export interface ListeningConfig {
  readonly grpc: string;
  readonly http: string;
  readonly tokenFile: string | null;
  readonly tls: { readonly cert: string; readonly key: string; readonly clientCa: string | null } | null;
  readonly insecure: boolean;
}

export function listeningOf(raw: Raw): ListeningConfig {
  const [cert, key, clientCa] = ['tlsCert', 'tlsKey', 'tlsClientCa'].map((name) => text(raw, name));
  if ((cert === undefined) !== (key === undefined)) {
    throw optionError('--tls-cert and --tls-key belong together.', 'Give both, or neither.');
  }
  if (clientCa !== undefined && cert === undefined) {
    throw optionError(
      '--tls-client-ca has no meaning without --tls-cert.',
      'Give --tls-cert and --tls-key, too.',
    );
  }
  return {
    grpc: text(raw, 'grpc')!,
    http: text(raw, 'http')!,
    tokenFile: text(raw, 'tokenFile') ?? null,
    tls: cert === undefined ? null : { cert, key: key!, clientCa: clientCa ?? null },
    insecure: raw['insecure'] === true,
  };
}

/** @throws OPTION_INVALID without --store */
export function storeOf(raw: Raw): { readonly store: string; readonly allowUris: readonly string[] } {
  const store = text(raw, 'store');
  if (store === undefined || store === '') {
    throw optionError('--store is missing.', 'Name a folder for models, data sets and results.');
  }
  return { store, allowUris: (raw['allowUri'] as readonly string[] | undefined) ?? [] };
}

const DAY_MS = 86_400_000;
/** What a coordinator looks through in every sweep. */
const MOST_JOBS = 100_000;

/** @throws OPTION_INVALID */
export function retentionOf(raw: Raw): Pick<ServiceLimits, 'retainMs' | 'retainLedgers' | 'retainJobs'> {
  const retainLedgers = whole(raw, 'retainLedgers', '--retain-ledgers', 'coordinator', 0, MOST_JOBS);
  const retainJobs = whole(raw, 'retainJobs', '--retain-jobs', 'coordinator', 1, MOST_JOBS);
  if (retainJobs < retainLedgers) {
    throw optionError(
      `--retain-jobs ${retainJobs} is below --retain-ledgers ${retainLedgers}.`,
      'A ledger is kept only with its job: raise the one, or lower the other.',
    );
  }
  const days = parseNumber(
    '--retain-days',
    text(raw, 'retainDays')!,
    { least: 0, most: 36_500 },
    '',
    'coordinator',
  );
  return { retainMs: days * DAY_MS, retainLedgers, retainJobs };
}

export interface MachineConfig {
  readonly device: Device;
  readonly processes: number;
  readonly hangMs: number;
  readonly jobs: number;
  readonly graceMs: number;
}

export function machineOf(raw: Raw): MachineConfig {
  const device = parseChoice('--device', text(raw, 'device')!, DEVICES);
  const usual = device === 'cpu' ? availableParallelism() : 1;
  return {
    device,
    processes:
      text(raw, 'processes') === undefined
        ? usual
        : whole(raw, 'processes', '--processes', 'worker', 1, 1_024),
    hangMs: seconds(raw, 'hangSeconds', '--hang-seconds', 'worker', 86_400),
    jobs: whole(raw, 'jobs', '--jobs', 'worker', 1, 64),
    graceMs: seconds(raw, 'graceSeconds', '--grace-seconds', 'worker', 86_400),
  };
}

export interface WorkerConfig extends MachineConfig {
  /** Where health and metrics are, as typed; null: where there is a place. */
  readonly http: string | null;
  readonly nats: NatsOptions;
  readonly name: string;
  readonly cache: string;
  readonly cacheBytes: number;
  /** Null: where the coordinator says. */
  readonly artifactsUrl: string | null;
  /** A coordinator's store that this machine can read; null: artifacts come over HTTP. */
  readonly store: string | null;
  readonly tokenFile: string | null;
  readonly artifactsTls: {
    readonly ca: string | null;
    readonly cert: string | null;
    readonly key: string | null;
  };
}

export function workerConfig(raw: Raw): WorkerConfig {
  const name = text(raw, 'name') ?? nameOfProcess();
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    throw optionError(`--name ${name} is no name.`, 'Use 1 to 64 letters, digits, - and _.');
  }
  const cacheRoot = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  return {
    ...machineOf(raw),
    nats: natsOptions(raw, 'worker', name),
    name,
    http: text(raw, 'http') ?? null,
    cache: text(raw, 'cache') ?? path.join(cacheRoot, 'smoothcert'),
    cacheBytes:
      2 ** 30 * parseNumber('--cache-gib', text(raw, 'cacheGib')!, { above: 0, most: 1e6 }, '', 'worker'),
    artifactsUrl: text(raw, 'artifacts') ?? null,
    store: text(raw, 'store') ?? null,
    tokenFile: text(raw, 'tokenFile') ?? null,
    artifactsTls: {
      ca: text(raw, 'artifactsCa') ?? null,
      cert: text(raw, 'artifactsCert') ?? null,
      key: text(raw, 'artifactsKey') ?? null,
    },
  };
}

/** Unique among all processes, so that nobody takes another one's word for its own. */
export const nameOfProcess = (): string =>
  `${hostname()
    .replace(/[^A-Za-z0-9-]/g, '-')
    .slice(0, 40)}-${process.pid}-${randomBytes(4).toString('hex')}`;
