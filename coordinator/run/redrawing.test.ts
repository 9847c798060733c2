import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { PrometheusMetrics } from '../../adapters/telemetry/prometheus/prometheus-metrics.js';
import type { CertificationService } from '../jobs/certification-service.js';
import {
  ServiceBed,
  endOf,
  happens,
  type VoteWorker,
  type WorkerOptions,
} from '../../test/support/service-bed.js';
import { Scrape } from '../../test/support/scrape.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { jobIdOf } from '../jobs/new-job-id.js';

let bed: ServiceBed;
let workers: VoteWorker[];
beforeEach(async () => {
  bed = await ServiceBed.open();
  workers = [];
});
afterEach(() => bed.close());

const ID = jobIdOf('one');
const request = () => ({ spec: bed.spec(), requestId: 'one', validateOnly: false });
const ALL = { limits: { redrawShare: 1 } };

/** Gives one vote of each shard to another class. */
const lying = (record: LedgerRecord): LedgerRecord => ({
  ...record,
  counted: record.counted.map(({ shard, micros }) => ({
    shard,
    micros,
    counts: { classes: [7], votes: [shard.end - shard.begin], invalid: 0 },
  })),
});
const begin = (name: string, more: Partial<WorkerOptions> = {}) => {
  workers.push(bed.worker({ name, slots: 1, ...more }));
};

/** Counts of an image that no job has. */
const STRAY = {
  shard: { image: 99, begin: 0, end: 64 },
  micros: 1,
  counts: { classes: [1], votes: [64], invalid: 0 },
};

/** Lets the clock go on, while the workers announce themselves, until the condition holds. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await happens(async () => {
    for (const worker of workers) worker.announce();
    if (await condition()) return true;
    await bed.clock.advance(500);
    return condition();
  });
}

async function ended(service: CertificationService) {
  await until(async () => (await bed.jobs.get(ID))!.entry.ending !== null);
  return endOf(service, ID);
}

const said = (event: string) => bed.events.filter((one) => one.event === event);

describe('redrawing', () => {
  it('of honest workers changes nothing, and waits until all is drawn twice', async () => {
    const metrics = new PrometheusMetrics(['coordinator'], 0);
    const service = await bed.serving({ ...ALL, metrics });
    for (const name of ['a', 'b']) begin(name);
    await service.createJob(request());
    const { progress } = await ended(service);
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
    expect(progress.shardsDivergent).toBe(0);
    expect(progress.shardsDuplicate + progress.shardsLate).toBeGreaterThanOrEqual(progress.shardsCounted);
    const shown = new Scrape(await metrics.text());
    const equal = shown.value('smoothcert_redrawn_shards_total', { outcome: 'equal' });
    expect(equal).toBe(progress.shardsCounted);
  });

  it('with a share of 0 draws nothing twice', async () => {
    const service = await bed.serving();
    begin('a', { onTask: ({ notBy }) => notBy === undefined });
    await service.createJob(request());
    const { progress } = await ended(service);
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
    expect(progress.shardsDuplicate).toBe(0);
  });

  it.each([['a'], ['b'], ['c']])('names worker %s that lies, and draws anew what it drew', async (liar) => {
    const service = await bed.serving(ALL);
    for (const name of ['a', 'b', 'c']) begin(name, name === liar ? { change: lying } : {});
    await service.createJob(request());
    await ended(service);
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
    const divergent = said('worker-divergent');
    expect(new Set(divergent.map(({ worker }) => worker))).toEqual(new Set([liar]));
  });

  it.each([
    ['gives no name', nameless],
    [
      'adds a shard of no job',
      (record: LedgerRecord) => ({ ...lying(record), counted: [...lying(record).counted, STRAY] }),
    ],
    [
      'lists shards once more, as they are',
      (record: LedgerRecord) => ({ ...record, counted: [...lying(record).counted, ...record.counted] }),
    ],
  ])('finds a worker that lies and %s', async (_, change) => {
    const service = await bed.serving(ALL);
    begin('a');
    begin('b');
    begin('liar', { change });
    await service.createJob(request());
    await ended(service);
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
    expect(said('worker-divergent')).not.toEqual([]);
    expect(said('worker-divergent').filter(({ worker }) => worker === 'a' || worker === 'b')).toEqual([]);
  });

  it('fails a job whose two workers disagree, and names them', async () => {
    const service = await bed.serving(ALL);
    begin('a');
    begin('b', { change: lying });
    await service.createJob(request());
    const { state, error } = await ended(service);
    expect([state, error?.code]).toEqual(['failed', 'COUNTS_DIFFER']);
    expect(error?.message).toMatch(
      /^The workers [ab] and [ab] counted different votes for samples \d+ to \d+ of image \d, and no other/,
    );
    expect(error?.remedy).toContain('on a machine that you trust');
    expect((await bed.jobs.get(ID))!.entry.ending!.results).toBeNull();
  });

  it('fails a job of which three workers count three things', async () => {
    const service = await bed.serving(ALL);
    begin('a');
    begin('b', { change: lying });
    begin('c', { change: (record) => swapped(lying(record)) });
    await service.createJob(request());
    const { error } = await ended(service);
    expect(error).toMatchObject({ code: 'COUNTS_DIFFER' });
    for (const name of ['a', 'b', 'c']) expect(error?.message).toContain(` ${name} `);
  });

  it('waits for a second worker, says so, and ends once it is there', async () => {
    const service = await bed.serving(ALL);
    begin('a');
    await service.createJob(request());
    await until(async () => (await service.getJob(ID)).waiting?.remedy.includes('one more worker') ?? false);
    begin('b');
    await ended(service);
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
  });

  it('is a function of the ledger: a coordinator that redraws nothing believes as little', async () => {
    const first = await bed.serving(ALL);
    begin('a');
    begin('b');
    begin('liar', { change: lying });
    await first.createJob(request());
    await until(() => said('job-drawing').length > 1);
    await bed.stop();
    const second = await bed.serving();
    await ended(second);
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
  });
});

const swapped = (record: LedgerRecord): LedgerRecord => ({
  ...record,
  counted: record.counted.map(({ counts, ...one }) => ({ ...one, counts: { ...counts, classes: [8] } })),
});

function nameless(record: LedgerRecord): LedgerRecord {
  const changed = { ...lying(record) };
  delete changed.worker;
  return changed;
}
