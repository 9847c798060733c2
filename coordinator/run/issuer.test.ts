import { describe, expect, it } from 'vitest';

import { MemoryQueue } from '../../adapters/local/memory-queue.js';
import type { Task } from '../../shared/ports/task-queue.js';
import type { Shard } from '../../shared/shards.js';
import { encodeRecord, type LedgerRecord } from '../../shared/wire/record.js';
import { encodeTask } from '../../shared/wire/cluster.js';
import { counted, makeJob, makeRecord, voterOf } from '../../test/support/jobs.js';
import { Issuer, type IssuerOptions } from './issuer.js';
import { JobFold } from '../core/job-fold.js';
import { never } from '../../test/support/never.js';

const JOB = makeJob({ images: 6, looks: [64, 96, 256, 512] });
const voter = voterOf(11, () => 0.9);

/** An issuer on a queue in memory, and a time that stands still until a test moves it. */
function issuing(options: Partial<IssuerOptions> = {}, job = JOB) {
  const fold = new JobFold(job);
  const queue = new MemoryQueue();
  const time = { now: 0 };
  const clock = { now: () => time.now, sleep: () => Promise.resolve() };
  const issuer = new Issuer({
    fold,
    queue,
    clock,
    job: 'j-1',
    taskPrefix: 't',
    window: () => 4,
    taskMicros: 1,
    stragglerMs: 2_000,
    patienceMs: 300_000,
    ...options,
  });
  const take = async () => (await queue.next(never))!;
  const answer = (task: Pick<Task, 'name'>, content: Partial<LedgerRecord>) => {
    const record = makeRecord(job, { task: task.name, ...content });
    issuer.folded(task.name, fold.apply(record));
  };
  const count = (task: Task) => answer(task, { counted: task.shards.map((shard) => counted(voter, shard)) });
  /** Answers all that is queued. */
  const drain = async () => {
    while ((await queue.depth()).waiting > 0) count((await take()).task);
  };
  return { fold, queue, time, issuer, take, answer, count, drain };
}

describe('the window', () => {
  it('bounds the tasks that are not answered, taken ones included', async () => {
    const { issuer, queue, take, count } = issuing();
    expect(await issuer.refill()).toBe(false);
    expect(issuer.unanswered).toBe(4);
    const delivery = await take();
    expect(await issuer.refill()).toBe(false);
    expect(await queue.depth('j-1')).toEqual({ waiting: 3, taken: 1 });
    count(delivery.task);
    await delivery.acknowledge();
    await issuer.refill();
    expect(await queue.depth('j-1')).toEqual({ waiting: 4, taken: 0 });
  });

  it('is asked anew each time, and may be nothing', async () => {
    let window = 0;
    const { issuer } = issuing({ window: () => window });
    expect(await issuer.refill()).toBe(false);
    expect(issuer.unanswered).toBe(0);
    window = 40;
    await issuer.refill();
    expect(issuer.unanswered).toBeGreaterThan(6);
  });

  it('is filled with work ahead up to its half, and only when nothing else is left', async () => {
    const { issuer, take, fold } = issuing({ window: () => 16 });
    expect(await issuer.refill()).toBe(true);
    const segments: number[] = [];
    for (let k = 0; k < issuer.unanswered; k++) {
      segments.push(...(await take()).task.shards.map((shard) => fold.grid.locate(shard)!.segment));
    }
    expect(segments).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
  });

  it('counts an answer once, and one that nobody waits for not at all', async () => {
    const { issuer, take, count, answer } = issuing();
    await issuer.refill();
    const { task } = await take();
    count(task);
    count(task);
    answer({ name: 'of another coordinator' }, {});
    expect(issuer.unanswered).toBe(3);
  });
});

describe('a task', () => {
  it('holds no more than fits into its record, whatever the votes', async () => {
    const looks = [1024, 2048, 65_536];
    const job = makeJob({ images: 40, looks, draw: { classes: 1000 } });
    const scattered = (_: number, sample: number) => sample % 1000;
    const many = issuing({ taskMicros: 1e12, window: () => 3 }, job);
    many.answer({ name: 'x' }, { counted: [counted(scattered, { image: 0, begin: 0, end: 64 })] });
    await many.issuer.refill();
    const sizes: number[] = [];
    for (let k = 0; k < 3; k++) {
      const { task } = await many.take();
      const record = makeRecord(job, { counted: task.shards.map((shard) => counted(scattered, shard)) });
      expect(encodeRecord(record).length).toBeLessThan(48_000);
      sizes.push(task.shards.length);
    }
    expect(sizes).toEqual([64, 64, 64]);
  });

  it('of large shards with many classes holds few of them, and loses none', async () => {
    const job = makeJob({ images: 30, looks: [1024 * 32], draw: { classes: 2000 } });
    const { issuer, take, answer, fold } = issuing({ taskMicros: 1e12, window: () => 200 }, job);
    const scattered = (_: number, sample: number) => sample % 2000;
    answer({ name: 'x' }, { counted: [counted(scattered, { image: 0, begin: 0, end: 1024 })] });
    await issuer.refill();
    const seen = new Set<string>();
    for (let k = issuer.unanswered; k > 0; k--) {
      const { task } = await take();
      expect(task.shards.length).toBeLessThanOrEqual(7);
      const record = makeRecord(job, { counted: task.shards.map((shard) => counted(scattered, shard)) });
      expect(encodeRecord(record).length).toBeLessThan(48_000);
      for (const { image, begin } of task.shards) seen.add(`${image}:${begin}`);
    }
    expect(seen.size).toBe(30 * fold.grid.segments[0]!.length - 1);
  });
});

