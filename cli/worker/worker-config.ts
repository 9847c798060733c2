import { homedir } from 'node:os';
import path from 'node:path';
import type { NatsOptions } from '../../adapters/nats/link/connect.js';
import { optionError } from '../command/parse.js';
import { natsOptions } from '../nats/nats-flags.js';
import { nameOfProcess } from '../service/process-name.js';
import { machineOf, type MachineConfig } from '../service/service-config.js';
import type { WorkerFlags } from './worker-flags.js';

export interface WorkerConfig extends MachineConfig {
  /** The address of health and metrics, as typed; null: the usual port, or a free one where that is in use. */
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

/** Checks the flags of `worker`. @throws OPTION_INVALID */
export function workerConfig(flags: WorkerFlags): WorkerConfig {
  const { name = nameOfProcess() } = flags;
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    throw optionError(`--name ${name} is no name.`, 'Use 1 to 64 letters, digits, - and _.');
  }
  const cacheRoot = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  return {
    ...machineOf(flags),
    nats: natsOptions(flags, 'worker', name),
    name,
    http: flags.http ?? null,
    cache: flags.cache ?? path.join(cacheRoot, 'smoothcert'),
    cacheBytes: 2 ** 30 * flags.cacheGib,
    artifactsUrl: flags.artifacts ?? null,
    store: flags.store ?? null,
    tokenFile: flags.tokenFile ?? null,
    artifactsTls: {
      ca: flags.artifactsCa ?? null,
      cert: flags.artifactsCert ?? null,
      key: flags.artifactsKey ?? null,
    },
  };
}
