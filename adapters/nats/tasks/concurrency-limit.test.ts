import { describe, expect, it } from 'vitest';

import { ConcurrencyLimit } from './concurrency-limit.js';

/** Actions that have begun, and functions that end them. */
class Work {
  readonly begun: string[] = [];
  private readonly ends = new Map<string, () => void>();

  readonly run = (limit: ConcurrencyLimit, name: string, bytes: number): Promise<string> =>
    limit.run(bytes, () => {
      this.begun.push(name);
      return new Promise((resolve) => this.ends.set(name, () => resolve(name)));
    });

  async end(name: string, ended: Promise<string>): Promise<void> {
    this.ends.get(name)!();
    expect(await ended).toBe(name);
    await new Promise(setImmediate);
  }
}

describe('ConcurrencyLimit', () => {
  it('lets only so many begin, in their order', async () => {
    const [limit, work] = [new ConcurrencyLimit(2, 100), new Work()];
    const [a, b, c] = ['a', 'b', 'c'].map((name) => work.run(limit, name, 1));
    expect(work.begun).toEqual(['a', 'b']);
    await work.end('b', b!);
    expect(work.begun).toEqual(['a', 'b', 'c']);
    await work.end('a', a!);
    await work.end('c', c!);
  });

  it('lets only so much be under way, and nobody overtake', async () => {
    const [limit, work] = [new ConcurrencyLimit(10, 100), new Work()];
    const a = work.run(limit, 'a', 60);
    const b = work.run(limit, 'b', 50);
    const c = work.run(limit, 'c', 1);
    expect(work.begun).toEqual(['a']);
    await work.end('a', a);
    expect(work.begun).toEqual(['a', 'b', 'c']);
    await work.end('b', b);
    await work.end('c', c);
  });

  it('lets what is larger than all go alone', async () => {
    const [limit, work] = [new ConcurrencyLimit(10, 100), new Work()];
    const large = work.run(limit, 'large', 1000);
    const small = work.run(limit, 'small', 1);
    expect(work.begun).toEqual(['large']);
    await work.end('large', large);
    expect(work.begun).toEqual(['large', 'small']);
    await work.end('small', small);
  });

  it('goes on behind what has failed', async () => {
    const limit = new ConcurrencyLimit(1, 100);
    const failed = limit.run(1, () => Promise.reject(new Error('no')));
    const next = limit.run(1, () => Promise.resolve('next'));
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('next');
  });
});
