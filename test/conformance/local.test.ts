import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';

import { ArtifactFolder } from '../../adapters/local/artifact-folder.js';
import { FileLedger } from '../../adapters/local/file-ledger.js';
import { JobFolder } from '../../adapters/local/job-folder.js';
import { LedgerFolder } from '../../adapters/local/ledger-folder.js';
import { LocalExchange } from '../../adapters/local/local-exchange.js';
import { MemoryQueue } from '../../adapters/local/memory-queue.js';
import { MemoryStop } from '../../adapters/local/memory-stop.js';
import { systemClock } from '../../adapters/local/system-clock.js';
import { describeArtifactStore } from './artifact-store.js';
import { describeClock } from './clock.js';
import { describeExchange, type ExchangePlace } from './exchange.js';
import { describeJobStore, type JobStorePlace } from './job-store.js';
import { describeLedgerStore } from './ledger-store.js';
import { describeStopSignal } from './stop-signal.js';
import { describeTaskQueue } from './task-queue.js';
import { describeVoteLedger, type LedgerPlace } from './vote-ledger.js';
import { DIGEST } from '../support/records.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

const nothing = () => Promise.resolve();

/** Makes a place in a folder of its own. */
function inFolder<T extends object>(opened: (folder: TemporaryFolder) => T): T & AsyncDisposable {
  const folder = new TemporaryFolder();
  const dispose = () => Promise.resolve().then(() => folder[Symbol.dispose]());
  return Object.assign(opened(folder), { [Symbol.asyncDispose]: dispose });
}

const ledgerFile = (): LedgerPlace =>
  inFolder((folder) => ({
    open: (jobDigest: string) => FileLedger.open(folder.file('ledger'), jobDigest),
  }));

const jobFolder = (): JobStorePlace =>
  inFolder((folder) => ({
    open: (onDamaged: (id: string) => void = () => undefined) =>
      JobFolder.open(folder.path, (file) => onDamaged(path.basename(file, '.job'))),
    damage: (id: string) => writeFile(folder.file(`${id}.job`), 'something else'),
  }));

async function oneProcess(): Promise<ExchangePlace> {
  const folder = new TemporaryFolder();
  const exchange = await LocalExchange.open(folder.file('ledgers'), systemClock);
  return {
    coordinator: () => Promise.resolve(exchange),
    worker: () => Promise.resolve(exchange),
    settled: nothing,
    [Symbol.asyncDispose]: async () => {
      await exchange.close();
      folder[Symbol.dispose]();
    },
  };
}

describeVoteLedger('a file', { create: () => Promise.resolve(ledgerFile()), manyWriters: false });

describeTaskQueue('in memory', {
  create: () => {
    const queue = new MemoryQueue();
    return Promise.resolve({ connect: () => queue, [Symbol.asyncDispose]: nothing });
  },
  redelivers: false,
});

describeStopSignal('in memory', {
  create: () => {
    const stop = new MemoryStop();
    return Promise.resolve({ connect: () => stop, [Symbol.asyncDispose]: nothing });
  },
});

describeClock('of the system', () => systemClock);

describeJobStore('in a folder', { create: () => Promise.resolve(jobFolder()), manyProcesses: false });

describeLedgerStore('in a folder', {
  create: () => Promise.resolve(inFolder((folder) => ({ open: () => LedgerFolder.open(folder.path) }))),
});

describeArtifactStore('in a folder', {
  create: () => Promise.resolve(inFolder((folder) => ({ open: () => ArtifactFolder.open(folder.path) }))),
});

describeExchange('in one process', { create: oneProcess });

it('a file refuses the ledger of another job', async () => {
  await using place = ledgerFile();
  await (await place.open(DIGEST)).close();
  await expect(place.open('cd'.repeat(32))).rejects.toMatchObject({ code: 'JOB_DIFFERS' });
});

it('a file refuses a record that is larger than it could read, and goes on', async () => {
  await using place = ledgerFile();
  const ledger = await place.open(DIGEST);
  const empty = { counted: [], failed: [], returned: [], dropped: [], failedImages: [], cancelled: false };
  const record = { jobDigest: DIGEST, fingerprint: '', task: 'x'.repeat(2 << 20), ...empty };
  await expect(ledger.append(record)).rejects.toThrow('a record of');
  expect(await ledger.append({ ...record, task: 'a' })).toBe('recorded');
  expect(ledger.size()).toBe(1);
  await ledger.close();
});
