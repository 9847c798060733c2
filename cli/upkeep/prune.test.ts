import { utimes } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jobIdOf } from '../../coordinator/jobs/new-job-id.js';
import { LedgerFolder } from '../../adapters/local/ledger-folder.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { JobStore } from '../../shared/ports/job-store.js';
import { ServiceBed, endOf, happens, store } from '../../test/support/service-bed.js';
import { replacing } from '../../test/support/service-faults.js';
import { backUp } from './backup.js';
import { forgetJob } from './forget.js';
import { removeUnneeded, unneeded } from './prune.js';
import { check, putBack } from './restore.js';
import type { Stores } from './stores.js';
import { TemporaryFolder } from '../../test/support/temporary-folder.js';

const ID = jobIdOf('one');
const OLD_S = 1_000_000_000;
const BEFORE = 1000 * OLD_S + 1;

let bed: ServiceBed;
let stores: Stores;
beforeEach(async () => {
  bed = await ServiceBed.open();
  const ledgers = await LedgerFolder.open(bed.folder.file('ledgers'));
  stores = { jobs: bed.jobs, ledgers, artifacts: bed.artifacts, damaged: [], close: () => Promise.resolve() };
});
afterEach(() => bed.close());

const request = (requestId = 'one') => ({ spec: bed.spec(), requestId, validateOnly: false });
const digests = (found: { artifacts: readonly { digest: string }[] }) =>
  found.artifacts.map(({ digest }) => digest);

/** Everything in the store looks as if it had not been used for years. */
async function age(): Promise<void> {
  for (const { digest } of await bed.artifacts.list('', 100))
    await utimes(bed.folder.file('artifacts', `${digest}.json`), OLD_S, OLD_S);
  for (const { job } of await stores.ledgers.list())
    await utimes(bed.folder.file('ledgers', `${job}.ledger`), OLD_S, OLD_S);
}

async function ended(requestId = 'one'): Promise<void> {
  const manager = await bed.serving();
  const worker = bed.worker();
  await endOf(manager, (await manager.createJob(request(requestId))).id);
  await bed.stop();
  await worker.stop();
}

describe('what no job needs', () => {
  it('is shown and not touched, then removed; what a job names stays, its ledger too', async () => {
    await ended();
    const results = await bed.results(ID);
    const other = await store(bed.artifacts, Buffer.from('another model'), 'file');
    expect(await unneeded(stores, BEFORE)).toEqual({ artifacts: [], ledgers: [] });
    await age();
    const found = await unneeded(stores, BEFORE);
    expect(found).toMatchObject({ artifacts: [{ digest: other, usedMs: 1000 * OLD_S }], ledgers: [] });
    expect(await bed.artifacts.find(other)).not.toBeNull();
    expect(digests(await removeUnneeded(stores, BEFORE))).toEqual([other]);
    expect(await bed.artifacts.find(other)).toBeNull();
    expect(await bed.results(ID)).toEqual(results);
    expect(await stores.ledgers.list()).toHaveLength(1);
  });

  it('begins only when its last job is forgotten, and a while after that', async () => {
    await ended();
    await age();
    expect((await removeUnneeded(stores, BEFORE)).artifacts).toEqual([]);
    await forgetJob(stores, ID, Date.now());
    expect(digests(await unneeded(stores, BEFORE))).toEqual([]);
    await age();
    const all = digests(await removeUnneeded(stores, BEFORE));
    expect(all).toEqual(expect.arrayContaining([bed.modelDigest, bed.dataDigest]));
    expect(await bed.artifacts.list('', 10)).toEqual([]);
  });

  it('is not known while a job cannot be read', async () => {
    await age();
    const blind = { ...stores, damaged: ['j-1'] };
    await expect(removeUnneeded(blind, BEFORE)).rejects.toMatchObject({ code: 'JOB_FILE_DAMAGED' });
    expect(await bed.artifacts.find(bed.modelDigest)).not.toBeNull();
  });

  it('has the ledgers of which there is no job, once they are old', async () => {
    await ended();
    await bed.jobs.remove(ID);
    expect((await removeUnneeded(stores, BEFORE)).ledgers).toEqual([]);
    await age();
    expect((await removeUnneeded(stores, BEFORE)).ledgers).toMatchObject([{ job: ID }]);
    expect(await stores.ledgers.list()).toEqual([]);
  });
});

