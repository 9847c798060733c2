import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { JobUpdate, JobView } from '../../api/job-view.js';
import { jobDigest } from '../../shared/job.js';
import { JobFold } from '../core/job-fold.js';
import { allShards, counted, makeJob, makeRecord, voterOf } from '../../test/support/jobs.js';
import { ServiceBed } from '../../test/support/service-bed.js';
import { ManualClock } from '../../test/support/vote-drawer.js';
import { NO_ROW_NAMES } from '../results/row-names.js';
import { certificateRows } from '../results/row-stream.js';
import { DecisionLog } from '../observe/decision-log.js';
import { noProgress } from '../run/live-job.js';
import { ChangeNotifier } from '../observe/change-notifier.js';
import { storeResults, storedRows } from '../results/stored-results.js';
import { watchEnded, watchLive } from './job-updates.js';
import { never } from '../../test/support/never.js';

const TIMES = { least: 100, most: 5_000 };

let bed: ServiceBed;
beforeEach(async () => void (bed = await ServiceBed.open()));
afterEach(() => bed.close());

function viewOf(more: Partial<JobView> = {}): JobView {
  return {
    id: 'j',
    requestId: '',
    spec: bed.spec(),
    state: 'running',
    waitingFor: null,
    waiting: null,
    createMs: 1,
    startMs: 2,
    endMs: null,
    error: null,
    progress: noProgress(5),
    refusals: [],
    job: null,
    batchNote: null,
    roundingNote: null,
    outlook: null,
    ...more,
  };
}

/** A job whose log a test writes. */
function watched(images: number) {
  const job = {
    shown: { changes: new ChangeNotifier(), log: new DecisionLog(images) },
    over: false,
    now: viewOf(),
    view: () => job.now,
    decide: (sequence: number, ...decided: number[]) => {
      for (const image of decided)
        job.shown.log.add(sequence, { image, outcome: 'abstained', class: null, radius: 0 });
      job.shown.log.sequence = sequence;
      job.shown.changes.notify();
    },
  };
  return job;
}

const imagesIn = (update: IteratorResult<JobUpdate, unknown>) =>
  (update.value as JobUpdate).decided.map(({ image }) => image);

describe('a watch', () => {
  it('gathers what happens between two reads, and between two messages for 100 ms', async () => {
    const clock = new ManualClock();
    const job = watched(9);
    const watch = watchLive(job, 0, clock, TIMES, never);
    expect((await watch.next()).value).toMatchObject({ snapshot: true, sequence: 0, decided: [] });
    for (let record = 1; record <= 3; record++) job.decide(record, record);
    const next = watch.next();
    job.decide(4, 4);
    await clock.advance(99);
    job.decide(5, 5);
    await clock.advance(1);
    expect(imagesIn(await next)).toEqual([1, 2, 3, 4, 5]);
    expect((await next).value).toMatchObject({ snapshot: false, sequence: 5 });
    const later = watch.next();
    await clock.advance(1_000);
    job.decide(6, 6);
    expect(imagesIn(await later)).toEqual([6]);
    job.now = viewOf({ endMs: 7 });
    job.shown.changes.notify();
    const last = watch.next();
    await clock.advance(100);
    expect((await last).value).toMatchObject({ job: { endMs: 7 }, decided: [] });
    expect((await watch.next()).done).toBe(true);
  });

  it('says after some seconds what no record says: who waits, and who refused', async () => {
    const clock = new ManualClock();
    const job = watched(1);
    const watch = watchLive(job, 0, clock, TIMES, never);
    await watch.next();
    const next = watch.next();
    await clock.advance(5_000);
    // Nothing was to be said: it sleeps again.
    await clock.sleeping();
    const waiting = { code: 'busy', message: 'A worker.', remedy: '' } as const;
    job.now = viewOf({ waitingFor: 'A worker.', waiting });
    await clock.advance(5_000);
    expect((await next).value).toMatchObject({ job: { waitingFor: 'A worker.' }, decided: [] });
  });

  it('ends where nobody wants it any more, and with a job that is over', async () => {
    const clock = new ManualClock();
    const gone = new AbortController();
    const job = watched(1);
    const watch = watchLive(job, 0, clock, TIMES, gone.signal);
    await watch.next();
    const next = watch.next();
    await clock.sleeping();
    gone.abort();
    expect((await next).done).toBe(true);
    expect((await watchLive(job, 0, clock, TIMES, gone.signal).next()).done).toBe(true);
    job.over = true;
    const over = watchLive(job, 0, clock, TIMES, never);
    expect((await over.next()).done).toBe(false);
    expect((await over.next()).done).toBe(true);
  });

  it('tells of the end, also of one that came while a message was read', async () => {
    const clock = new ManualClock();
    const job = watched(1);
    const watch = watchLive(job, 0, clock, TIMES, never);
    expect((await watch.next()).value).toMatchObject({ job: { endMs: null } });
    job.now = viewOf({ endMs: 7 });
    job.over = true;
    job.shown.changes.notify();
    const last = watch.next();
    await clock.advance(100);
    expect((await last).value).toMatchObject({ job: { endMs: 7 } });
    expect((await watch.next()).done).toBe(true);
  });

  it('gives a long list in pages of 1,000, at once', async () => {
    const clock = new ManualClock();
    const job = watched(2_500);
    for (let record = 1; record <= 250; record++) {
      job.decide(record, ...Array.from({ length: 10 }, (_, i) => record * 10 + i));
    }
    const watch = watchLive(job, 0, clock, TIMES, never);
    const pages = [await watch.next(), await watch.next(), await watch.next()];
    expect(pages.map((page) => imagesIn(page).length)).toEqual([1000, 1000, 500]);
    expect(pages.map(({ value }) => (value as JobUpdate).sequence)).toEqual([100, 200, 250]);
  });
});

