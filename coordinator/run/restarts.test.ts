import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { JobStore } from '../../shared/ports/job-store.js';
import { ServiceBed, endOf, expectedResults, happens, prepared } from '../../test/support/service-bed.js';
import { Gate, fault, meanwhile, replacing, updatesOf } from '../../test/support/service-faults.js';
import { never } from '../../test/support/never.js';
import { jobIdOf } from '../jobs/new-job-id.js';

let bed: ServiceBed;
beforeEach(async () => void (bed = await ServiceBed.open()));
afterEach(() => bed.close());

const ID = jobIdOf('one');
const request = (more: Parameters<ServiceBed['spec']>[0] = {}, requestId = 'one') => ({
  spec: bed.spec(more),
  requestId,
  validateOnly: false,
});

describe('after a restart', () => {
  it('a job that was only created is run', async () => {
    const first = await bed.serving();
    await first.createJob(request());
    await bed.stop();
    expect((await bed.jobs.get(ID))!.entry.ending).toBeNull();
    bed.worker();
    await endOf(await bed.serving(), ID);
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
  });

  it('a job that was prepared is drawn without another preparation', async () => {
    const first = await bed.serving();
    const gate = new Gate(0);
    let asked = 0;
    bed.worker({
      onTask: gate.pass,
      prepare: () => {
        asked += 1;
        return prepared();
      },
    });
    await first.createJob(request());
    await happens(async () => (await bed.jobs.get(ID))!.entry.job !== null);
    await bed.stop();
    gate.open();
    await meanwhile(
      bed,
      bed.serving().then((second) => endOf(second, ID)),
    );
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
    expect(asked).toBe(1);
  });

  it.each([1, 2, 3, 5, 8])(
    'a job goes on behind record %i, and a watch behind what it has seen',
    async (records) => {
      const first = await bed.serving();
      const gate = new Gate(records);
      bed.worker({
        slots: 1,
        onTask: gate.pass,
      });
      await first.createJob(request());
      await happens(async () => (await first.getJob(ID)).progress.sequence >= records);
      const before = await first.getJob(ID);
      const seen: number[] = [];
      for await (const { decided, sequence } of first.watch(ID, 0, never)) {
        seen.push(...decided.map(({ image }) => image));
        expect(sequence).toBe(records);
        break;
      }
      await bed.stop();
      const second = await bed.serving();
      const after = (await second.getJob(ID)).progress;
      for (const name of Object.keys(after) as (keyof typeof after)[]) {
        expect(after[name]).toBeGreaterThanOrEqual(before.progress[name]);
      }
      gate.open();
      const watched = meanwhile(bed, updatesOf(second, ID, records));
      for (const { decided } of await watched) seen.push(...decided.map(({ image }) => image));
      expect(seen.toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
      expect(await bed.results(ID)).toEqual(await bed.expected(ID));
    },
  );

  it('a job whose results are stored and whose ending is not ends without drawing', async () => {
    let refuse = true;
    const refusing = replacing<JobStore>(bed.jobs, {
      replace: (entry, version) =>
        entry.ending && refuse ? Promise.reject(fault('NATS_UNREACHABLE')) : bed.jobs.replace(entry, version),
    });
    const first = await bed.serving({ jobs: refusing });
    const worker = bed.worker();
    await first.createJob(request());
    await happens(() => bed.events.some(({ event }) => event === 'job-restarted'));
    const shown = await first.getJob(ID);
    expect(shown).toMatchObject({ state: 'running', waiting: { code: 'nats-away', message: 'It is away.' } });
    expect(shown.progress.certified + shown.progress.abstained).toBe(6);
    await bed.stop();
    await worker.stop();
    refuse = false;
    const second = await bed.serving();
    expect((await endOf(second, ID)).state).toBe('succeeded');
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
  });

  it('a job that has ended is what it was: nothing is drawn', async () => {
    const first = await bed.serving();
    const worker = bed.worker();
    await first.createJob(request());
    const ended = await endOf(first, ID);
    await worker.stop();
    await bed.stop();
    const second = await bed.serving();
    expect(await second.getJob(ID)).toEqual(ended);
    expect((await second.listJobs(0, '')).jobs).toEqual([ended]);
    expect((await updatesOf(second, ID))[0]!.decided.map(({ image }) => image)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('cancelling', () => {
  it('ends a pending job at once, and stays where it is twice', async () => {
    const manager = await bed.serving();
    await manager.createJob(request());
    expect((await manager.cancelJob(ID)).state).toBe('cancelling');
    const ended = await endOf(manager, ID);
    expect(ended).toMatchObject({ state: 'cancelled', error: null, job: null });
    expect(await manager.cancelJob(ID)).toEqual(ended);
    expect((await bed.ending(ID)).results).toBeNull();
    const rows = [];
    for await (const row of manager.certificates(ID, 0, never)) rows.push(row);
    expect(rows).toEqual([]);
  });

  it('ends a running job, whose decided images keep their certificates; nothing is drawn after a restart', async () => {
    const manager = await bed.serving();
    const gate = new Gate(8);
    const worker = bed.worker({
      slots: 1,
      onTask: gate.pass,
    });
    await manager.createJob(request());
    await happens(async () => (await manager.getJob(ID)).progress.sequence === 8);
    const { progress } = await manager.getJob(ID);
    const [one, two] = await Promise.all([manager.cancelJob(ID), manager.cancelJob(ID)]);
    expect([one.state, two.state]).toEqual(['cancelling', 'cancelling']);
    const ended = await endOf(manager, ID);
    expect(ended.state).toBe('cancelled');
    expect(ended.progress.certified).toBe(progress.certified);
    gate.open();
    await worker.stop();
    const expected = expectedResults(ended.job!);
    const decided = (await bed.results(ID)).jsonl.trim().split('\n');
    expect(decided).toHaveLength(progress.certified + progress.abstained);
    for (const line of decided) expect(expected.jsonl).toContain(line);
    await bed.stop();
    expect(await (await bed.serving()).getJob(ID)).toEqual(ended);
  });

  it('of a job of which nothing is decided leaves no results', async () => {
    const manager = await bed.serving();
    bed.worker({ onTask: () => false });
    await manager.createJob(request());
    await happens(async () => (await manager.getJob(ID)).state === 'running');
    await manager.cancelJob(ID);
    expect((await endOf(manager, ID)).progress).toMatchObject({ images: 6, certified: 0 });
    expect((await bed.ending(ID)).results).toBeNull();
  });

  it('is found by the coordinator that comes after, before and after the job was drawn', async () => {
    const first = await bed.serving();
    await first.createJob(request());
    const { id } = await first.createJob(request({}, 'two'));
    await bed.stop();
    for (const one of [ID, id]) {
      const { entry, version } = (await bed.jobs.get(one))!;
      const job = one === id ? { job: null } : {};
      await bed.jobs.replace({ ...entry, ...job, cancelRequested: true }, version);
    }
    const second = await bed.serving();
    expect((await endOf(second, ID)).state).toBe('cancelled');
    expect((await endOf(second, id)).state).toBe('cancelled');
  });

  it('of a job that runs reaches its record after a restart', async () => {
    const first = await bed.serving();
    bed.worker({ onTask: () => false });
    await first.createJob(request());
    await happens(async () => (await bed.jobs.get(ID))!.entry.job !== null);
    await bed.stop();
    const { entry, version } = (await bed.jobs.get(ID))!;
    await bed.jobs.replace({ ...entry, cancelRequested: true }, version);
    expect((await endOf(await bed.serving(), ID)).state).toBe('cancelled');
  });

  it('of another coordinator is noticed by and by', async () => {
    const manager = await bed.serving();
    bed.worker({ onTask: () => false });
    await manager.createJob(request());
    await happens(async () => (await manager.getJob(ID)).state === 'running');
    const { entry, version } = (await bed.jobs.get(ID))!;
    await bed.jobs.replace({ ...entry, cancelRequested: true }, version);
    expect((await meanwhile(bed, endOf(manager, ID))).state).toBe('cancelled');
  });
});
