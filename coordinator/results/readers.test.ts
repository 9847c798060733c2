import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { jobDigest } from '../../shared/job.js';
import type { JobUpdate } from '../../api/job-view.js';
import type { CoordinatorExchange } from '../../shared/ports/exchange.js';
import { ServiceBed, endOf, happens } from '../../test/support/service-bed.js';
import { Gate, meanwhile, replacing, updatesOf } from '../../test/support/service-faults.js';
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

describe('certificates', () => {
  it('are those decided so far, then those of the results, from any image on', async () => {
    const manager = await bed.serving();
    const gate = new Gate(8);
    bed.worker({
      slots: 1,
      onTask: gate.pass,
    });
    await manager.createJob(request());
    await happens(async () => (await manager.getJob(ID)).progress.sequence === 8);
    const rowsFrom = async (image: number) => {
      const rows = [];
      for await (const row of manager.certificates(ID, image, never)) rows.push(row);
      return rows;
    };
    const { progress } = await manager.getJob(ID);
    const early = await rowsFrom(0);
    expect(early).toHaveLength(progress.certified + progress.abstained);
    const slow = manager.certificates(ID, 0, never);
    expect((await slow.next()).value).toEqual(early[0]);
    gate.open();
    await meanwhile(bed, endOf(manager, ID));
    const { jsonl, tsv } = await bed.results(ID);
    const all = await rowsFrom(0);
    expect(all.map(({ json }) => `${json}\n`).join('')).toBe(jsonl);
    expect(all.map(({ tsv: line }) => `${line}\n`).join('')).toBe(tsv.slice(tsv.indexOf('\n') + 1));
    expect(all[0]).toMatchObject({ image: 0, label: 0, outcome: 'certified', class: 0, correct: true });
    for (const row of early) expect(all).toContainEqual(row);
    expect(await rowsFrom(4)).toEqual(all.slice(4));
    expect(await rowsFrom(6)).toEqual([]);
    const rest = [];
    for await (const row of slow) rest.push(row);
    expect(rest).toEqual(all.slice(early[0]!.image + 1));
    const gone = new AbortController();
    gone.abort();
    expect((await manager.certificates(ID, 0, gone.signal).next()).done).toBe(true);
  });

  it('of a job that is not prepared are none', async () => {
    const manager = await bed.serving();
    await manager.createJob(request());
    expect((await manager.certificates(ID, 0, never).next()).done).toBe(true);
  });
});

describe('watching', () => {
  it('gives a snapshot, each decision once in the order of the ledger, and the end', async () => {
    const manager = await bed.serving();
    bed.worker();
    await manager.createJob(request());
    const updates = await meanwhile(bed, updatesOf(manager, ID));
    expect(updates.map(({ snapshot }) => snapshot)).toEqual(updates.map((_, at) => at === 0));
    expect(updates.at(-1)!.job).toMatchObject({ state: 'succeeded' });
    const images = updates.flatMap(({ decided }) => decided.map(({ image }) => image));
    expect(images.toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
    const sequences = updates.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
    const end = updates.at(-1)!.sequence;
    expect(end).toBe(updates.at(-1)!.job.progress.sequence);
    expect(await updatesOf(manager, ID, end)).toMatchObject([{ decided: [], snapshot: true, sequence: end }]);
  });

  it('is for so many at a time; one that goes away without a word is counted no more', async () => {
    const manager = await bed.serving({ limits: { watchers: 1 } });
    await manager.createJob(request());
    const gone = new AbortController();
    const forgotten = manager.watch(ID, 0, gone.signal);
    await forgotten.next();
    await expect(updatesOf(manager, ID)).rejects.toMatchObject({ code: 'TOO_MANY_WATCHERS' });
    gone.abort();
    const next = manager.watch(ID, 0, never);
    expect((await next.next()).value).toMatchObject({ job: { id: ID } });
    expect((await forgotten.next()).done).toBe(true);
    await expect(updatesOf(manager, ID)).rejects.toMatchObject({ code: 'TOO_MANY_WATCHERS' });
    await next.return(undefined);
    await expect(updatesOf(manager, 'j-' + '0'.repeat(20))).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    await expect(updatesOf(manager, ID, -1)).rejects.toMatchObject({ faults: [{ field: 'after_sequence' }] });
  });

  it('ends with a job whose entry is gone', async () => {
    const manager = await bed.serving();
    await manager.createJob(request());
    await happens(async () => (await manager.getJob(ID)).waitingFor?.includes('No worker') ?? false);
    const watch = manager.watch(ID, 0, never);
    await watch.next();
    await bed.jobs.remove(ID);
    bed.worker();
    const rest: JobUpdate[] = [];
    for (
      let next = await meanwhile(bed, watch.next());
      !next.done;
      next = await meanwhile(bed, watch.next())
    ) {
      rest.push(next.value);
    }
    expect(rest.at(-1)?.job.endMs ?? null).toBeNull();
    await expect(manager.getJob(ID)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });
});

describe('tasks that nobody answers', () => {
  it('are told to the job that they are of', async () => {
    let tell: ((job: string, name: string) => void) | null = null;
    const exchange = replacing<CoordinatorExchange>(bed.exchange, {
      onExhausted: (listener) => {
        tell = (job, task) => listener({ job, name: task, shards: [{ image: 1, begin: 0, end: 64 }] });
        return () => (tell = null);
      },
    });
    const manager = await bed.serving({ exchange });
    bed.worker({ onTask: () => false });
    await manager.createJob(request());
    tell!(ID, 'before');
    await happens(async () => (await manager.getJob(ID)).state === 'running');
    await happens(async () => (await manager.getJob(ID)).waitingFor === null);
    tell!('another', 'x');
    for (const name of ['a', 'b', 'c']) tell!(ID, name);
    await happens(async () => (await manager.getJob(ID)).progress.failed === 1);
    expect((await manager.getJob(ID)).progress.shardsFailed).toBe(3);
    await bed.stop();
    expect(tell).toBeNull();
  });
});

describe('what is kept', () => {
  it('ledgers for a time, entries and results for longer', async () => {
    const manager = await bed.serving({ limits: { retainLedgers: 2, retainJobs: 3 } });
    bed.worker();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      ids.push((await manager.createJob(request({ seed: name === 'a' ? '2' : '1' }, name))).id);
      await endOf(manager, ids.at(-1)!);
    }
    const entry = async (at: number) => (await bed.jobs.get(ids[at]!))?.entry;
    const oldest = (await entry(0))!;
    expect(jobDigest((await entry(1))!.job!)).toBe(jobDigest((await entry(2))!.job!));
    await meanwhile(
      bed,
      happens(async () => (await entry(0)) === undefined),
    );
    const { jsonl } = oldest.ending!.results!;
    const shared = (await entry(1))!.ending!.results!.jsonl;
    expect(await bed.artifacts.find(jsonl)).toEqual(jsonl === shared ? expect.anything() : null);
    expect(await bed.artifacts.find(shared)).not.toBeNull();
  });
});
