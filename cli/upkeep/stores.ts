import { existsSync } from 'node:fs';
import path from 'node:path';
import { ArtifactFolder } from '../../adapters/local/artifact-folder.js';
import { JobFolder } from '../../adapters/local/job-folder.js';
import { LedgerFolder } from '../../adapters/local/ledger-folder.js';
import { connectNats } from '../../adapters/nats/link/connect.js';
import { NatsJobStore } from '../../adapters/nats/jobs/nats-job-store.js';
import { NatsLedgers } from '../../adapters/nats/ledger/nats-ledger-store.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { JobStore } from '../../shared/ports/job-store.js';
import type { LedgerStore } from '../../shared/ports/ledger-store.js';
import { OutputFolder } from '../certify/output-folder.js';
import { optionError } from '../command/parse.js';
import { natsOptions } from '../nats/nats-flags.js';
import { STORAGE, type StoreFlags } from './upkeep-flags.js';

/** The stores of one installation: all that it keeps. */
export interface Stores {
  readonly jobs: JobStore;
  readonly ledgers: LedgerStore;
  readonly artifacts: ArtifactStore;
  /** Jobs that could not be read until now, so that nobody knows which artifacts they need. */
  readonly damaged: readonly string[];
  close(): Promise<void>;
}

/**
 * Opens the stores of an installation: with --nats those of a cluster, else the folder of `serve`.
 * @param alone locks the folder of `serve`, as `serve` does, so that nobody else writes. A cluster's stores allow several writers.
 * @throws SmoothcertError OPTION_INVALID, FOLDER_LOCKED, FOLDER_UNUSABLE, NATS_UNREACHABLE
 */
export async function openStores(flags: StoreFlags, alone: boolean): Promise<Stores> {
  const { store, nats } = flags;
  if (store === '') throw optionError('--store is empty.', STORAGE.flags.store.needed);
  return nats === undefined ? servedStores(store, alone) : clusterStores({ ...flags, nats });
}

async function clusterStores(flags: StoreFlags & { readonly nats: string }): Promise<Stores> {
  const damaged: string[] = [];
  const artifacts = await ArtifactFolder.open(flags.store);
  const link = await connectNats(natsOptions(flags, 'coordinator', 'upkeep'));
  try {
    const jobs = await NatsJobStore.open(link, (id) => void damaged.push(id));
    const close = () => link.close();
    return { jobs, ledgers: new NatsLedgers(link), artifacts, damaged, close };
  } catch (error) {
    await link.close();
    throw error;
  }
}

async function servedStores(store: string, alone: boolean): Promise<Stores> {
  if (!alone && !existsSync(path.join(store, 'jobs'))) {
    throw optionError(
      `${store} is not the store of a smoothcert serve.`,
      'Name another folder; for the store of coordinators name their NATS with --nats, too.',
    );
  }
  const folder = alone ? await OutputFolder.open(store) : null;
  if (folder) folder.begun = true;
  try {
    const damaged: string[] = [];
    const artifacts = await ArtifactFolder.open(path.join(store, 'artifacts'));
    const jobs = await JobFolder.open(path.join(store, 'jobs'), (file) => void damaged.push(file));
    const ledgers = await LedgerFolder.open(path.join(store, 'ledgers'));
    const close = async () => {
      await jobs.close();
      folder?.close();
    };
    return { jobs, ledgers, artifacts, damaged, close };
  } catch (error) {
    folder?.close();
    throw error;
  }
}
