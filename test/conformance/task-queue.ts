import { setMaxListeners } from 'node:events';
import { describe, expect, it } from 'vitest';

import type { Delivery, Task, TaskQueue } from '../../shared/ports/task-queue.js';

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
  /** Whether those who take may die alone; in one process all that holds tasks dies with the queue. */
  readonly redelivers: boolean;
}

const never = new AbortController().signal;
// Many wait on it at once, and Node would warn of a leak.
setMaxListeners(0, never);
const taskOf = (name: string): Task => ({
  name,
  shards: [
    { image: 3, begin: 0, end: 64 },
    { image: 4, begin: 64, end: 96 },
  ],
});
const namesOf = (deliveries: readonly (Delivery | null)[]): string[] =>
  deliveries.map((delivery) => delivery!.task.name).sort();
const names = (count: number): string[] => Array.from({ length: count }, (_, k) => `task.${k}`).sort();

/** What every task queue promises. */
export function describeTaskQueue(name: string, adapter: QueueAdapter): void {
  describe(`the task queue: ${name}`, () => {
    describeHandingOut(adapter);
    describeWaiting(adapter);
    describeAcknowledging(adapter);
  });
}

function describeHandingOut({ create }: QueueAdapter): void {
  it('hands a task out as it was published', async () => {
    await using place = await create();
    await place.connect().publish(taskOf('a'));
    expect((await place.connect().next(never))!.task).toEqual(taskOf('a'));
  });

  it('hands each of many tasks to one taker', async () => {
    await using place = await create();
    const publisher = place.connect();
    for (const name of names(200)) await publisher.publish(taskOf(name));
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
      expect(again!.task).toEqual(lost!.task);
      await again!.acknowledge();
      void lost!.acknowledge();
      expect(await publisher.depth()).toEqual({ waiting: 0, taken: 0 });
    },
  );
}
