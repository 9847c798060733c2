import { describe, expect, it } from 'vitest';
import { SerialQueue } from './serial-queue.js';

describe('a serial queue', () => {
  it('begins an action only once the one before has ended, failed or not', async () => {
    const queue = new SerialQueue();
    const events: string[] = [];
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const first = queue.run(async () => {
      events.push('first begins');
      await gate;
      events.push('first ends');
      throw new Error('of the first');
    });
    const second = queue.run(() => {
      events.push('second');
      return Promise.resolve(2);
    });
    open();
    await expect(first).rejects.toThrow('of the first');
    expect(await second).toBe(2);
    expect(events).toEqual(['first begins', 'first ends', 'second']);
  });

  it('is idle once all that was given has ended', async () => {
    const queue = new SerialQueue();
    let ended = 0;
    const count = async () => {
      await new Promise(setImmediate);
      ended += 1;
    };
    void queue.run(count);
    void queue.run(count);
    await queue.idle();
    expect(ended).toBe(2);
  });
});
