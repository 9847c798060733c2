import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ManualLease, ServiceBed, endOf, happens } from '../../test/support/service-bed.js';
import { meanwhile, updatesOf } from '../../test/support/service-faults.js';
import { never } from '../../test/support/never.js';
import { jobIdOf } from '../jobs/new-job-id.js';
import { JobManager } from '../jobs/job-manager.js';
import { NO_METRICS } from '../../shared/telemetry/metrics.js';
import { DEFAULT_LIMITS } from '../jobs/limits.js';

let bed: ServiceBed;
beforeEach(async () => void (bed = await ServiceBed.open()));
afterEach(() => bed.close());

const ID = jobIdOf('one');
const request = (more: Parameters<ServiceBed['spec']>[0] = {}, requestId = 'one') => ({
  spec: bed.spec(more),
  requestId,
  validateOnly: false,
});

describe('the lease', () => {
  it('is needed for every call', async () => {
    const lease = new ManualLease();
    const manager = bed.manager({ lease });
    const told: boolean[] = [];
    const unlisten = manager.onServing((serving) => told.push(serving));
    expect(manager.serving).toBe(false);
    await expect(manager.createJob(request())).rejects.toMatchObject({ code: 'NOT_SERVING' });
    await expect(manager.getJob(ID)).rejects.toMatchObject({ code: 'NOT_SERVING' });
    await expect(manager.listJobs(0, '')).rejects.toMatchObject({ code: 'NOT_SERVING' });
    await expect(manager.cancelJob(ID)).rejects.toMatchObject({ code: 'NOT_SERVING' });
    await expect(updatesOf(manager, ID)).rejects.toMatchObject({ code: 'NOT_SERVING' });
    await expect(manager.certificates(ID, 0, never).next()).rejects.toMatchObject({ code: 'NOT_SERVING' });
    lease.give();
    await happens(() => manager.serving);
    lease.take();
    await happens(() => told.length === 2);
    lease.give();
    await happens(() => manager.serving);
    unlisten();
    await bed.stop();
    expect(told).toEqual([true, false, true]);
    expect(lease.released).toBe(1);
  });

  it('may never come', async () => {
    const lease = new ManualLease();
    bed.manager({ lease });
    await bed.stop();
    expect(lease.released).toBe(0);
  });

  it('that cannot be asked for is an error', async () => {
    const lease = new ManualLease();
    lease.acquire = () => Promise.reject(new Error('broken'));
    const options = { jobs: bed.jobs, exchange: bed.exchange, artifacts: bed.artifacts, clock: bed.clock };
    const others = {
      fetcher: null,
      now: () => 1,
      randomBytes,
      limits: DEFAULT_LIMITS,
      log: () => undefined,
      metrics: NO_METRICS,
    };
    await expect(new JobManager({ ...options, ...others, lease }).run(never)).rejects.toThrow('broken');
  });

  it.each([0, 1, 4, 9])('lost at record %i and taken by another one: the same results', async (records) => {
    const [here, there] = [new ManualLease(), new ManualLease()];
    here.give();
    const first = await bed.serving({ lease: here });
    const second = bed.manager({ lease: there });
    bed.worker();
    await first.createJob(request());
    await happens(async () => (await first.getJob(ID)).progress.sequence >= records);
    const watch = first.watch(ID, 0, never);
    await watch.next();
    const rows = first.certificates(ID, 0, never);
    here.take();
    const broken = expect(watch.next()).rejects.toMatchObject({ code: 'NOT_SERVING' });
    there.give();
    await happens(() => second.serving);
    await meanwhile(bed, endOf(second, ID));
    await broken;
    await expect(rows.next()).rejects.toMatchObject({ code: 'NOT_SERVING' });
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
    expect((await second.getJob(ID)).progress.shardsDivergent).toBe(0);
  });

  it('held by two at once does no harm', async () => {
    const first = await bed.serving();
    const second = await bed.serving();
    bed.worker();
    await first.createJob(request());
    await Promise.all([meanwhile(bed, endOf(first, ID)), endOf(second, ID)]);
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
    expect(await first.getJob(ID)).toEqual(await second.getJob(ID));
  });

  it('rows that were begun end with it', async () => {
    const lease = new ManualLease();
    lease.give();
    const manager = await bed.serving({ lease });
    let answered = 0;
    bed.worker({ slots: 1, onTask: () => ++answered <= 8 });
    await manager.createJob(request());
    await happens(async () => (await manager.getJob(ID)).progress.sequence === 8);
    const rows = manager.certificates(ID, 0, never);
    expect((await rows.next()).done).toBe(false);
    lease.take();
    await happens(() => !manager.serving);
    await expect(
      (async () => {
        for await (const row of rows) expect(row.image).toBeGreaterThan(0);
      })(),
    ).rejects.toMatchObject({ code: 'NOT_SERVING' });
  });
});
