import { describe, expect, it } from 'vitest';

import type { Delivery, Task, TaskQueue } from '../../shared/ports/task-queue.js';
import { never } from '../support/never.js';

/** Where tasks are kept between those who publish and those who take. */
export interface QueuePlace extends AsyncDisposable {
  /** A connection of its own, as another process would have; the same queue. */
  connect(): TaskQueue;
  /** Ends a connection as a killed process does: what it took and did not acknowledge is handed out again, in time. */
  readonly kill?: (queue: TaskQueue) => void;
}

export interface QueueAdapter {
  /** A queue without tasks. */
  readonly create: () => Promise<QueuePlace>;
  /** True if a consumer may die alone; in one process all that holds tasks dies with the queue. */
  readonly redelivers: boolean;
  /** A queue without tasks that holds so many at most, where there is such a bound. */
  readonly createSmall?: (tasks: number) => Promise<QueuePlace>;
}

const taskOf = (name: string, job = 'j-1'): Task => ({
  name,
  job,
  shards: [
    { image: 3, begin: 0, end: 64 },
    { image: 4, begin: 64, end: 96 },
  ],
});
const namesOf = (deliveries: readonly (Delivery | null)[]): string[] =>
  deliveries.map((delivery) => delivery!.task.name).sort();
const names = (count: number): string[] => Array.from({ length: count }, (_, k) => `task.${k}`).sort();

/** Tests the promises of every task queue. */
export function describeTaskQueue(name: string, adapter: QueueAdapter): void {
  describe(`the task queue: ${name}`, () => {
    describeHandingOut(adapter);
    describeWaiting(adapter);
    describeAcknowledging(adapter);
    describeJobs(adapter);
    describeBound(adapter);
  });
}

function describeHandingOut({ create }: QueueAdapter): void {
  it('hands a task out as it was published', async () => {
    await using place = await create();
    await place.connect().publish(taskOf('a'));
    const delivery = await place.connect().next(never);
    expect(delivery).toMatchObject({ task: taskOf('a'), redelivered: false });
  });

  it('hands each of many tasks to one taker', async () => {
    await using place = await create();
    const publisher = place.connect();
    for (const name of names(200)) expect(await publisher.publish(taskOf(name))).toBe('queued');
    const takers = [1, 2, 3, 4].map(() => place.connect());
    const taken = await Promise.all(
      takers.flatMap((taker) => Array.from({ length: 50 }, () => taker.next(never))),
    );
    expect(namesOf(taken)).toEqual(names(200));
  });

  it('hands each task to one of those who wait', async () => {
    await using place = await create();
    const publisher = place.connect();
    const takers = [1, 2].map(() => place.connect());
    const waiting = takers.flatMap((taker) => Array.from({ length: 10 }, () => taker.next(never)));
    await Promise.all(names(20).map((name) => publisher.publish(taskOf(name))));
    expect(namesOf(await Promise.all(waiting))).toEqual(names(20));
  });

  it('tells how many tasks wait and how many are taken', async () => {
    await using place = await create();
    const queue = place.connect();
    expect(await queue.depth()).toEqual({ waiting: 0, taken: 0 });
    for (const name of names(3)) await queue.publish(taskOf(name));
    expect(await queue.depth()).toEqual({ waiting: 3, taken: 0 });
    const one = await queue.next(never);
    expect(await place.connect().depth()).toEqual({ waiting: 2, taken: 1 });
    await one!.acknowledge();
    expect(await queue.depth()).toEqual({ waiting: 2, taken: 0 });
  });
}

function describeWaiting({ create }: QueueAdapter): void {
  it('gives null to whoever gives up, and the task to somebody else', async () => {
    await using place = await create();
    const queue = place.connect();
    const impatient = new AbortController();
    const given = queue.next(impatient.signal);
    const patient = place.connect().next(never);
    impatient.abort();
    expect(await given).toBeNull();
    await queue.publish(taskOf('a'));
    expect((await patient)!.task.name).toBe('a');
  });

  it('gives null at once to whoever has given up before, and takes nothing for it', async () => {
    await using place = await create();
    const queue = place.connect();
    await queue.publish(taskOf('a'));
    expect(await queue.next(AbortSignal.abort())).toBeNull();
    expect(await queue.depth()).toEqual({ waiting: 1, taken: 0 });
    expect((await queue.next(never))!.task.name).toBe('a');
  });

  it('lets a signal abort after its task has come', async () => {
    await using place = await create();
    const queue = place.connect();
    const end = new AbortController();
    const coming = queue.next(end.signal);
    await queue.publish(taskOf('a'));
    const delivery = await coming;
    end.abort();
    expect(await queue.depth()).toEqual({ waiting: 0, taken: 1 });
    await delivery!.acknowledge();
    await queue.publish(taskOf('b'));
    expect((await queue.next(never))!.task.name).toBe('b');
  });
}