describe('workers whose counts do not count', () => {
  it.each([
    [0, undefined],
    [2, ['w1', 'w2']],
    [2_000, Array.from({ length: 32 }, (_, k) => `w${1_969 + k}`)],
  ])('are named in each task, %i of them as far as a message has room', async (count, names) => {
    const distrusted = new Set(Array.from({ length: count }, (_, k) => `w${k + 1}`));
    const { issuer, take } = issuing({ fold: new JobFold(JOB, null, distrusted) });
    await issuer.refill();
    const { task } = await take();
    expect(task.notBy).toEqual(names);
    expect(encodeTask(task).length).toBeLessThan(65_536);
  });
});

describe('a straggler', () => {
  async function withStraggler(answerMs: number, options: Partial<IssuerOptions> = {}) {
    const all = issuing({ window: () => 12, ...options });
    const { issuer, time, take, count } = all;
    await issuer.refill();
    const { task } = await take();
    time.now = answerMs;
    for (let k = issuer.unanswered - 1; k > 0; k--) count((await take()).task);
    return { ...all, task };
  }

  it('is known by when it was issued, as long as it is out and the oldest', async () => {
    const { issuer, time, take, count } = issuing({ window: () => 2 });
    expect(issuer.oldestAt).toBeNull();
    time.now = 7;
    await issuer.refill();
    const [first, second] = [await take(), await take()];
    time.now = 9;
    count(second.task);
    await issuer.refill();
    expect(issuer.oldestAt).toBe(7);
    count(first.task);
    expect(issuer.oldestAt).toBe(9);
  });

  it.each([
    [100, 2000],
    [5000, 15_000],
  ])('after answers in %i ms is overtaken behind %i ms, not before', async (answerMs, limit) => {
    const { issuer, time, task, queue, take } = await withStraggler(answerMs);
    time.now = limit;
    await issuer.overtake(false);
    expect(issuer.counters.overtaken).toBe(0);
    time.now += 1;
    await issuer.overtake(false);
    expect(issuer.counters.overtaken).toBe(1);
    expect((await queue.depth()).waiting).toBe(1);
    const copy = (await take()).task;
    expect(copy.shards).toEqual(task.shards);
    expect(copy.name).not.toBe(task.name);
  });

  it('is not made by time in which nothing could be heard, before the median or behind it', async () => {
    const { issuer, time } = await withStraggler(100);
    issuer.unheard(60_000);
    time.now = 62_000;
    await issuer.overtake(false);
    expect(issuer.counters.overtaken).toBe(0);
    time.now += 1;
    await issuer.overtake(false);
    expect(issuer.counters.overtaken).toBe(1);
  });

  it('has one copy at a time, and each further one gets twice the time', async () => {
    const { issuer, time } = await withStraggler(100);
    const overtakenAt: number[] = [];
    const { counters } = issuer;
    for (time.now = 0; time.now < 40_000; time.now += 100) {
      const before = counters.overtaken;
      await issuer.overtake(false);
      if (counters.overtaken > before) overtakenAt.push(time.now);
      expect(counters.overtaken - before).toBeLessThanOrEqual(1);
    }
    expect(overtakenAt).toEqual([2100, 6200, 14_300, 30_400]);
    expect(issuer.unanswered).toBe(1);
  });

  it('is forgotten if nothing of it is wanted any more', async () => {
    const { issuer, time, task, queue, answer } = await withStraggler(100);
    answer({ name: 'of another' }, { counted: task.shards.map((shard) => counted(voter, shard)) });
    time.now = 10_000;
    await issuer.overtake(false);
    expect(issuer.unanswered).toBe(0);
    expect(issuer.counters.overtaken).toBe(0);
    expect((await queue.depth()).waiting).toBe(0);
  });

  it.each([
    ['before anything was answered', false],
    ['while the window is full', true],
  ])('%s is one only beyond all patience', async (when, patiently) => {
    const { issuer, time, take, count } = issuing();
    await issuer.refill();
    if (patiently) for (let k = 0; k < 4; k++) count((await take()).task);
    await issuer.refill();
    expect([when, issuer.unanswered]).toEqual([when, 4]);
    time.now = 300_000;
    await issuer.overtake(patiently);
    expect(issuer.counters.overtaken).toBe(0);
    time.now += 1;
    await issuer.overtake(patiently);
    expect(issuer.counters.overtaken).toBe(4);
    expect(issuer.unanswered).toBe(4);
  });

  it('is one beyond all patience, however slow the others were', async () => {
    const { issuer, time } = await withStraggler(1e6);
    time.now = 300_001;
    await issuer.overtake(false);
    expect(issuer.counters.overtaken).toBe(1);
  });

  it('is one by the median of the last answers, not by those of long ago', async () => {
    const { issuer, time, take, count } = issuing({ window: () => 1 }, makeJob({ images: 200 }));
    for (let k = 0; k < 130; k++) {
      await issuer.refill();
      time.now += k < 65 ? 60_000 : 100;
      count((await take()).task);
    }
    await issuer.refill();
    time.now += 2001;
    await issuer.overtake(false);
    expect(issuer.counters.overtaken).toBe(1);
  });
});

