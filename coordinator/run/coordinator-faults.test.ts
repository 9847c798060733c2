import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';

import { MemoryQueue } from '../../adapters/local/memory-queue.js';
import type { Delivery, Task } from '../../shared/ports/task-queue.js';
import type { VoteLedger } from '../../shared/ports/vote-ledger.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import {
  JOB,
  LossyLedger,
  expectedRows,
  lives,
  queueThat,
  voter,
} from '../../test/support/coordinator-life.js';
import { allShards, counted, makeRecord, rowsOf } from '../../test/support/jobs.js';
import type { VoteDrawerOptions } from '../../test/support/vote-drawer.js';
import { JobFold } from '../core/job-fold.js';

const { live, openLedger } = lives();

/** A queue of which one task stays in somebody's hands: only its acknowledgement would say otherwise. */
class QueueWithOneTaken extends MemoryQueue {
  asked = 0;
  override async depth(job?: string) {
    this.asked += 1;
    const { waiting, taken } = await super.depth(job);
    return { waiting, taken: taken + 1 };
  }
}

describe('a queue that is full', () => {
  it('is tried again at a record or a tick, and never in between', async () => {
    let [asked, full] = [0, 0];
    const queue = queueThat(() => {
      asked += 1;
      full += asked % 3 === 0 ? 0 : 1;
      return asked % 3 !== 0;
    });
    const run = await live(JOB, 'a', { queue });
    await run.endInTime();
    expect(rowsOf(run.fold)).toEqual(expectedRows(JOB));
    expect(full).toBeGreaterThan(5);
    expect(run.fold.tally).toMatchObject({ duplicate: 0, late: 0 });
    await run.end();
  });

  it('is asked once a tick while nothing changes', async () => {
    let asked = 0;
    const queue = queueThat(() => {
      asked += 1;
      return true;
    });
    const run = await live(JOB, 'a', { queue, window: () => 1 });
    for (let ticks = 1; ticks <= 5; ticks++) {
      await run.clock.sleeping();
      await setImmediate();
      expect(asked).toBe(ticks);
      await run.clock.advance(1000);
      await setImmediate();
    }
    run.abort();
    await run.end();
  });
});

describe('a straggler', () => {
  it('is overtaken: its shards are drawn by somebody else, and the job ends without it', async () => {
    let held: Delivery | null = null;
    const onTask: VoteDrawerOptions['onTask'] = (delivery) => {
      if (held !== null || delivery.task.shards[0]!.image !== 2) return true;
      held = delivery;
      return false;
    };
    const queue = new QueueWithOneTaken();
    const run = await live(JOB, 'a', { queue, onTask });
    await run.endInTime();
    expect(rowsOf(run.fold)).toEqual(expectedRows(JOB));
    expect(held).not.toBeNull();
    expect(run.coordinator.counters.overtaken).toBeGreaterThan(0);
    expect(run.coordinator.counters.restarts).toBe(0);
    await run.end();
  });
});

describe('time in which the queue does not answer, or this process is stopped,', () => {
  it.each([
    ['makes no straggler', [1_000, 30_000, 1_000], false],
    ['is told from a task that takes long', Array.from({ length: 32 }, () => 1_000), true],
  ])('%s', async (_, steps, isOvertaken) => {
    const queue = new QueueWithOneTaken();
    let held: Delivery | null = null;
    const onTask: VoteDrawerOptions['onTask'] = (delivery) => {
      if (held !== null || delivery.task.shards[0]!.image !== 2) return true;
      held = delivery;
      return false;
    };
    const run = await live(JOB, 'a', { queue, onTask, stragglerMs: 20_000 });
    const others = () => [...run.fold.images].filter(([image]) => image !== 2);
    await expect.poll(() => others().every(([, { ending }]) => ending !== null)).toBe(true);
    for (const ms of steps) {
      if (run.fold.isDone()) break;
      const before = queue.asked;
      await run.clock.advance(ms);
      await expect.poll(() => queue.asked > before || run.fold.isDone()).toBe(true);
    }
    expect(run.coordinator.counters.overtaken > 0).toBe(isOvertaken);
    run.abort();
    await run.end();
  });
});

