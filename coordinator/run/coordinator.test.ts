import { EventEmitter, once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';

import { MemoryQueue } from '../../adapters/local/memory-queue.js';
import type { Delivery, Task } from '../../shared/ports/task-queue.js';
import { JOB, expectedRows, lives, voter } from '../../test/support/coordinator-life.js';
import {
  FIXED,
  TARGET,
  TWO_STAGE,
  allShards,
  counted,
  makeJob,
  makeRecord,
  rowsOf,
  voterOf,
} from '../../test/support/jobs.js';
import type { VoteDrawerOptions } from '../../test/support/vote-drawer.js';
import { replay } from './replay.js';
import { JobFold } from '../core/job-fold.js';

const { live, openLedger } = lives();

describe('the loop', () => {
  it.each([
    ['gain', JOB],
    ['target', makeJob({ ...TARGET, images: 6 })],
    ['two-stage', makeJob({ ...TWO_STAGE, images: 6 })],
    ['fixed', makeJob({ ...FIXED, images: 6 })],
  ])('decides every image, as folding in order does (%s)', async (_, job) => {
    const run = await live(job, 'a');
    await run.all;
    expect(run.fold.isDone()).toBe(true);
    expect(rowsOf(run.fold)).toEqual(expectedRows(job));
    for (const image of run.fold.images.keys()) {
      const announced = run.stop.isDecided(image);
      expect(announced).toBe(true);
    }
    expect(run.records.length).toBe(run.ledger.size());
    expect(run.fold.tally).toMatchObject({ duplicate: 0, divergent: 0, rejected: 0, failed: 0 });
    await run.end();
  });

  it('finds a finished ledger finished: it issues nothing', async () => {
    const first = await live(JOB, 'a');
    await first.all;
    await first.end();
    const second = await live(JOB, 'b', { onTask: () => expect.unreachable('a task was issued') });
    await second.all;
    expect(rowsOf(second.fold)).toEqual(rowsOf(first.fold));
    expect(second.records.length).toBe(second.ledger.size());
    await second.end();
  });

  it.each([1, 2, 3, 5, 8, 13])('after an end at record %i goes on where it was', async (records) => {
    const first = await live(JOB, 'a', {
      taskMicros: 1,
      onProgress: () => (first.fold.sequence >= records ? first.abort() : undefined),
    });
    await first.all;
    await first.end();
    expect(first.fold.isDone()).toBe(false);
    const second = await live(JOB, 'b', { slots: 1 });
    await second.all;
    expect(rowsOf(second.fold)).toEqual(expectedRows(JOB));
    const { counted: once, duplicate, late } = second.fold.tally;
    expect(once).toBeGreaterThan(0);
    expect(duplicate + late).toBe(0);
    await second.end();
  });

  it('takes over what a coordinator before it has queued: no shard is drawn twice', async () => {
    const queue = new MemoryQueue();
    const first = await live(JOB, 'a', { slots: 0, window: () => 5, queue });
    await expect.poll(() => queue.depth('j-1')).toEqual({ waiting: 5, taken: 0 });
    await first.end();
    const second = await live(JOB, 'b', { queue });
    await second.all;
    expect(rowsOf(second.fold)).toEqual(expectedRows(JOB));
    expect(second.fold.tally).toMatchObject({ duplicate: 0, late: 0 });
    const taken = second.records.filter(({ task }) => task.startsWith('a.'));
    expect(taken).toHaveLength(5);
    await second.end();
  });

  it('keeps within its window, and at most 64 shards in a task', async () => {
    const many = makeJob({ images: 300, looks: [64, 96, 256] });
    let most = 0;
    let largest = 0;
    const queue = new (class extends MemoryQueue {
      override async publish(task: Task) {
        const outcome = await super.publish(task);
        const { waiting, taken } = await this.depth('j-1');
        most = Math.max(most, waiting + taken);
        largest = Math.max(largest, task.shards.length);
        return outcome;
      }
    })();
    const run = await live(many, 'a', {
      queue,
      slots: 3,
      window: () => 6,
      taskMicros: 1e9,
      voter: voterOf(1, () => 0.99),
    });
    await run.all;
    expect(run.fold.isDone()).toBe(true);
    expect(most).toBeLessThanOrEqual(6);
    expect(largest).toBe(64);
    await run.end();
  });

  it('packs tasks by the measured rate', async () => {
    const sizes: number[] = [];
    const onTask: VoteDrawerOptions['onTask'] = ({ task }) => {
      sizes.push(task.shards.reduce((sum, { begin, end }) => sum + end - begin, 0));
      return true;
    };
    const run = await live(makeJob({ images: 40 }), 'a', {
      slots: 1,
      taskMicros: 6400,
      onTask,
      voter: () => 3,
    });
    await run.all;
    expect(Math.max(...sizes)).toBe(640);
    await run.end();
  });
});

describe('what goes wrong', () => {
  it('tasks that are returned are issued again', async () => {
    const run = await live(JOB, 'a', { fate: (_, attempt) => (attempt < 4 ? 'return' : 'count') });
    await run.all;
    expect(rowsOf(run.fold)).toEqual(expectedRows(JOB));
    await run.end();
  });

  it('tasks that are lost are issued again, once nothing is queued and nothing taken for two seconds', async () => {
    const lost: string[] = [];
    const onTask: VoteDrawerOptions['onTask'] = ({ task }) => {
      if (!task.name.endsWith('3') || lost.length >= 5) return true;
      lost.push(task.name);
      return false;
    };
    const run = await live(JOB, 'a', { onTask });
    await run.endInTime();
    expect(lost.length).toBeGreaterThan(0);
    expect(rowsOf(run.fold)).toEqual(expectedRows(JOB));
    await run.end();
  });

  it('two failures of a shard change nothing', async () => {
    const run = await live(JOB, 'a', { slots: 1, fate: (_, attempt) => (attempt < 3 ? 'fail' : 'count') });
    await run.all;
    expect(rowsOf(run.fold)).toEqual(expectedRows(JOB));
    await run.end();
  });

  it('a third one gives the image up by a record, and the job goes on', async () => {
    const fate: VoteDrawerOptions['fate'] = ({ image, begin }) =>
      image === 3 && begin === 64 ? 'fail' : 'count';
    const run = await live(JOB, 'a', { fate });
    await run.all;
    const rows = rowsOf(run.fold);
    expect(rows.filter((_, image) => image !== 3)).toEqual(
      expectedRows(JOB).filter((_, image) => image !== 3),
    );
    expect(rows[3]).toContain('"stop":"INFERENCE_FAILED","detail":"it broke"');
    expect(run.records.flatMap(({ failedImages }) => failedImages)).toEqual([
      { image: 3, code: 'INFERENCE_FAILED', detail: 'it broke' },
    ]);
    await run.end();
    const again = new JobFold(JOB);
    const ledger = await openLedger();
    await replay(again, ledger);
    expect(rowsOf(again)).toEqual(rows);
    await ledger.close();
  });

  it("an image whose third failure is the ledger's last word is given up by the next coordinator", async () => {
    const ledger = await openLedger();
    const failed = [{ shard: { image: 2, begin: 0, end: 64 }, code: 'CHILD_DIED', detail: 'gone' }] as const;
    for (let k = 0; k < 3; k++) await ledger.append(makeRecord(JOB, { failed }));
    const run = await live(JOB, 'b', { ledger });
    await run.all;
    expect(run.fold.images.get(2)!.ending).toEqual({ outcome: 'failed', code: 'CHILD_DIED', detail: 'gone' });
    expect(run.fold.isDone()).toBe(true);
    await run.end();
  });

  it('an error of the queue ends the loop with that error, also while it waits for records', async () => {
    const queue = new (class extends MemoryQueue {
      broken = false;
      override depth() {
        return this.broken ? Promise.reject(new Error('the queue is gone')) : super.depth();
      }
    })();
    const lost = new EventEmitter();
    const onTask = ({ task }: Delivery) => {
      lost.emit(task.name);
      return false;
    };
    const allLost = once(lost, 'a.4');
    const run = await live(JOB, 'a', { queue, onTask });
    await allLost;
    queue.broken = true;
    await run.clock.advance(1000);
    await expect(run.all).rejects.toThrow('the queue is gone');
    await run.end();
  });

  it('records that come while lost tasks are issued again are folded and their images drawn on', async () => {
    const events = new EventEmitter();
    let answering = false;
    let holding = false;
    const queue = new (class extends MemoryQueue {
      override async publish(task: Task) {
        if (holding) {
          const released = once(events, 'release');
          events.emit('held');
          await released;
        }
        return super.publish(task);
      }
    })();
    const onTask = ({ task }: Delivery) => {
      events.emit(task.name);
      return answering;
    };
    const allLost = once(events, 'a.4');
    const held = new AbortController();
    events.once('held', () => held.abort());
    const onProgress = () => events.emit('folded');
    const run = await live(JOB, 'a', { queue, onTask, onProgress });
    await allLost;
    holding = true;
    while (!held.signal.aborted) {
      await Promise.race([once(events, 'held'), run.clock.advance(1000)]);
      await setImmediate();
    }
    const folded = once(events, 'folded');
    await run.ledger.append(makeRecord(JOB, { counted: [counted(voter, { image: 0, begin: 0, end: 64 })] }));
    await folded;
    await setImmediate();
    holding = false;
    answering = true;
    events.emit('release');
    await run.all;
    expect(rowsOf(run.fold)).toEqual(expectedRows(JOB));
    await run.end();
  });

  it('an end while it waits leaves nothing behind', async () => {
    const run = await live(JOB, 'a', { onTask: () => false });
    await run.clock.sleeping();
    run.abort();
    await run.all;
    expect(run.fold.isDone()).toBe(false);
    await run.end();
  });

  it('two coordinators on one ledger reach the same certificates', async () => {
    const ledger = await openLedger();
    const [one, two] = await Promise.all([live(JOB, 'one', { ledger }), live(JOB, 'two', { ledger })]);
    await Promise.all([one.all, two.all]);
    expect(rowsOf(one.fold)).toEqual(expectedRows(JOB));
    expect(rowsOf(two.fold)).toEqual(rowsOf(one.fold));
    expect(one.fold.tally.divergent).toBe(0);
    await one.end();
  });
});

describe('replay', () => {
  it('folds what is there and stops, also where nothing is there or nothing new', async () => {
    const ledger = await openLedger();
    const fold = new JobFold(JOB);
    await replay(fold, ledger);
    expect(fold.sequence).toBe(0);
    const [a, b] = allShards(fold);
    await ledger.append(makeRecord(JOB, { counted: [counted(voter, a!)] }));
    await replay(fold, ledger);
    await replay(fold, ledger);
    expect(fold.sequence).toBe(1);
    await ledger.append(makeRecord(JOB, { counted: [counted(voter, b!)] }));
    const told: number[] = [];
    await replay(fold, ledger, (_, sequence) => told.push(sequence));
    expect(told).toEqual([2]);
    expect(fold.tally).toMatchObject({ counted: 2, duplicate: 0, late: 0 });
    await ledger.close();
  });
});
