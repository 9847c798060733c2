import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { CoordinatorExchange } from '../../shared/ports/exchange.js';
import type { JobEntry, JobStore } from '../../shared/ports/job-store.js';
import { NO_METRICS } from '../../shared/telemetry/metrics.js';
import { ManualLease, ServiceBed, endOf, happens, prepared } from '../../test/support/service-bed.js';
import { meanwhile, replacing } from '../../test/support/service-faults.js';
import { never } from '../../test/support/never.js';
import { jobIdOf } from '../jobs/new-job-id.js';
import { JobRunner } from './job-runner.js';
import { DEFAULT_LIMITS } from '../jobs/limits.js';
import { Retention } from '../jobs/retention.js';

let bed: ServiceBed;
beforeEach(async () => void (bed = await ServiceBed.open()));
afterEach(() => bed.close());

const ID = jobIdOf('one');
const request = () => ({ spec: bed.spec(), requestId: 'one', validateOnly: false });

/** The exchange with another `open`. */
const opening = (open: CoordinatorExchange['open']): CoordinatorExchange =>
  replacing<CoordinatorExchange>(bed.exchange, { open });

async function created(): Promise<JobEntry> {
  const manager = await bed.serving();
  await manager.createJob(request());
  await bed.stop();
  return (await bed.jobs.get(ID))!.entry;
}

const ports = () => ({
  ...bed.ports(),
  clock: bed.clock,
  now: () => 1,
  randomBytes,
  limits: DEFAULT_LIMITS,
  log: () => undefined,
  metrics: NO_METRICS,
});

describe('a runner', () => {
  it('of a job that was forgotten is over, and hears nothing any more', async () => {
    const entry = await created();
    await bed.jobs.remove(ID);
    const runner = new JobRunner(ports(), entry, () => 4);
    await runner.run(never);
    expect(runner.over).toBe(true);
    runner.notice({ ...entry, cancelRequested: true });
    expect(runner.view().state).toBe('pending');
  });

  it('of a job whose noise was drawn in floating point cancels it: what was decided stays', async () => {
    const generator = { name: 'philox4x32-10/box-muller-f32', version: 1 };
    const manager = await bed.serving();
    bed.worker({ prepare: () => prepared({ generator }) });
    await manager.createJob(request());
    expect(await bed.ending(ID)).toMatchObject({ state: 'cancelled', error: null });
    expect(bed.events.filter(({ message }) => message.includes('drawn in floating point'))).toHaveLength(1);
  });

  it('of a job that has ended hears nothing either', async () => {
    const entry = await created();
    const progress = { ...new JobRunner(ports(), entry, () => 4).view().progress };
    const ending = { state: 'failed', endMs: 3, error: null, progress, results: null } as const;
    const runner = new JobRunner(ports(), { ...entry, ending }, () => 4);
    runner.notice({ ...entry, cancelRequested: true });
    expect(runner.view().state).toBe('failed');
  });

  it('whose ledger lost records shows what it had shown until it is there again', async () => {
    let opened = 0;
    const exchange = opening(async (order, bytes) => {
      opened += 1;
      if (opened === 2) await bed.exchange.removeLedger(order.job);
      return bed.exchange.open(order, bytes);
    });
    let publishes = 0;
    const queue = await bed.exchange.tasks('test');
    const publish = queue.publish.bind(queue);
    queue.publish = (task) => (++publishes === 12 ? Promise.reject(new Error('away')) : publish(task));
    const manager = await bed.serving({ exchange });
    bed.worker({ slots: 1 });
    await manager.createJob(request());
    const shown: number[] = [];
    const watching = happens(async () => {
      const { progress, endMs } = await manager.getJob(ID);
      shown.push(progress.sequence);
      return endMs !== null;
    });
    await meanwhile(bed, watching);
    expect(opened).toBe(2);
    expect(shown).toEqual(shown.toSorted((a, b) => a - b));
    expect((await bed.ending(ID)).state).toBe('succeeded');
  });
});

describe('a coordinator that has the lease', () => {
  it('and loses it before the ledgers are read never serves', async () => {
    await created();
    const entry = (await bed.jobs.get(ID))!;
    const lease = new ManualLease();
    lease.give();
    let reading = false;
    const jobs = replacing<JobStore>(bed.jobs, {
      get: () => {
        reading = true;
        return new Promise(() => undefined);
      },
    });
    const manager = bed.manager({ lease, jobs });
    const told: boolean[] = [];
    manager.onServing((serving) => told.push(serving));
    await happens(() => reading);
    lease.take();
    // The job waits for a port that does not answer: after some seconds it is not waited for.
    await bed.clock.advance(DEFAULT_LIMITS.settleMs);
    expect(told).toEqual([]);
    expect(entry.entry.ending).toBeNull();
    bed.manager();
    await bed.stop();
  });

  it('serves after some seconds, however long a ledger takes; a cancel finds no entry where there is none', async () => {
    const first = await bed.serving();
    bed.worker({ onTask: () => false });
    await first.createJob(request());
    await happens(async () => (await first.getJob(ID)).state === 'running');
    await bed.stop();
    const hanging = new Promise<never>(() => undefined);
    const manager = bed.manager({ exchange: opening(() => hanging), limits: { closeMs: 0 } });
    await happens(async () => {
      await bed.clock.advance(1_000);
      return manager.serving;
    });
    await happens(async () => (await manager.getJob(ID)).waitingFor === 'Its ledger is read.');
    await bed.jobs.remove(ID);
    await expect(manager.cancelJob(ID)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    const stopped = bed.stop();
    await bed.clock.advance(0);
    await stopped;
  });
});

describe('retention', () => {
  it('keeps results that another job has too, removes each ledger once, and forgets what was never drawn', async () => {
    const manager = await bed.serving();
    const worker = bed.worker();
    for (const requestId of ['one', 'two']) {
      const { id } = await manager.createJob({ ...request(), requestId });
      await endOf(manager, id);
    }
    await worker.stop();
    await bed.stop();
    const removed: string[] = [];
    const exchange = replacing<CoordinatorExchange>(bed.exchange, {
      removeLedger: (job) => {
        removed.push(job);
        return bed.exchange.removeLedger(job);
      },
    });
    const entries = (await bed.jobs.list()).map(({ entry }) => entry);
    const [one, two] = [entries.find(({ id }) => id === ID)!, entries.find(({ id }) => id !== ID)!];
    expect(one.ending!.results).toEqual(two.ending!.results);
    const undrawn = {
      ...one,
      id: jobIdOf('x'),
      job: null,
      ending: { ...one.ending!, endMs: 0, results: null },
    };
    const limits = { ...DEFAULT_LIMITS, retainMs: 10, retainLedgers: 1, retainJobs: 1 };
    const now = () => two.ending!.endMs;
    const retention = new Retention({ ...ports(), exchange, limits, now });
    await retention.sweep([...entries, undrawn]);
    expect(removed).toEqual([ID]);
    expect(await bed.jobs.get(ID)).toBeNull();
    expect(await bed.artifacts.find(two.ending!.results!.jsonl)).not.toBeNull();
    const later = new Retention({ ...ports(), exchange, limits, now: () => now() + 11 });
    await later.sweep([two]);
    await later.sweep([two]);
    expect(removed).toEqual([ID, two.id]);
    await later.sweep([{ ...undrawn, ending: { ...two.ending!, endMs: Infinity, results: null } }, two]);
    expect(await bed.artifacts.find(two.ending!.results!.jsonl)).toBeNull();
  });
});