describe('a window full of tasks that nobody answers', () => {
  it('is overtaken when patience ends, though more is left to issue', async () => {
    let held = 0;
    const onTask: VoteDrawerOptions['onTask'] = () => ++held > 4;
    const queue = new (class extends MemoryQueue {
      override async depth(job?: string) {
        const { waiting, taken } = await super.depth(job);
        return { waiting, taken: taken + 4 };
      }
    })();
    const run = await live(JOB, 'a', { queue, onTask, window: () => 4, patienceMs: 10_000 });
    await run.endInTime();
    expect(rowsOf(run.fold)).toEqual(expectedRows(JOB));
    expect(run.clock.now()).toBeGreaterThan(10_000);
    expect(run.coordinator.counters.overtaken).toBeGreaterThanOrEqual(4);
    expect(run.coordinator.counters.restarts).toBe(0);
    await run.end();
  });
});

describe('a task that nobody answers', () => {
  const deadly = (images: readonly number[], run: () => Awaited<ReturnType<typeof live>>) => {
    const tasks: Task[] = [];
    const onTask: VoteDrawerOptions['onTask'] = ({ task }) => {
      if (!task.shards.some(({ image, begin }) => images.includes(image) && begin === 64)) return true;
      tasks.push(task);
      run().coordinator.taskExhausted(task);
      return false;
    };
    return { tasks, onTask };
  };

  it('is split, and the image of the shard that is to blame given up', async () => {
    const { tasks, onTask } = deadly([3], () => run);
    const run = await live(JOB, 'a', { onTask, taskMicros: 1e6, slots: 1, window: () => 1 });
    await run.all;
    const others = (rows: string[]) => rows.filter((_, image) => image !== 3);
    expect(others(rowsOf(run.fold))).toEqual(others(expectedRows(JOB)));
    expect(run.fold.images.get(3)!.ending).toMatchObject({ outcome: 'failed', code: 'CHILD_DIED' });
    expect(tasks.length).toBe(4);
    expect(tasks[0]!.shards.length).toBeGreaterThan(1);
    expect(tasks.slice(1).map(({ shards }) => shards.length)).toEqual([1, 1, 1]);
    expect(run.coordinator.counters.exhausted).toBe(4);
    await run.end();
  });

  it('of which nothing is wanted any more is forgotten', async () => {
    const run = await live(JOB, 'a', { onTask: () => false });
    await run.clock.sleeping();
    const shard = { image: 0, begin: 0, end: 64 };
    await run.ledger.append(makeRecord(JOB, { counted: [counted(voter, shard)] }));
    while (run.fold.sequence === 0) await setImmediate();
    run.coordinator.taskExhausted({ name: 'old.1', shards: [shard] });
    while (run.coordinator.counters.exhausted === 0) await setImmediate();
    await setImmediate();
    expect(run.ledger.size()).toBe(1);
    await run.end();
  });
});

describe('a cancelled job', () => {
  it('ends, tells of all images, keeps the rows before the cancellation, and replays the same', async () => {
    const run = await live(JOB, 'a', {
      slots: 1,
      taskMicros: 1,
      onProgress: () => (run.fold.decidedImages > 0 ? run.coordinator.cancel() : undefined),
    });
    await run.all;
    expect(run.fold.cancelled).toBe(true);
    const rows = rowsOf(run.fold);
    const decided = rows.filter((row) => row !== 'null').length;
    expect(decided).toBeGreaterThan(0);
    expect(decided).toBeLessThan(6);
    rows.forEach((row, image) => expect(['null', expectedRows(JOB)[image]]).toContain(row));
    expect([...run.fold.images.keys()].every((image) => run.stop.isDecided(image))).toBe(true);
    await run.ledger.append(makeRecord(JOB, { cancelled: true }));
    for (const shard of allShards(run.fold)) {
      await run.ledger.append(makeRecord(JOB, { counted: [counted(voter, shard)] }));
    }
    await run.end();
    const again = await live(JOB, 'b', { onTask: () => expect.unreachable('a task was issued') });
    await again.all;
    expect(rowsOf(again.fold)).toEqual(rows);
    await again.end();
  });

  it('is cancelled before it began, and two coordinators cancel it once', async () => {
    const ledger = await openLedger();
    const [one, two] = [await live(JOB, 'one', { ledger }), await live(JOB, 'two', { ledger })];
    one.coordinator.cancel();
    two.coordinator.cancel();
    await Promise.all([one.all, two.all]);
    expect([one.fold.cancelled, two.fold.cancelled]).toEqual([true, true]);
    const records: LedgerRecord[] = [];
    const end = new AbortController();
    for await (const { record, sequence } of ledger.read(0, end.signal)) {
      records.push(record);
      if (sequence === ledger.size()) break;
    }
    expect(records.filter(({ cancelled }) => cancelled)).toHaveLength(1);
    await one.end();
  });
});

