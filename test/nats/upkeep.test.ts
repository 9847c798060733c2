import { randomBytes, randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { backUp } from '../../cli/upkeep/backup.js';
import { forgetJob } from '../../cli/upkeep/forget.js';
import { removeUnneeded, unneeded } from '../../cli/upkeep/prune.js';
import { check, putBack } from '../../cli/upkeep/restore.js';
import type { Stores } from '../../cli/upkeep/stores.js';
import { DEFAULT_LIMITS, type ServiceLimits } from '../../coordinator/jobs/limits.js';
import type { ServicePorts } from '../../coordinator/jobs/service-ports.js';
import { Retention } from '../../coordinator/jobs/retention.js';
import { ArtifactFolder } from '../../adapters/local/artifact-folder.js';
import { systemClock } from '../../adapters/local/system-clock.js';
import { NatsCoordinatorExchange } from '../../adapters/nats/exchange/coordinator-exchange.js';
import { NatsJobStore } from '../../adapters/nats/jobs/nats-job-store.js';
import { ledgerSubject } from '../../adapters/nats/ledger/endings.js';
import { NatsLedgers } from '../../adapters/nats/ledger/nats-ledger-store.js';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { jobDigest } from '../../shared/job.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import { NO_METRICS } from '../../shared/telemetry/metrics.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { DeployedNats } from '../harness/deployed-nats.js';
import { NatsServer } from '../harness/nats-server.js';
import { makeJob } from '../support/jobs.js';
import { store } from '../support/service-bed.js';
import { describeNats } from './support.js';
import { recordOf } from '../support/records.js';
import { ENDING, PREPARED, entryOf } from '../support/stored-state.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

const JOB = makeJob();
const DIGEST = jobDigest(JOB);
const MIB = 2 ** 20;
const record = (task: string): LedgerRecord => ({ ...recordOf(task), jobDigest: DIGEST });

async function storesOn(link: NatsLink, folder: string): Promise<Stores> {
  const damaged: string[] = [];
  const jobs = await NatsJobStore.open(link, (id) => void damaged.push(id));
  const [ledgers, artifacts] = [new NatsLedgers(link), await ArtifactFolder.open(folder)];
  return { jobs, ledgers, artifacts, damaged, close: () => link.close() };
}

async function tasksIn({ ledgers }: Stores, id: string): Promise<string[] | null> {
  const records = await ledgers.records(id, DIGEST);
  if (records === null) return null;
  const tasks: string[] = [];
  for await (const { task } of records) tasks.push(task);
  return tasks;
}

/** A job in the stores with a ledger of some records; ended at `endMs` if that is given. */
async function addJob(
  stores: Stores,
  tasks: readonly string[],
  more: Partial<JobEntry> = {},
): Promise<string> {
  const id = `j-${randomUUID()}`;
  const made = { job: JOB, prepared: PREPARED, startMs: 1_500 };
  await stores.jobs.create(entryOf(id, { ...made, ...more }));
  const ledger = await stores.ledgers.open(id, DIGEST, MIB);
  for (const task of tasks) await ledger.append(record(task));
  await ledger.close();
  return id;
}
const endedAt = (endMs: number): Partial<JobEntry> => ({ ending: { ...ENDING, endMs } });

describeNats('what a cluster keeps', (server) => {
  it('has ledgers that are read whole up to now, whatever else was written into them', async () => {
    using folder = new TemporaryFolder();
    const link = await server().connect();
    const stores = await storesOn(link, folder.path);
    const id = await addJob(stores, ['a', 'b', 'c']);
    await link.streams.publish(ledgerSubject(id, 'x'), Uint8Array.of(8, 99));
    expect(await tasksIn(stores, id)).toEqual(['a', 'b', 'c']);
    expect(await tasksIn(stores, await addJob(stores, []))).toEqual([]);
    expect(await tasksIn(stores, 'j-none')).toBeNull();
    await expect(stores.ledgers.records(id, 'cd'.repeat(32))).rejects.toMatchObject({ code: 'JOB_DIFFERS' });
    const found = (await stores.ledgers.list()).find(({ job }) => job === id)!;
    expect(Math.abs(found.changedMs - Date.now())).toBeLessThan(60_000);
    await stores.ledgers.remove(id);
    await stores.ledgers.remove(id);
    expect((await stores.ledgers.list()).map(({ job }) => job)).not.toContain(id);
  });

  it('is forgotten by age and by number, by two coordinators at once; a job that runs never is', async () => {
    using folder = new TemporaryFolder();
    const stores = await storesOn(await server().connect(), folder.path);
    for (const { entry } of await stores.jobs.list()) await stores.jobs.remove(entry.id);
    const [old, fourth, third, second, first] = await Promise.all(
      [1_000, 9_000, 9_100, 9_200, 9_300].map((endMs) => addJob(stores, ['a'], endedAt(endMs))),
    );
    const running = await addJob(stores, ['a'], { createMs: 1 });
    const limits: Partial<ServiceLimits> = { retainMs: 2_000, retainLedgers: 2, retainJobs: 4 };
    const sweep = async () => {
      const link = await server().connect();
      const ports: ServicePorts = {
        jobs: await NatsJobStore.open(link, () => undefined),
        artifacts: stores.artifacts,
        exchange: await NatsCoordinatorExchange.open(link),
        clock: systemClock,
        now: () => 10_000,
        randomBytes,
        limits: { ...DEFAULT_LIMITS, ...limits },
        log: () => undefined,
        metrics: NO_METRICS,
      };
      await new Retention(ports).sweep((await ports.jobs.list()).map(({ entry }) => entry));
      await ports.exchange.close();
    };
    await Promise.all([sweep(), sweep()]);
    await sweep();
    const ledgers = new Set((await stores.ledgers.list()).map(({ job }) => job));
    expect([first, second, third, fourth, old, running].map((id) => ledgers.has(id!))).toEqual([
      true,
      true,
      false,
      false,
      false,
      true,
    ]);
    const ids = (await stores.jobs.list()).map(({ entry }) => entry.id);
    expect(ids.sort()).toEqual([first, second, third, fourth, running].sort());
  });

  it('shows ledgers without a job, and removes them when they are old', async () => {
    using folder = new TemporaryFolder();
    const stores = await storesOn(await server().connect(), folder.path);
    const [kept, gone] = [await addJob(stores, ['a']), await addJob(stores, ['a'])];
    await stores.jobs.remove(gone);
    const soon = Date.now() + 60_000;
    const orphans = (await unneeded(stores, soon)).ledgers.map(({ job }) => job);
    expect(orphans).toContain(gone);
    expect(orphans).not.toContain(kept);
    expect((await unneeded(stores, 0)).ledgers).toEqual([]);
    await removeUnneeded(stores, soon);
    expect([await tasksIn(stores, kept), await tasksIn(stores, gone)]).toEqual([['a'], null]);
  });

  it('is backed up, and restored into another server; what a worker writes between is noticed', async () => {
    using folder = new TemporaryFolder();
    await using fresh = await NatsServer.start();
    const stores = await storesOn(await server().connect(), folder.file('store'));
    const other = await storesOn(await fresh.connect(), folder.file('other'));
    const model = await store(stores.artifacts, Buffer.from('a model'), 'file');
    const { spec } = entryOf('j-1');
    const inputs = {
      model: { ...spec.model, digest: model, fileDigest: model },
      data: { ...spec.data, digest: model },
    };
    const id = await addJob(stores, ['a', 'b', 'c'], { spec: { ...spec, ...inputs } });
    const file = folder.file('backup');
    expect(await backUp(stores, id, file, true)).toMatchObject({ records: 3, artifacts: 1 });
    const late = await other.ledgers.open(id, DIGEST, MIB);
    await late.append(record('b'));
    await expect(putBack(other, file, await check(file))).rejects.toMatchObject({ code: 'JOB_EXISTS' });
    expect(await other.jobs.get(id)).toBeNull();
    await late.close();
    await other.ledgers.remove(id);
    expect(await putBack(other, file, await check(file))).toMatchObject({ outcome: 'restored' });
    expect(await putBack(other, file, await check(file))).toMatchObject({ outcome: 'already there' });
    expect(await tasksIn(other, id)).toEqual(['a', 'b', 'c']);
    expect((await other.jobs.get(id))!.entry).toEqual((await stores.jobs.get(id))!.entry);
    expect(await other.artifacts.find(model)).not.toBeNull();
  });

  it('is looked after with the rights that deploy/nats gives a coordinator', async () => {
    using folder = new TemporaryFolder();
    const deployed = new DeployedNats(folder.file('nats'));
    await using guarded = await NatsServer.start(deployed.options());
    const stores = await storesOn(await guarded.connect(), folder.file('store'));
    const id = await addJob(stores, ['a', 'b'], endedAt(1_000));
    const file = folder.file('backup');
    expect(await backUp(stores, id, file, false)).toMatchObject({ records: 2 });
    await forgetJob(stores, id, Date.now());
    expect(await putBack(stores, file, await check(file))).toMatchObject({ outcome: 'restored' });
    await stores.jobs.remove(id);
    expect((await removeUnneeded(stores, Date.now() + 60_000)).ledgers).toMatchObject([{ job: id }]);
  });
});
