import type { ServiceLimits } from '../../coordinator/jobs/limits.js';
import type { Device } from '../../shared/job.js';
import { usualProcesses } from '../certify/process-limits.js';
import type { ValuesOf } from '../command/flag.js';
import { optionError } from '../command/parse.js';
import { STORAGE, type LISTENING, type MACHINE, type RETENTION } from './service-flags.js';

/** The flags that several commands of a service share, checked together. */

export interface ListeningConfig {
  readonly grpc: string;
  readonly http: string;
  readonly tokenFile: string | null;
  readonly tls: { readonly cert: string; readonly key: string; readonly clientCa: string | null } | null;
  readonly insecure: boolean;
}

/** @throws OPTION_INVALID for TLS files that are of no use alone */
export function listeningOf(flags: ValuesOf<readonly [typeof LISTENING]>): ListeningConfig {
  const { grpc, http, tokenFile, insecure } = flags;
  return { grpc, http, tokenFile: tokenFile ?? null, tls: tlsOf(flags), insecure };
}

function tlsOf({
  tlsCert: cert,
  tlsKey: key,
  tlsClientCa: clientCa,
}: ValuesOf<readonly [typeof LISTENING]>): ListeningConfig['tls'] {
  if (cert !== undefined && key !== undefined) return { cert, key, clientCa: clientCa ?? null };
  if (cert !== undefined || key !== undefined) {
    throw optionError('--tls-cert and --tls-key belong together.', 'Give both, or neither.');
  }
  if (clientCa === undefined) return null;
  throw optionError(
    '--tls-client-ca has no meaning without --tls-cert.',
    'Give --tls-cert and --tls-key, too.',
  );
}

export interface StorageConfig {
  readonly store: string;
  /** Prefixes of the addresses that artifacts may be fetched from. */
  readonly allowUris: readonly string[];
}

/** @throws OPTION_INVALID for a store without a name */
export function storageOf({
  store,
  allowUri: allowUris = [],
}: ValuesOf<readonly [typeof STORAGE]>): StorageConfig {
  if (store !== '') return { store, allowUris };
  throw optionError('--store is empty.', STORAGE.flags.store.needed);
}

const DAY_MS = 86_400_000;

/** @throws OPTION_INVALID for fewer jobs than ledgers */
export function retentionOf({
  retainDays,
  retainLedgers,
  retainJobs,
}: ValuesOf<readonly [typeof RETENTION]>): Pick<ServiceLimits, 'retainMs' | 'retainLedgers' | 'retainJobs'> {
  if (retainJobs >= retainLedgers) return { retainMs: retainDays * DAY_MS, retainLedgers, retainJobs };
  throw optionError(
    `--retain-jobs ${retainJobs} is below --retain-ledgers ${retainLedgers}.`,
    'A ledger is kept only with its job: raise the one, or lower the other.',
  );
}

export interface MachineConfig {
  readonly device: Device;
  readonly processes: number;
  readonly hangMs: number;
  /** Share of its batches that each process audits. */
  readonly auditShare: number;
  /** Jobs whose model is kept loaded at once. */
  readonly jobs: number;
  readonly graceMs: number;
}

export function machineOf(flags: ValuesOf<readonly [typeof MACHINE]>): MachineConfig {
  const { device, processes = usualProcesses(device), auditShare, jobs } = flags;
  const { hangSeconds, graceSeconds } = flags;
  return { device, processes, hangMs: 1000 * hangSeconds, auditShare, jobs, graceMs: 1000 * graceSeconds };
}