describe('a task that was handed out too often', () => {
  const shards = (image: number): Shard[] => [{ image, begin: 0, end: 64 }];

  it('is issued again shard by shard, also after everything was forgotten', async () => {
    const { issuer, take, answer } = issuing({ taskMicros: 1e9, window: () => 1 });
    answer({ name: 'x' }, { counted: shards(0).map((shard) => counted(voter, shard)) });
    await issuer.refill();
    const { task } = await take();
    expect(task.shards.length).toBeGreaterThan(1);
    expect(issuer.exhausted(task)).toBeNull();
    const suspects = new Set(task.shards.map(({ image, begin }) => `${image}:${begin}`));
    for (const round of ['split', 'forgotten']) {
      const seen = new Set<string>();
      while (seen.size < suspects.size) {
        await issuer.refill();
        const again = (await take()).task;
        const names = again.shards.map(({ image, begin }) => `${image}:${begin}`);
        const suspected = names.filter((name) => suspects.has(name));
        if (suspected.length > 0) expect([round, names]).toEqual([round, [suspected[0]]]);
        for (const name of suspected) seen.add(name);
        answer(again, {});
      }
      issuer.restart();
    }
  });

  it('is issued again shard by shard where nothing else is left', async () => {
    const { issuer, take } = issuing({ window: () => 2 }, makeJob({ images: 2, looks: [64] }));
    issuer.exhausted({ name: 'x', shards: [...shards(0), ...shards(1)] });
    issuer.restart();
    expect(await issuer.refill()).toBe(false);
    const taken = [(await take()).task.shards, (await take()).task.shards];
    expect(taken).toEqual([shards(0), shards(1)]);
  });

  it('and held one shard names it as the one to blame, if it is still wanted', async () => {
    const { issuer, take, count } = issuing();
    await issuer.refill();
    const { task } = await take();
    expect(issuer.exhausted(task)).toEqual(task.shards[0]);
    expect(issuer.unanswered).toBe(3);
    count(task);
    expect(issuer.exhausted(task)).toBeNull();
  });

  it('is not issued again where it is no longer wanted', async () => {
    const { issuer, queue, count } = issuing({ window: () => 1 });
    const both = { name: 'x', job: 'j-1', shards: [...shards(0), ...shards(1)] };
    issuer.exhausted(both);
    count(both);
    await issuer.refill();
    const { task } = (await queue.next(never))!;
    expect(task.shards[0]!.image).not.toBe(1);
  });
});

describe('an image that workers believe to be decided, and that is not', () => {
  it('is issued in tasks that insist until it is decided, and no other image', async () => {
    const { issuer, take, answer, drain, fold } = issuing({ window: () => 6 });
    await issuer.refill();
    const { task } = await take();
    expect(task.insist).toBeUndefined();
    const { image } = task.shards[0]!;
    answer(task, { dropped: task.shards });
    await drain();
    const insisted = [];
    while (!(await issuer.refill()) || issuer.unanswered > 0) {
      const { task: next } = await take();
      const holds = next.shards.some((shard) => shard.image === image);
      expect(next.insist ?? false).toBe(holds && fold.images.get(image)!.ending === null);
      if (holds) insisted.push(...next.shards);
      answer(next, { counted: next.shards.map((shard) => counted(voter, shard)) });
    }
    expect(insisted).toEqual(expect.arrayContaining([...task.shards]));
    expect(fold.isDone()).toBe(true);
  });
});
