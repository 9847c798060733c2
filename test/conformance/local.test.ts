import { expect, it } from 'vitest';

import { FileLedger } from '../../adapters/local/file-ledger.js';
import { MemoryQueue } from '../../adapters/local/memory-queue.js';
import { MemoryStop } from '../../adapters/local/memory-stop.js';
import { systemClock } from '../../adapters/local/system-clock.js';
import { describeClock } from './clock.js';
import { describeStopSignal } from './stop-signal.js';
import { describeTaskQueue } from './task-queue.js';
import { DIGEST, describeVoteLedger, type LedgerPlace } from './vote-ledger.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

const nothing = () => Promise.resolve();

function ledgerFolder(): LedgerPlace {
  const folder = new TemporaryFolder();
  return {
    open: (jobDigest) => FileLedger.open(folder.file('ledger'), jobDigest),
    [Symbol.asyncDispose]: () => {
      folder[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

describeVoteLedger('a file', { create: () => Promise.resolve(ledgerFolder()), manyWriters: false });

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

it('a file refuses the ledger of another job', async () => {
  await using place = ledgerFolder();
  await (await place.open(DIGEST)).close();
  await expect(place.open('cd'.repeat(32))).rejects.toMatchObject({ code: 'JOB_DIFFERS' });
});

it('a file refuses a record that is larger than it could read, and goes on', async () => {
  await using place = ledgerFolder();
  const ledger = await place.open(DIGEST);
  const empty = { counted: [], failed: [], returned: [], dropped: [], failedImages: [], cancelled: false };
  const record = { jobDigest: DIGEST, fingerprint: '', task: 'x'.repeat(2 << 20), ...empty };
  await expect(ledger.append(record)).rejects.toThrow('a record of');
  expect(await ledger.append({ ...record, task: 'a' })).toBe('recorded');
  expect(ledger.size()).toBe(1);
  await ledger.close();
});