function describeAcknowledging({ create, redelivers }: QueueAdapter): void {
  it('forgets a task that is acknowledged, however often', async () => {
    await using place = await create();
    const queue = place.connect();
    for (const name of ['a', 'b']) await queue.publish(taskOf(name));
    const [one, two] = [await queue.next(never), await queue.next(never)];
    for (let k = 0; k < 3; k++) await one!.acknowledge();
    expect(await queue.depth()).toEqual({ waiting: 0, taken: 1 });
    await two!.acknowledge();
    await one!.acknowledge();
    expect(await queue.depth()).toEqual({ waiting: 0, taken: 0 });
  });

  it('hands out again what is handed back, to anybody, behind what waits; not what is acknowledged', async () => {
    await using place = await create();
    const [one, other] = [place.connect(), place.connect()];
    for (const name of ['a', 'b', 'c']) await one.publish(taskOf(name));
    const [back, done] = [await one.next(never), await one.next(never)];
    await done!.acknowledge();
    done!.handBack();
    for (let k = 0; k < 2; k++) back!.handBack();
    const again = [await other.next(never), await other.next(never)];
    expect(again.map((delivery) => delivery!.task)).toEqual([taskOf('c'), back!.task]);
    expect(again.map((delivery) => delivery!.redelivered)).toEqual([false, true]);
    for (const delivery of again) await delivery!.acknowledge();
    expect(await one.depth()).toEqual({ waiting: 0, taken: 0 });
  });

  it.runIf(redelivers)(
    'hands out again what a taker took with it, and takes its late word calmly',
    async () => {
      await using place = await create();
      const [publisher, mortal, heir] = [place.connect(), place.connect(), place.connect()];
      for (const name of ['a', 'b']) await publisher.publish(taskOf(name));
      const [done, lost] = [await mortal.next(never), await mortal.next(never)];
      await done!.acknowledge();
      place.kill!(mortal);
      const again = await heir.next(never);
      expect(again).toMatchObject({ task: lost!.task, redelivered: true });
      await again!.acknowledge();
      void lost!.acknowledge();
      expect(await publisher.depth()).toEqual({ waiting: 0, taken: 0 });
    },
  );
}

/** Tasks of a job that are in the queue, taken or not. */
async function inQueue(queue: TaskQueue, job: string): Promise<number> {
  const { waiting, taken } = await queue.depth(job);
  return waiting + taken;
}

function describeJobs({ create }: QueueAdapter): void {
  it('hands out the tasks of every job, and tells how many of each there are', async () => {
    await using place = await create();
    const queue = place.connect();
    for (const name of ['a', 'b', 'c']) await queue.publish(taskOf(name, 'j-1'));
    await queue.publish(taskOf('d', 'j-2'));
    expect(await queue.depth('j-1')).toEqual({ waiting: 3, taken: 0 });
    expect(await queue.depth('j-2')).toEqual({ waiting: 1, taken: 0 });
    expect(await queue.depth('j-3')).toEqual({ waiting: 0, taken: 0 });
    const taken = [];
    for (let k = 0; k < 4; k++) taken.push((await queue.next(never))!);
    expect(taken.map(({ task }) => task)).toEqual(
      expect.arrayContaining([taskOf('a', 'j-1'), taskOf('d', 'j-2')]),
    );
    expect([await inQueue(queue, 'j-1'), await inQueue(queue, 'j-2')]).toEqual([3, 1]);
    for (const delivery of taken) if (delivery.task.job === 'j-1') await delivery.acknowledge();
    expect([await inQueue(queue, 'j-1'), await inQueue(queue, 'j-2')]).toEqual([0, 1]);
  });

  it('returns the tasks of one job, those that were taken included, to whoever asks', async () => {
    await using place = await create();
    const queue = place.connect();
    for (const name of ['a', 'b', 'c']) await queue.publish(taskOf(name, 'j-1'));
    await queue.publish(taskOf('d', 'j-2'));
    const first = await queue.next(never);
    await queue.next(never);
    await first!.acknowledge();
    const other = place.connect();
    const found = await other.tasks('j-1');
    expect(found).toEqual([taskOf('b', 'j-1'), taskOf('c', 'j-1')]);
    expect(await other.tasks('j-3')).toEqual([]);
  });

  it('removes the tasks of one job and no others; a taken one may still be answered', async () => {
    await using place = await create();
    const queue = place.connect();
    await queue.publish(taskOf('a', 'j-1'));
    const held = await queue.next(never);
    await queue.publish(taskOf('b', 'j-1'));
    await queue.publish(taskOf('c', 'j-2'));
    await queue.publish(taskOf('d', 'j-1'));
    await place.connect().purge('j-1');
    await held!.acknowledge();
    expect(await queue.depth('j-1')).toEqual({ waiting: 0, taken: 0 });
    expect(await queue.depth()).toEqual({ waiting: 1, taken: 0 });
    await queue.publish(taskOf('e', 'j-1'));
    const left = [await queue.next(never), await queue.next(never)];
    expect(namesOf(left)).toEqual(['c', 'e']);
    await queue.purge('j-3');
  });
}

function describeBound({ createSmall }: QueueAdapter): void {
  it.runIf(createSmall)(
    'says that it is full, queues nothing then, and takes tasks again later',
    async () => {
      await using place = await createSmall!(3);
      const queue = place.connect();
      for (const name of names(3)) expect(await queue.publish(taskOf(name))).toBe('queued');
      expect(await queue.publish(taskOf('one more'))).toBe('full');
      expect((await queue.depth()).waiting).toBe(3);
      const delivery = await queue.next(never);
      await delivery!.acknowledge();
      expect(await queue.publish(taskOf('one more'))).toBe('queued');
      const left = [await queue.next(never), await queue.next(never), await queue.next(never)];
      expect(namesOf(left)).toEqual(
        [...names(3).filter((name) => name !== delivery!.task.name), 'one more'].sort(),
      );
    },
  );
}
