import { describe, expect, it } from 'vitest';
import { SmoothcertError } from '../../shared/errors.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import type { LogFields } from '../../shared/telemetry/log.js';
import { counted, makeJob, makeRecord, voterOf } from '../../test/support/jobs.js';
import { ServiceBed, endOf } from '../../test/support/service-bed.js';
import { JobFold } from '../core/job-fold.js';
import { JobReports } from './job-reports.js';
import { noProgress } from '../run/live-job.js';

interface Said extends LogFields {
  readonly event: string;
  readonly message: string;
}

/** Returns the reports of jobs, and the events that they have sent. */
function reported(): { said: Said[]; reports: JobReports } {
  const said: Said[] = [];
  const reports = new JobReports((event, message, fields) => said.push({ event, message, ...fields }), 'j-1');
  return { said, reports };
}

describe('of a record', () => {
  const job = makeJob();

  it('it is said which samples were counted twice with other votes, and by which task', () => {
    const { said, reports } = reported();
    const fold = new JobFold(job);
    const shard = { image: 1, begin: 96, end: 160 };
    for (const seed of [1, 1, 2]) {
      const record = makeRecord(job, {
        task: `t.${seed}`,
        counted: [
          counted(
            voterOf(seed, () => 0.5),
            shard,
          ),
        ],
      });
      reports.folded(fold, record, fold.apply(record));
    }
    expect(said).toEqual([
      expect.objectContaining({
        event: 'counts-divergent',
        job: 'j-1',
        image: 1,
        shard: '96-160',
        task: 't.2',
      }),
    ]);
  });

  it('it is said which images it gave up, and nothing of those that it decided', () => {
    const { said, reports } = reported();
    const fold = new JobFold(job);
    const failedImages = [{ image: 2, code: 'CHILD_DIED', detail: 'It ended.' }] as const;
    const record = makeRecord(job, { failedImages });
    reports.folded(fold, record, fold.apply(record));
    const [failed] = said;
    expect(said).toHaveLength(1);
    expect(failed).toMatchObject({ event: 'image-failed', job: 'j-1', image: 2, code: 'CHILD_DIED' });
    expect(failed?.message).toBe('Image 2 has failed: It ended.');
  });
});

it('a reason to wait is said once in a row, a full disk by its name, a failed job as such', () => {
  const { said, reports } = reported();
  for (const why of ['a', 'a', 'b', 'a']) reports.waiting(why);
  reports.restarted(1_000, new SmoothcertError('DISK_FULL', 'Full.', 'Make room.'));
  reports.restarted(1_000, new Error('else'));
  const entry = { createMs: 1_000, startMs: null } as JobEntry;
  const refusal = {
    worker: 'w',
    code: 'MODEL_UNREADABLE',
    message: 'No model.',
    remedy: 'Send one.',
  } as const;
  reports.ended(entry, {
    state: 'failed',
    endMs: 3_500,
    error: refusal,
    progress: noProgress(3),
    results: null,
  });
  const events = said.map(({ event }) => event);
  expect(events).toEqual([
    ...Array<string>(3).fill('job-waiting'),
    'store-full',
    'job-restarted',
    'job-failed',
  ]);
  expect(said.at(-1)).toMatchObject({ seconds: 2.5, code: 'MODEL_UNREADABLE', remedy: 'Send one.' });
});

it('a job is told of from its creation to its end, each image that failed once, also by a coordinator that takes over', async () => {
  const bed = await ServiceBed.open();
  try {
    bed.worker({
      change: (record) => {
        const failing = record.counted.filter(({ shard }) => shard.image === 2);
        const failed = failing.map(({ shard }) => ({
          shard,
          code: 'CHILD_DIED' as const,
          detail: 'It ended.',
        }));
        return { ...record, failed, counted: record.counted.filter((one) => !failing.includes(one)) };
      },
    });
    const first = await bed.serving();
    const { id } = await first.createJob({ spec: bed.spec(), requestId: 'r\n', validateOnly: false });
    await endOf(first, id);
    await bed.stop();
    await bed.serving();
    const said = bed.events.filter(({ job }) => job === id).map(({ event }) => event);
    const once = said.filter((event) => event !== 'job-waiting');
    expect(once).toEqual(['job-created', 'job-preparing', 'job-drawing', 'image-failed', 'job-ended']);
    const end = bed.events.find(({ event }) => event === 'job-ended');
    expect(end).toMatchObject({ state: 'partially-succeeded', images: 6 });
    expect(end?.samples).toBeGreaterThan(0);
  } finally {
    await bed.close();
  }
});
