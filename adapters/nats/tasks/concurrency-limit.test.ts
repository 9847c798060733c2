import { describe, expect, it } from 'vitest';

import { Room } from './concurrency-limit.js';

/** What has begun, and how each is ended. */
class Work {
  readonly begun: string[] = [];
  private readonly ends = new Map<string, () => void>();

  readonly run = (room: Room, name: string, bytes: number): Promise<string> =>
    room.run(bytes, () => {
      this.begun.push(name);
      return new Promise((resolve) => this.ends.set(name, () => resolve(name)));
    });

  async end(name: string, ended: Promise<string>): Promise<void> {
    this.ends.get(name)!();
    expect(await ended).toBe(name);
    await new Promise(setImmediate);
  }
}

describe('Room', () => {
  it('lets only so many begin, in their order', async () => {
    const [room, work] = [new Room(2, 100), new Work()];
    const [a, b, c] = ['a', 'b', 'c'].map((name) => work.run(room, name, 1));
    expect(work.begun).toEqual(['a', 'b']);
    await work.end('b', b!);
    expect(work.begun).toEqual(['a', 'b', 'c']);
    await work.end('a', a!);
    await work.end('c', c!);
  });

  it('lets only so much be under way, and nobody overtake', async () => {
    const [room, work] = [new Room(10, 100), new Work()];
    const a = work.run(room, 'a', 60);
    const b = work.run(room, 'b', 50);
    const c = work.run(room, 'c', 1);
    expect(work.begun).toEqual(['a']);
    await work.end('a', a);
    expect(work.begun).toEqual(['a', 'b', 'c']);
    await work.end('b', b);
    await work.end('c', c);
  });

  it('lets what is larger than all go alone', async () => {
    const [room, work] = [new Room(10, 100), new Work()];
    const large = work.run(room, 'large', 1000);
    const small = work.run(room, 'small', 1);
    expect(work.begun).toEqual(['large']);
    await work.end('large', large);
    expect(work.begun).toEqual(['large', 'small']);
    await work.end('small', small);
  });

  it('goes on behind what has failed', async () => {
    const room = new Room(1, 100);
    const failed = room.run(1, () => Promise.reject(new Error('no')));
    const next = room.run(1, () => Promise.resolve('next'));
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('next');
  });
});