describe('pruning and creating or restoring a job at one moment', () => {
  /** Calls `then` when pruning does this for the first time. */
  function when(part: 'list' | 'removeUnused', then: () => Promise<unknown>): Stores {
    let done: Promise<unknown> | null = null;
    const artifacts = replacing<ArtifactStore>(bed.artifacts, {
      removeUnused: async (digest, before) => {
        if (part === 'removeUnused') await (done ??= then());
        return bed.artifacts.removeUnused(digest, before);
      },
    });
    const jobs = replacing<JobStore>(bed.jobs, {
      list: async () => {
        const found = await bed.jobs.list();
        if (part === 'list') await (done ??= then());
        return found;
      },
    });
    return { ...stores, artifacts, jobs };
  }

  it.each(['list', 'removeUnused'] as const)('takes nothing away from the job (%s)', async (part) => {
    await age();
    const manager = await bed.serving();
    bed.worker();
    const creating = when(part, () => manager.createJob(request()));
    expect(digests(await removeUnneeded(creating, BEFORE))).toEqual([]);
    await endOf(manager, ID);
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
  });

  it.each(['list', 'removeUnused'] as const)('takes nothing away from a restored one (%s)', async (part) => {
    using folder = new TemporaryFolder();
    const manager = await bed.serving();
    await manager.createJob(request());
    const file = folder.file('backup');
    await backUp(stores, ID, file, true);
    await bed.stop();
    await bed.jobs.remove(ID);
    await age();
    const restoring = when(part, async () => putBack(stores, file, await check(file)));
    expect(digests(await removeUnneeded(restoring, BEFORE))).toEqual([]);
    bed.worker();
    await endOf(await bed.serving(), ID);
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
  });

  it.each([1, 2, 3, 4, 5])('leaves a job that is whole, or refuses it (%i)', async () => {
    await age();
    const manager = await bed.serving();
    bed.worker();
    const [created] = await Promise.allSettled([
      manager.createJob(request()),
      removeUnneeded(stores, BEFORE),
      removeUnneeded(stores, BEFORE),
    ]);
    if (created.status === 'rejected') expect(created.reason).toMatchObject({ code: 'ARTIFACT_MISSING' });
    else {
      await endOf(manager, ID);
      expect(await bed.results(ID)).toEqual(await bed.expected(ID));
    }
  });
});

describe('forgetting a job', () => {
  it('removes it with its ledger and, in time, its results; those of an equal job stay', async () => {
    await ended('one');
    await ended('two');
    const expected = await bed.results(ID);
    await age();
    await forgetJob(stores, jobIdOf('two'), Date.now());
    expect(await bed.results(ID)).toEqual(expected);
    await forgetJob(stores, ID, Date.now());
    expect(await bed.jobs.list()).toEqual([]);
    expect(await stores.ledgers.list()).toEqual([]);
    const left = (await bed.artifacts.list('', 10)).map(({ digest }) => digest).sort();
    expect(left).toEqual([bed.dataDigest, bed.modelDigest].sort());
    await expect(forgetJob(stores, ID, Date.now())).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });

  it('refuses one that runs, and touches nothing', async () => {
    const manager = await bed.serving();
    bed.worker({ onTask: () => false });
    await manager.createJob(request());
    await happens(async () => (await stores.ledgers.list()).length === 1);
    await expect(forgetJob(stores, ID, Date.now())).rejects.toMatchObject({
      message: `The job ${ID} has not ended.`,
    });
    expect(await stores.ledgers.list()).toHaveLength(1);
  });

  it('removes what is left of one that is gone', async () => {
    await ended();
    await bed.jobs.remove(ID);
    await forgetJob(stores, ID, Date.now());
    expect(await stores.ledgers.list()).toEqual([]);
  });
});
