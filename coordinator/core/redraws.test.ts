import { describe, expect, it } from 'vitest';

import type { Shard } from '../../shared/shards.js';
import type { CountedShard } from '../../shared/wire/record.js';
import { makeJob, makeRecord } from '../../test/support/jobs.js';
import { Redraws, type RedrawOptions } from './redraws.js';

const JOB = makeJob({ images: 40 });
const shardOf = (image: number): Shard => ({ image, begin: 0, end: 64 });
const votes = (image: number, others = 0): CountedShard => ({
  shard: shardOf(image),
  micros: 1,
  counts: {
    classes: others > 0 ? [0, 1] : [0],
    votes: others > 0 ? [64 - others, others] : [64],
    invalid: 0,
  },
});

function redrawing(options: Partial<RedrawOptions> = {}) {
  const redraws = new Redraws({ share: 1, draw: () => 0.5, taskPrefix: 't', ...options });
  const counted = (worker: string, ...shards: CountedShard[]) => redraws.counted(worker, shards);
  const answer = (task: string, worker: string | undefined, ...shards: CountedShard[]) =>
    redraws.answered(makeRecord(JOB, { task, counted: shards, ...(worker !== undefined && { worker }) }));
  const next = (...workers: string[]) => redraws.next(workers, 0);
  return { redraws, counted, answer, next };
}

describe('the shards that are drawn a second time', () => {
  it('are the share that the dice choose', () => {
    const dice = [0.009, 0.01, 0.5, 0];
    const { redraws, counted, next } = redrawing({ share: 0.01, draw: () => dice.shift() ?? 0 });
    counted('a', votes(0), votes(1), votes(2), votes(3));
    expect(redraws.pending).toBe(2);
    expect(next('b')).toEqual([{ name: 't.r1', shards: [shardOf(0), shardOf(3)], notBy: ['a'] }]);
  });

  it('are in tasks of at most sixteen for all but one worker, and wait where there is no other', () => {
    const { counted, next } = redrawing();
    for (let image = 0; image < 17; image++) counted('a', votes(image));
    counted('b', votes(17));
    expect(next()).toEqual([]);
    expect(next('a').map(({ notBy }) => notBy)).toEqual([['b']]);
    const tasks = next('a', 'b');
    expect(tasks.map(({ shards, notBy }) => [shards.length, notBy])).toEqual([
      [16, ['a']],
      [1, ['a']],
    ]);
    expect(next('a', 'b')).toEqual([]);
  });

  it('come in the order that the dice say', () => {
    const dice = [0, 0, 0.9, 0.1];
    const { counted, next } = redrawing({ draw: () => dice.shift()! });
    counted('a', votes(0));
    counted('b', votes(1));
    expect(next('a', 'b').map(({ name }) => name)).toEqual(['t.r2', 't.r1']);
  });

  it('are issued again where the queue was full, at once; where they were handed back or not answered, later', () => {
    const { redraws, counted, next, answer } = redrawing();
    counted('a', votes(0));
    redraws.takeBack(next('b').map(({ name }) => name));
    const [second] = next('b');
    expect(answer(second!.name, 'b')).toEqual([]);
    expect(next('b')).toEqual([]);
    redraws.tick(0);
    expect(next('b').map(({ name }) => name)).toEqual(['t.r3']);
    redraws.tick(60_000);
    expect(next('b')).toEqual([]);
    redraws.tick(60_001);
    expect(next('b').map(({ name }) => name)).toEqual(['t.r4']);
  });
});

describe('what comes of a redraw', () => {
  it('is equal, where a second worker counts the same', () => {
    const { redraws, counted, next, answer } = redrawing();
    counted('a', votes(0));
    expect(answer('another task', 'b', votes(0))).toEqual([]);
    expect(answer(next('b')[0]!.name, 'b', votes(0))).toEqual([{ kind: 'equal' }]);
    expect(redraws.pending).toBe(0);
  });

  it.each([
    ['a', 'a'],
    ['', undefined],
  ])('is nothing, where a worker %j is to be checked and %j answers', (first, worker) => {
    const { redraws, counted, next, answer } = redrawing();
    counted(first, votes(0));
    expect(answer(next('b')[0]!.name, worker, votes(0))).toEqual([]);
    expect(redraws.pending).toBe(1);
  });

  it.each([
    ['the first', votes(0), { kind: 'divergent', worker: 'b', shard: shardOf(0) }],
    ['the second', votes(0, 1), { kind: 'divergent', worker: 'a', shard: shardOf(0) }],
    ['nobody', votes(0, 2), { kind: 'unclear', workers: ['a', 'b', 'c'], shard: shardOf(0) }],
  ])('is told by a third worker, who agrees with %s', (_, third, verdict) => {
    const { redraws, counted, next, answer } = redrawing();
    counted('a', votes(0));
    expect(redraws.disputed).toBeNull();
    expect(answer(next('b')[0]!.name, 'b', votes(0, 1))).toEqual([]);
    expect(redraws.disputed).toEqual({ shard: shardOf(0), workers: ['a', 'b'] });
    expect(next('a', 'b')).toEqual([]);
    const [task] = next('a', 'b', 'c');
    expect(task!.notBy).toEqual(['a', 'b']);
    expect(answer(task!.name, 'c', third)).toEqual([verdict]);
    expect(redraws.pending).toBe(0);
  });
});
