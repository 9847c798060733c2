import { describe, expect, it } from 'vitest';

import type { Task } from '../../shared/ports/task-queue.js';
import { MemoryQueue } from './memory-queue.js';
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
});
