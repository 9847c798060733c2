import { describe, expect, it } from 'vitest';

import type { Task } from '../../shared/ports/task-queue.js';
import { MemoryQueue } from './memory-queue.js';
import { MemoryStop } from './memory-stop.js';
import { systemClock } from './system-clock.js';
import { never } from '../../test/support/never.js';

const task = (name: string): Task => ({ name, job: 'j', shards: [{ image: 0, begin: 0, end: 64 }] });

describe('the queue of one process', () => {
  it('hands each task to one taker, first in, first out', async () => {
    const queue = new MemoryQueue();
    for (const name of ['a', 'b', 'c']) await queue.publish(task(name));
    expect(await queue.depth()).toEqual({ waiting: 3, taken: 0 });
    const taken = [await queue.next(never), await queue.next(never), await queue.next(never)];
    expect(taken.map((delivery) => delivery?.task.name)).toEqual(['a', 'b', 'c']);
    expect(await queue.depth()).toEqual({ waiting: 0, taken: 3 });
  });

  it('wakes those who wait, in the order in which they came', async () => {
    const queue = new MemoryQueue();
    const waiting = [queue.next(never), queue.next(never)];
    await queue.publish(task('a'));
    await queue.publish(task('b'));
    expect((await Promise.all(waiting)).map((delivery) => delivery?.task.name)).toEqual(['a', 'b']);
  });

  it('counts an acknowledgement once', async () => {
    const queue = new MemoryQueue();
    await queue.publish(task('a'));
    await queue.publish(task('b'));
    const one = await queue.next(never);
    await queue.next(never);
    await one!.acknowledge();
    await one!.acknowledge();
    expect(await queue.depth()).toEqual({ waiting: 0, taken: 1 });
  });

  it('gives null to whoever gives up, and loses no task by it', async () => {
    const queue = new MemoryQueue();
    const controller = new AbortController();
    const given = queue.next(controller.signal);
    const patient = queue.next(never);
    controller.abort();
    expect(await given).toBeNull();
    expect(await queue.next(controller.signal)).toBeNull();
    await queue.publish(task('a'));
    expect((await patient)?.task.name).toBe('a');
  });
});

describe('the stop signal of one process', () => {
  it('tells each decided image once, to all who listen', () => {
    const stop = new MemoryStop();
    const told: (readonly number[])[] = [];
    const unlisten = stop.onAnnounce((images) => told.push(images));
    stop.announce([1, 2]);
    stop.announce([2, 3]);
    stop.announce([1, 3]);
    unlisten();
    stop.announce([4]);
    expect(told).toEqual([[1, 2], [3]]);
    expect([0, 1, 2, 3, 4].filter((image) => stop.isDecided(image))).toEqual([1, 2, 3, 4]);
  });
});

describe('the clock', () => {
  it('goes forward, and a sleeper wakes at once when its signal aborts', async () => {
    const before = systemClock.now();
    const controller = new AbortController();
    const slept = systemClock.sleep(1e9, controller.signal);
    controller.abort();
    await slept;
    await systemClock.sleep(1e9, controller.signal);
    await systemClock.sleep(1, never);
    expect(systemClock.now()).toBeGreaterThanOrEqual(before);
  });
});
