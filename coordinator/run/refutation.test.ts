import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { CoordinatorExchange, JobLinks } from '../../shared/ports/exchange.js';
import type { JobStore } from '../../shared/ports/job-store.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import type { WorkOrder } from '../../shared/work-order.js';
import { GAIN, deliveries, split } from '../../test/support/deliveries.js';
import { foldOf } from '../../test/support/folds.js';
import { allShards, counted, makeRecord, rowsOf, voterOf } from '../../test/support/jobs.js';
import { ServiceBed, endOf, happens } from '../../test/support/service-bed.js';
import { fault, replacing } from '../../test/support/service-faults.js';
import { JobFold } from '../core/job-fold.js';
import { refutationOf } from '../core/refutation.js';
import { jobIdOf } from '../jobs/new-job-id.js';

const voter = voterOf(5, (image) => [1, 0.97, 0.55][image]!);
const shard = { image: 1, begin: 0, end: 64 };
const CODE = 'MODEL_NOT_DETERMINISTIC';
const found = (detail: string, content: Partial<LedgerRecord> = {}) =>
  makeRecord(GAIN, { failed: [{ shard, code: CODE, detail }], ...content });

describe('a difference that an audit found', () => {
  it('takes all certificates from the job, wherever in the ledger it stands', () => {
    fc.assert(
      fc.property(deliveries, fc.nat(), ({ job, order, cuts }, place) => {
        const counts = order.map((one) => counted(voter, one));
        const records = split(job, counts, cuts);
        records.splice(
          place % (records.length + 1),
          0,
          makeRecord(job, { failed: [{ shard, code: CODE, detail: 'Changed.' }] }),
        );
        const fold = foldOf(job, records);
        expect(fold.isDone()).toBe(true);
        expect(rowsOf(fold)).toEqual(['null', 'null', 'null']);
        expect(refutationOf(fold)).toMatchObject({ code: CODE, message: 'Changed.', exitCode: 2 });
      }),
      { numRuns: 50 },
    );
  });

  it('is the first one, and comes before the counts of its own record', () => {
    const fold = new JobFold(GAIN);
    const effects = fold.apply(
      found('first', { counted: allShards(fold).map((one) => counted(voter, one)) }),
    );
    fold.apply(found('second'));
    expect(effects).toMatchObject({ decided: [], open: [] });
    expect([fold.tally.counted, fold.refuted?.detail]).toEqual([0, 'first']);
    expect(fold.wants(shard)).toBe(false);
  });

  it('leaves nothing to give up, and is not undone by a cancellation', () => {
    const died = [{ shard, code: 'CHILD_DIED', detail: '' }] as const;
    const fold = foldOf(
      GAIN,
      [1, 2, 3].map(() => makeRecord(GAIN, { failed: died })),
    );
    expect(fold.toGiveUp.size).toBe(1);
    fold.apply(found('changed'));
    fold.apply(makeRecord(GAIN, { cancelled: true }));
    expect([fold.toGiveUp.size, fold.cancelled]).toEqual([0, false]);
    expect(refutationOf(fold)).not.toBeNull();
  });

  it('is found after a cancellation, too', () => {
    const fold = foldOf(GAIN, [makeRecord(GAIN, { cancelled: true }), found('changed')]);
    expect(refutationOf(fold)).not.toBeNull();
  });

  it('in another job means nothing', () => {
    const fold = foldOf(GAIN, [found('changed', { jobDigest: 'cc'.repeat(32) })]);
    expect([refutationOf(fold), fold.isDone()]).toEqual([null, false]);
  });
});

describe('a job of a service whose audit found a difference', () => {
  let bed: ServiceBed;
  beforeEach(async () => void (bed = await ServiceBed.open()));
  afterEach(() => bed.close());

  const ID = jobIdOf('one');
  const request = () => ({ spec: bed.spec(), requestId: 'one', validateOnly: false });
  /** The twelfth record of a worker says so, when images are decided already. */
  const refuting = () => {
    let records = 0;
    return (record: LedgerRecord): LedgerRecord => {
      records += 1;
      const [first] = record.counted;
      if (records < 12 || !first) return record;
      const failed = [{ shard: first.shard, code: CODE, detail: 'It changed.' } as const];
      return { ...record, counted: record.counted.slice(1), failed };
    };
  };

  it('fails as a whole: it has no results and no decisions, although images were decided', async () => {
    const manager = await bed.serving();
    bed.worker({ change: refuting(), slots: 1 });
    await manager.createJob(request());
    let mostDecided = 0;
    await happens(async () => {
      const { progress, endMs } = await manager.getJob(ID);
      mostDecided = Math.max(mostDecided, progress.certified + progress.abstained);
      return endMs !== null;
    });
    expect(mostDecided).toBeGreaterThan(0);
    expect(await endOf(manager, ID)).toMatchObject({
      state: 'failed',
      error: { code: CODE, message: 'It changed.' },
      progress: { certified: 0, abstained: 0, failed: 0, images: 6 },
    });
    expect((await bed.ending(ID)).results).toBeNull();
  });

  it('fails although the difference is recorded behind the last decision', async () => {
    /** Records it when the deciding record has been read, and not yet folded. */
    async function* read({ ledger }: JobLinks, after: number, signal: AbortSignal) {
      const shadow = new JobFold((await bed.jobs.get(ID))!.entry.job!);
      for await (const entry of ledger.read(after, signal)) {
        shadow.apply(entry.record, entry.sequence);
        const late = { task: 'late', jobDigest: shadow.digest };
        if (shadow.isDone()) await ledger.append(found('It changed late.', late));
        yield entry;
      }
    }
    const open = async (order: WorkOrder, bytes: number) => {
      const links = await bed.exchange.open(order, bytes);
      const ledger = replacing(links.ledger, { read: (after, signal) => read(links, after, signal) });
      return replacing(links, { ledger });
    };
    const manager = await bed.serving({ exchange: replacing<CoordinatorExchange>(bed.exchange, { open }) });
    bed.worker();
    await manager.createJob(request());
    expect(await endOf(manager, ID)).toMatchObject({
      state: 'failed',
      error: { code: CODE, message: 'It changed late.' },
      progress: { certified: 0, abstained: 0 },
    });
    expect((await bed.ending(ID)).results).toBeNull();
  });

  it('fails for a coordinator that reads its ledger later, too, without a worker', async () => {
    let refuse = true;
    const jobs = replacing<JobStore>(bed.jobs, {
      replace: (entry, version) =>
        entry.ending && refuse ? Promise.reject(fault('NATS_UNREACHABLE')) : bed.jobs.replace(entry, version),
    });
    const first = await bed.serving({ jobs });
    const worker = bed.worker({ change: refuting(), slots: 1 });
    await first.createJob(request());
    await happens(() => bed.events.some(({ event }) => event === 'job-restarted'));
    await bed.stop();
    await worker.stop();
    refuse = false;
    const second = await bed.serving();
    expect(await endOf(second, ID)).toMatchObject({
      state: 'failed',
      error: { code: CODE },
      progress: { certified: 0, abstained: 0 },
    });
    expect((await bed.ending(ID)).results).toBeNull();
  });
});
