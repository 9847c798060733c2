import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunTeller } from '../cli/certify/run-teller.js';
import type { RunSummary } from '../cli/certify/news-of-run.js';
import type { ResultRow } from '../coordinator/results/result-row.js';
import { SmoothcertError } from '../shared/errors.js';
import { ToldRun, type Start } from './told-run.js';

const rowOf = (image: number) => ({ image }) as ResultRow;
const failure = new SmoothcertError('DISK_FULL', 'The disk is full.', 'Make room.');

/** Errors that nobody took. */
let unhandled: unknown[] = [];
const onUnhandled = (error: unknown) => void unhandled.push(error);
beforeEach(() => {
  unhandled = [];
  process.on('unhandledRejection', onUnhandled);
});
afterEach(async () => {
  // Node reports them when the turn has ended.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled).toEqual([]);
});

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve()),
  );
const runOf = (start: Start, more: { onNews?: (news: never) => void; options?: object } = {}) =>
  new ToldRun<ResultRow, RunSummary>(start, {
    out: 'o',
    verbose: false,
    options: more.options ?? {},
    onNews: more.onNews,
  });
async function imagesOf(run: AsyncIterable<ResultRow>): Promise<number[]> {
  const images: number[] = [];
  for await (const { image } of run) images.push(image);
  return images;
}
const tellAll = (teller: RunTeller, ...images: number[]) =>
  images.forEach((image) => teller.image(() => rowOf(image)));

describe('a run', () => {
  it('gives each row to every loop, whenever it begins', async () => {
    let teller!: RunTeller;
    let end!: () => void;
    const run = runOf((told) => {
      teller = told;
      return new Promise<void>((resolve) => (end = resolve));
    });
    tellAll(teller, 5);
    const first = imagesOf(run);
    await new Promise((resolve) => setImmediate(resolve));
    tellAll(teller, 1, 3);
    const second = imagesOf(run);
    end();
    expect(await first).toEqual([5, 1, 3]);
    expect(await second).toEqual([5, 1, 3]);
    expect((await run.result).rows().map(({ image }) => image)).toEqual([1, 3, 5]);
    expect(await imagesOf(run)).toEqual([5, 1, 3]);
  });

  it('is stopped by leaving its loop, which waits for its end', async () => {
    let ended = false;
    const run = runOf(async (teller, signal) => {
      tellAll(teller, 1, 2);
      await aborted(signal);
      await new Promise((resolve) => setImmediate(resolve));
      ended = true;
    });
    for await (const { image } of run) if (image === 1) break;
    expect(ended).toBe(true);
    expect(await run.result).toMatchObject({ done: false, summary: null, out: 'o' });
  });

  it('is stopped by the signal of its options', async () => {
    const stop = new AbortController();
    const run = runOf((_teller, signal) => aborted(signal), { options: { signal: stop.signal } });
    stop.abort();
    expect(await run.result).toMatchObject({ done: false });
    await expect(runOf(() => Promise.resolve(), { options: { signal: {} } }).result).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: 'The option signal is no AbortSignal.',
    });
  });

  it.each<[name: string, take: (run: ToldRun<ResultRow, RunSummary>) => Promise<unknown>]>([
    ['the loop', imagesOf],
    ['the result', (run) => run.result],
    ['both', (run) => Promise.all([imagesOf(run), run.result])],
  ])('hands its error to %s, and nowhere else', async (_name, take) => {
    const run = runOf((teller) => {
      tellAll(teller, 1);
      return Promise.reject(failure);
    });
    await expect(take(run)).rejects.toBe(failure);
  });

  it('makes an error that nobody foresaw one of the library', async () => {
    const run = runOf(() => Promise.reject(new TypeError('x is undefined')));
    await expect(run.result).rejects.toMatchObject({ name: 'SmoothcertError', code: 'INTERNAL' });
  });

  it('ends with the error of whoever is told its news, who is told no more', async () => {
    const own = new Error('mine');
    const heard: unknown[] = [];
    const onNews = (news: unknown) => {
      heard.push(news);
      throw own;
    };
    const run = runOf(
      async (teller, signal) => {
        tellAll(teller, 1, 2);
        await aborted(signal);
        throw failure;
      },
      { onNews },
    );
    await expect(run.result).rejects.toBe(own);
    expect(heard).toEqual([{ news: 'image', row: rowOf(1) }]);
  });

  it('gives no row any more once its job is refuted', async () => {
    let refuted = false;
    const run = runOf((teller) => {
      for (const image of [1, 2, 3]) teller.image(() => (refuted ? null : rowOf(image)));
      return Promise.resolve();
    });
    const images: number[] = [];
    for await (const { image } of run) {
      images.push(image);
      refuted = true;
    }
    expect(images).toEqual([1]);
  });
});
