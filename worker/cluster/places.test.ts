import { describe, expect, it } from 'vitest';
import { PlaceQueue, placeToClear, turnMs, type Place } from './places.js';

const busy = (job: string, readyAt: number): Place => ({ job, readyAt, idleSince: null });
const idle = (job: string, readyAt: number, idleSince: number): Place => ({ job, readyAt, idleSince });

describe('a turn', () => {
  it('lasts two seconds, or four starts of processes, and half a minute at the most', () => {
    expect([0, 500, 501, 7_000, 60_000].map(turnMs)).toEqual([2_000, 2_000, 2_004, 28_000, 30_000]);
  });
});

describe('placeToClear', () => {
  it('lets a job that is being drawn keep its place until its turn is over', () => {
    const places = [busy('a', 1_000), busy('b', 1_500)];
    expect(placeToClear(places, 2_000, 2_500)).toEqual({ job: null, lookAgainMs: 500 });
    expect(placeToClear(places, 2_000, 3_000)).toEqual({ job: 'a', lookAgainMs: 2_000 });
  });

  it('takes the place of a job without tasks a quarter of a second after its last', () => {
    const places = [busy('a', 1_000), idle('b', 1_500, 2_000)];
    expect(placeToClear(places, 2_000, 2_249)).toEqual({ job: null, lookAgainMs: 1 });
    expect(placeToClear(places, 2_000, 2_250)).toMatchObject({ job: 'b' });
  });

  it('takes the place that is idle for longest', () => {
    const places = [idle('a', 0, 1_900), idle('b', 0, 1_100), idle('c', 0, 1_500)];
    expect(placeToClear(places, 10_000, 3_000)).toMatchObject({ job: 'b' });
  });

  it('takes no place whose processes are being started', () => {
    const starting = { job: 'a', readyAt: null, idleSince: null };
    expect(placeToClear([starting], 2_000, 9_000)).toEqual({ job: null, lookAgainMs: 2_000 });
    expect(placeToClear([starting, busy('b', 8_000)], 2_000, 9_000)).toEqual({
      job: null,
      lookAgainMs: 1_000,
    });
  });
});

describe('jobs that wait for a place', () => {
  it('get it in the order in which they came, however many tasks they have', () => {
    const queue = new PlaceQueue();
    expect(queue.first).toBe(null);
    for (const job of ['a', 'b', 'a', 'c']) queue.join(job);
    queue.leave('a');
    expect(queue.first).toBe('a');
    queue.leave('a');
    expect(queue.first).toBe('b');
    queue.join('a');
    queue.leave('b');
    expect(queue.first).toBe('c');
    queue.leave('c');
    queue.leave('a');
    expect(queue.first).toBe(null);
  });
});