describe('a reader that is not sent what the ledger holds', () => {
  /** Shows the first three records, and the others once `opened`. */
  class DeafLedger extends LossyLedger {
    constructor(
      private readonly whole: VoteLedger,
      private readonly opened: Promise<void>,
    ) {
      super(whole, () => false);
    }

    override async *read(after: number, signal: AbortSignal) {
      for await (const entry of this.whole.read(after, signal)) {
        if (entry.sequence > 3) await this.opened;
        yield entry;
      }
    }
  }

  /** Lets seconds pass, once all that was issued is recorded. */
  async function pass(run: Awaited<ReturnType<typeof live>>, seconds: number): Promise<void> {
    const isDrawn = async () => {
      const { waiting, taken } = await run.queue.depth();
      return run.ledger.size() > 3 && run.fold.sequence === 3 && waiting + taken === 0;
    };
    while (!(await isDrawn())) await setImmediate();
    for (let second = 0; second < seconds; second++) {
      await run.clock.sleeping();
      await run.clock.advance(1000);
      await setImmediate();
    }
  }

  it('has nothing issued again before it has had time to be opened anew', async () => {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const run = await live(JOB, 'a', { ledger: new DeafLedger(await openLedger(), opened) });
    await pass(run, 10);
    expect(run.ledger.size()).toBeGreaterThan(run.fold.sequence);
    expect(run.coordinator.counters.restarts).toBe(0);
    open();
    while (run.fold.sequence < run.ledger.size()) await setImmediate();
    await run.endInTime();
    expect(rowsOf(run.fold)).toEqual(expectedRows(JOB));
    expect(run.fold.tally).toMatchObject({ duplicate: 0 });
    await run.end();
  });

  it('has all that is missing issued again if it stays so', async () => {
    const deaf = new DeafLedger(await openLedger(), new Promise(() => undefined));
    const run = await live(JOB, 'a', { ledger: deaf });
    await pass(run, 30);
    expect(run.coordinator.counters.restarts).toBeGreaterThan(0);
    run.abort();
  });
});

describe('a record that the store loses', () => {
  it('of a task: its shards are drawn again', async () => {
    let lost = 0;
    const ledger = new LossyLedger(await openLedger(), ({ task }) => task.endsWith('2') && (lost += 1) <= 2);
    const run = await live(JOB, 'a', { ledger });
    await run.endInTime();
    expect(lost).toBeGreaterThan(1);
    expect(rowsOf(run.fold)).toEqual(expectedRows(JOB));
    await run.end();
  });

  it('of a cancellation: it is recorded again at the next tick', async () => {
    let lost = 0;
    const ledger = new LossyLedger(await openLedger(), ({ cancelled }) => cancelled && (lost += 1) <= 1);
    const run = await live(JOB, 'a', { ledger, onTask: () => false });
    run.coordinator.cancel();
    await run.endInTime();
    expect(lost).toBeGreaterThan(1);
    expect([run.fold.cancelled, run.ledger.size()]).toEqual([true, 1]);
    await run.end();
  });

  it('of an image given up: it is given up again', async () => {
    let lost = 0;
    const ledger = new LossyLedger(
      await openLedger(),
      ({ failedImages }) => failedImages.length > 0 && (lost += 1) <= 1,
    );
    const fate: VoteDrawerOptions['fate'] = ({ image }) => (image === 3 ? 'fail' : 'count');
    const run = await live(JOB, 'a', { ledger, fate });
    await run.endInTime();
    expect(lost).toBeGreaterThan(1);
    expect(run.fold.images.get(3)!.ending).toMatchObject({ outcome: 'failed' });
    await run.end();
  });

  it.each([0, 3])('at the end of the ledger, behind %i others, holds nobody up', async (records) => {
    const file = await openLedger();
    const shards = allShards(new JobFold(JOB)).slice(0, records);
    for (const shard of shards) await file.append(makeRecord(JOB, { counted: [counted(voter, shard)] }));
    const run = await live(JOB, 'a', { ledger: new LossyLedger(file, () => false, 2) });
    await run.endInTime();
    expect(rowsOf(run.fold)).toEqual(expectedRows(JOB));
    await run.end();
  });
});