describe('a job that has ended', () => {
  const job = makeJob({ images: 2_100, looks: [64, 96] });
  const voter = voterOf(3, () => 0.99);
  const labelOf = (image: number) => image % 10;

  async function stored() {
    const fold = new JobFold(job);
    for (const shard of allShards(fold)) fold.apply(makeRecord(job, { counted: [counted(voter, shard)] }));
    const results = (await storeResults(bed.artifacts, fold, { labelOf, names: NO_ROW_NAMES }))!;
    const progress = { ...noProgress(2_100), sequence: 77 };
    return { fold, ending: { state: 'succeeded', endMs: 9, error: null, progress, results } as const };
  }

  it('is watched from its results; only its last message has the last sequence', async () => {
    const { ending } = await stored();
    const updates = [];
    for await (const update of watchEnded(viewOf({ endMs: 9 }), ending, bed.artifacts, 5))
      updates.push(update);
    expect(updates.map(({ decided, sequence, snapshot }) => [decided.length, sequence, snapshot])).toEqual([
      [1000, 5, true],
      [1000, 5, false],
      [100, 77, false],
    ]);
    const images = updates.flatMap(({ decided }) => decided.map(({ image }) => image));
    expect(images).toEqual(Array.from({ length: 2_100 }, (_, image) => image));
    for await (const update of watchEnded(viewOf(), ending, bed.artifacts, 77)) {
      expect(update).toMatchObject({ decided: [], sequence: 77, snapshot: true });
    }
  });

  it('gives the rows that its fold gave, from any image on, and lets go of its files in between', async () => {
    const { fold, ending } = await stored();
    const entry = {
      id: 'j',
      requestId: '',
      requestDigest: jobDigest(job),
      createMs: 1,
      startMs: 1,
      job,
      spec: { ...bed.spec(), seed: '1' },
      prepared: null,
      cancelRequested: false,
      ending,
    };
    const labelled = { fold, labelOf, names: NO_ROW_NAMES };
    const read = async (folded: typeof labelled | null, from: number) => {
      const rows = [];
      const source = { entry, shown: { labelled: folded } };
      for await (const row of certificateRows(source, bed.artifacts, from)) rows.push(row);
      return rows;
    };
    const rows = await read(labelled, 0);
    expect(rows).toHaveLength(2_100);
    expect(await read(null, 0)).toEqual(rows);
    expect(await read(null, 2_098)).toEqual(rows.slice(2_098));
    const begun = storedRows(bed.artifacts, ending.results, 0);
    await begun.next();
    await begun.return(undefined);
    expect((await begun.next()).done).toBe(true);
    const small = new Proxy(bed.artifacts, {
      get(target, name) {
        const found: unknown = Reflect.get(target, name, target);
        if (name !== 'read') return typeof found === 'function' ? (found.bind(target) as unknown) : found;
        return async function* (...given: Parameters<typeof target.read>) {
          for await (const piece of target.read(...given)) {
            for (let at = 0; at < piece.length; at += 1_000) yield piece.subarray(at, at + 1_000);
          }
        };
      },
    });
    const inPieces = [];
    for await (const row of storedRows(small, ending.results, 0)) inPieces.push(row);
    expect(inPieces).toEqual(rows);
    await bed.artifacts.remove(ending.results.jsonl);
    await expect(read(null, 0)).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' });
  });
});
