import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { PrometheusMetrics } from '../../adapters/telemetry/prometheus/prometheus-metrics.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { deliveries, split } from '../../test/support/deliveries.js';
import { allShards, counted, makeJob, makeRecord, voterOf } from '../../test/support/jobs.js';
import { Scrape } from '../../test/support/scrape.js';
import { certificateOf } from '../results/certificates.js';
import { JobFold } from '../core/job-fold.js';
import type { Tally } from '../core/tally.js';
import type { Job } from '../../shared/job.js';
import { JobMeter } from './job-meter.js';
import { LiveJob } from '../run/live-job.js';

const voter = voterOf(11, (image) => [1, 0.97, 0.55][image % 3]!);
const liar = voterOf(12, () => 0.5);

/** A job is opened with so many records in its ledger, and folds all of them and the further ones. */
function fold(job: Job, meter: JobMeter, records: readonly LedgerRecord[], known: number): LiveJob {
  meter.opened(known);
  const live = new LiveJob(job, null, ({ fold }, sequence, decided) => meter.folded(fold, sequence, decided));
  for (const record of records) live.fold.apply(record);
  return live;
}

async function metered(note: (meter: JobMeter) => void): Promise<Scrape> {
  const metrics = new PrometheusMetrics(['coordinator']);
  note(new JobMeter(metrics, () => 7_000));
  return new Scrape(await metrics.text());
}

/** The tally as the metrics show it. */
const FATES = ['counted', 'duplicate', 'divergent', 'late', 'rejected', 'failed'] as const;
const shownTally = (found: Scrape) => [
  ...FATES.map((outcome) => found.value('smoothcert_folded_shards_total', { outcome })),
  ...FATES.slice(0, 5).map((outcome) => found.value('smoothcert_folded_samples_total', { outcome })),
  found.value('smoothcert_looks_total'),
];
const { counted: ZERO } = new JobFold(makeJob()).tally;
const tallyOf = (after: Tally, before?: Tally) => [
  ...FATES.map((outcome) => after[outcome] - (before?.[outcome] ?? ZERO)),
  after.samples - (before?.samples ?? 0),
  ...FATES.slice(1, 5).map((outcome) => {
    const fate = outcome as keyof Tally['wasted'];
    return after.wasted[fate] - (before?.wasted[fate] ?? 0);
  }),
  after.looks - (before?.looks ?? 0),
];

describe('the meter of a job', () => {
  it('counts what was folded behind the records that were there, and nothing before', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, fc.nat(), fc.boolean(), async ({ job, order, cuts }, cut, lies) => {
        const shards = order.map((shard, at) => counted(lies && at % 5 === 4 ? liar : voter, shard));
        const records = split(job, shards, cuts);
        const known = cut % (records.length + 1);
        const before = new JobFold(job);
        for (const record of records.slice(0, known)) before.apply(record);
        const found = await metered((meter) => void fold(job, meter, records, known));
        const after = new JobFold(job);
        for (const record of records) after.apply(record);
        expect(shownTally(found)).toEqual(tallyOf(after.tally, before.tally));
        const decided = after.decidedImages - before.decidedImages;
        expect(found.value('smoothcert_images_decided_total')).toBe(decided);
        expect(found.value('smoothcert_last_record_timestamp_seconds')).toBe(known < records.length ? 7 : 0);
      }),
      { numRuns: 20 },
    );
  });

  it('counts nothing twice when the job is begun again, and leaves out nothing that came meanwhile', async () => {
    const job = makeJob();
    const records = allShards(new JobFold(job)).map((shard) =>
      makeRecord(job, { counted: [counted(voter, shard)] }),
    );
    const whole = await metered((meter) => void fold(job, meter, records, 0));
    const found = await metered((meter) => {
      fold(job, meter, records.slice(0, 5), 0);
      // By now the ledger holds more than was folded.
      fold(job, meter, records.slice(0, 9), 8);
      fold(job, meter, records, records.length);
    });
    expect(shownTally(found)).toEqual(shownTally(whole));
    expect(found.value('smoothcert_samples_saved_total')).toBe(whole.value('smoothcert_samples_saved_total'));
  });

  it('says by what images were decided, and what of the budget they did not take', async () => {
    const job = makeJob({ images: 3, looks: [64, 96, 256, 512] });
    const records = allShards(new JobFold(job)).map((shard) =>
      makeRecord(job, { counted: [counted(voter, shard)] }),
    );
    const givenUp = { image: 2, code: 'CHILD_DIED', detail: 'It died.' } as const;
    records.unshift(makeRecord(job, { failedImages: [givenUp] }));
    let live!: LiveJob;
    const found = await metered((meter) => void (live = fold(job, meter, records, 0)));
    const certificates = [0, 1, 2].map((image) => certificateOf(live.fold, image, null)!);
    for (const outcome of ['certified', 'abstained', 'failed'] as const) {
      const expected = certificates.filter((one) => one.outcome === outcome).length;
      expect(found.value('smoothcert_images_decided_total', { outcome })).toBe(expected);
    }
    expect(found.value('smoothcert_images_failed_total', { code: 'CHILD_DIED' })).toBe(1);
    expect(found.value('smoothcert_images_decided_total', { outcome: 'failed', reason: 'failure' })).toBe(1);
    const taken = certificates.filter(({ outcome }) => outcome !== 'failed').map(({ samples }) => samples);
    const saved = taken.reduce((sum, samples) => sum + 512 - samples, 0);
    expect(found.value('smoothcert_samples_saved_total')).toBe(saved);
    expect(found.value('smoothcert_looks_total')).toBe(
      certificates.reduce((sum, { looks }) => sum + looks.length, 0),
    );
    expect(found.value('smoothcert_folded_shards_total', { outcome: 'late' })).toBeGreaterThan(0);
  });

  it('tells what was issued once, also over several lives of a job', async () => {
    const found = await metered((meter) => {
      meter.opened(0);
      meter.issued({ issued: 5, overtaken: 1, restarts: 0, exhausted: 0 });
      meter.issued({ issued: 9, overtaken: 2, restarts: 1, exhausted: 1 });
      meter.opened(0);
      meter.issued({ issued: 3, overtaken: 0, restarts: 0, exhausted: 0 });
    });
    expect(found.value('smoothcert_tasks_issued_total', { reason: 'new' })).toBe(10);
    expect(found.value('smoothcert_tasks_issued_total', { reason: 'overtaken' })).toBe(2);
    expect(found.value('smoothcert_task_restarts_total')).toBe(1);
    expect(found.value('smoothcert_tasks_exhausted_total')).toBe(1);
  });
});
