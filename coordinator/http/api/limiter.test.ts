import { expect, it } from 'vitest';
import { Limiter } from './limiter.js';

/** A promise that a test resolves. */
function held() {
  let letGo!: () => void;
  const until = new Promise<void>((resolve) => (letGo = resolve));
  return { until, letGo };
}

it('runs no more at a time than it may, in their order, and refuses those beyond the ones that wait', async () => {
  const limiter = new Limiter('pictures are made', { running: 2, waiting: 1 });
  const begun: string[] = [];
  const [one, two, three] = [held(), held(), held()];
  const run = (name: string, { until }: { until: Promise<void> }) =>
    limiter.run(() => {
      begun.push(name);
      return until;
    });
  const running = [run('one', one), run('two', two), run('three', three)];
  expect(begun).toEqual(['one', 'two']);
  await expect(run('four', held())).rejects.toMatchObject({ code: 'SERVER_BUSY' });
  two.letGo();
  await running[1];
  await Promise.resolve();
  expect(begun).toEqual(['one', 'two', 'three']);
  one.letGo();
  three.letGo();
  await Promise.all(running);
  expect(await limiter.run(() => Promise.resolve(5))).toBe(5);
});

it('gives a place on after an action that failed', async () => {
  const limiter = new Limiter('reports are written', { running: 1, waiting: 1 });
  const failed = limiter.run(() => Promise.reject(new Error('no')));
  const next = limiter.run(() => Promise.resolve('done'));
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('done');
});

it('drops an action that nobody waits for any more, and lets another wait in its place', async () => {
  const limiter = new Limiter('downloads run', { running: 1, waiting: 1 });
  const first = held();
  const running = limiter.run(() => first.until);
  const begun: string[] = [];
  const begin = (name: string) => () => Promise.resolve(void begun.push(name));
  const gone = new AbortController();
  const dropped = limiter.run(begin('dropped'), gone.signal);
  gone.abort();
  await expect(dropped).rejects.toMatchObject({ code: 'CANCELLED' });
  const next = limiter.run(begin('next'));
  first.letGo();
  await Promise.all([running, next]);
  await expect(limiter.run(begin('too late'), gone.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(begun).toEqual(['next']);
  await limiter.run(begin('free'));
  expect(begun).toEqual(['next', 'free']);
});

it('lets an action go on whose signal aborts after it has begun', async () => {
  const limiter = new Limiter('downloads run', { running: 1, waiting: 1 });
  const [first, second] = [held(), held()];
  const gone = new AbortController();
  const running = limiter.run(() => first.until);
  const waited = limiter.run(() => second.until.then(() => 'done'), gone.signal);
  first.letGo();
  await running;
  gone.abort();
  second.letGo();
  expect(await waited).toBe('done');
});
