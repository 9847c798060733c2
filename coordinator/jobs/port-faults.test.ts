import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { CoordinatorExchange } from '../../shared/ports/exchange.js';
import type { JobStore } from '../../shared/ports/job-store.js';
import type { VoteLedger } from '../../shared/ports/vote-ledger.js';
import { ServiceBed, endOf, happens, prepared } from '../../test/support/service-bed.js';
import { fault, faulty, meanwhile, nth, replacing } from '../../test/support/service-faults.js';
import { jobIdOf } from './new-job-id.js';
import type { JobManager } from './job-manager.js';

let bed: ServiceBed;
beforeEach(async () => void (bed = await ServiceBed.open()));
afterEach(() => bed.close());

const ID = jobIdOf('one');
const request = (more: Parameters<ServiceBed['spec']>[0] = {}, requestId = 'one') => ({
  spec: bed.spec(more),
  requestId,
  validateOnly: false,
});

describe('ports that fail', () => {
  it.each([
    ['a job that cannot be read', 'jobs', 'get', 3],
    ['a job that cannot be stored', 'jobs', 'replace', 1],
    ['an ending that cannot be stored', 'jobs', 'replace', 2],
    ['workers that cannot be asked', 'exchange', 'prepare', 1],
    ['a ledger that cannot be opened', 'exchange', 'open', 1],
    ['an end that cannot be told', 'exchange', 'end', 1],
    ['a data set that cannot be read', 'artifacts', 'file', 2],
    ['results that cannot be stored', 'artifacts', 'put', 1],
    ['a list that cannot be read', 'jobs', 'list', 1],
  ] as const)('%s: begun again, with the same results', async (_, port, method, n) => {
    const ports = bed.ports();
    const manager = bed.manager({ [port]: faulty<object>(ports[port], nth(method, n)) });
    await meanwhile(
      bed,
      happens(() => manager.serving),
    );
    bed.worker();
    await happens(() =>
      manager.createJob(request()).then(
        () => true,
        () => false,
      ),
    );
    await meanwhile(bed, endOfStubborn(manager));
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
  });

  /** As `endOf`, where a call may fail. */
  async function endOfStubborn(manager: JobManager): Promise<void> {
    await happens(() =>
      manager.getJob(ID).then(
        ({ endMs }) => endMs !== null,
        () => false,
      ),
    );
  }

  it('a store in which others were faster', async () => {
    let conflicts = 0;
    const jobs = replacing<JobStore>(bed.jobs, {
      replace: (entry, version) =>
        ++conflicts % 2 === 1 ? Promise.resolve('changed') : bed.jobs.replace(entry, version),
    });
    const manager = await bed.serving({ jobs });
    bed.worker();
    await manager.createJob(request());
    await endOf(manager, ID);
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
    expect(conflicts).toBe(4);
  });

  it('another coordinator prepared it or ended it meanwhile: theirs holds', async () => {
    const manager = await bed.serving();
    await manager.createJob(request());
    await happens(async () => (await manager.getJob(ID)).waitingFor?.includes('No worker') ?? false);
    const { entry, version } = (await bed.jobs.get(ID))!;
    const progress = (await manager.getJob(ID)).progress;
    const ending = { state: 'failed', endMs: 7, error: null, progress, results: null } as const;
    await bed.jobs.replace({ ...entry, ending }, version);
    expect((await meanwhile(bed, endOf(manager, ID))).endMs).toBe(7);
  });

  it('an ending that came between the answer of a worker and its storing', async () => {
    const manager = await bed.serving();
    await manager.createJob(request());
    const progress = (await manager.getJob(ID)).progress;
    bed.worker({
      prepare: async () => {
        const { entry, version } = (await bed.jobs.get(ID))!;
        const ending = { state: 'cancelled', endMs: 7, error: null, progress, results: null } as const;
        await bed.jobs.replace({ ...entry, ending }, version);
        return prepared();
      },
    });
    expect((await meanwhile(bed, endOf(manager, ID))).endMs).toBe(7);
  });

  it('a cancel that cannot be recorded', async () => {
    let fail = true;
    const append =
      (ledger: VoteLedger): VoteLedger['append'] =>
      (record) => {
        if (!record.cancelled || !fail) return ledger.append(record);
        fail = false;
        return Promise.reject(fault('DISK_FULL'));
      };
    const exchange = replacing<CoordinatorExchange>(bed.exchange, {
      open: async (order, bytes) => {
        const links = await bed.exchange.open(order, bytes);
        return { ...links, ledger: replacing(links.ledger, { append: append(links.ledger) }) };
      },
    });
    const manager = await bed.serving({ exchange });
    bed.worker({ onTask: () => false });
    await manager.createJob(request());
    await happens(async () => (await manager.getJob(ID)).state === 'running');
    await happens(async () => (await manager.getJob(ID)).waitingFor === null);
    await manager.cancelJob(ID);
    expect((await meanwhile(bed, endOf(manager, ID))).state).toBe('cancelled');
    expect(fail).toBe(false);
  });

  it('a damaged ledger ends the job, and says so', async () => {
    const exchange = replacing<CoordinatorExchange>(bed.exchange, {
      open: () => Promise.reject(fault('LEDGER_DAMAGED')),
    });
    const manager = await bed.serving({ exchange });
    bed.worker();
    await manager.createJob(request());
    const ended = await endOf(manager, ID);
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'LEDGER_DAMAGED' } });
    expect(ended.job).not.toBeNull();
  });

  it('a publish that fails: what was shown is shown again only from there on', async () => {
    let publishes = 0;
    const queue = await bed.exchange.tasks('test');
    const publish = queue.publish.bind(queue);
    queue.publish = (task) => (++publishes === 9 ? Promise.reject(new Error('away')) : publish(task));
    const manager = await bed.serving();
    bed.worker({ slots: 1 });
    await manager.createJob(request());
    const counted: number[] = [];
    await meanwhile(
      bed,
      happens(async () => {
        const { progress, endMs } = await manager.getJob(ID);
        counted.push(progress.shardsCounted);
        return endMs !== null;
      }),
    );
    expect(counted).toEqual(counted.toSorted((a, b) => a - b));
    const causes = bed.events
      .filter(({ event }) => event === 'job-restarted')
      .map(({ cause }) => String(cause));
    expect(causes).toContainEqual(expect.stringContaining('away'));
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
  });

  it('a sweep that fails, and jobs that hang when the lease is lost, hold nothing up', async () => {
    let failing = false;
    const manager = await bed.serving({ jobs: faulty(bed.jobs, (method) => failing && method === 'list') });
    failing = true;
    await meanwhile(
      bed,
      happens(() => bed.events.some(({ event }) => event === 'jobs-unlisted')),
    );
    expect(manager.serving).toBe(true);
    expect((bed.events.at(-1)!.cause as Error).message).toBe('It is away.');
  });
});
