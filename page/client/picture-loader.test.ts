import { expect, it } from 'vitest';
import { ApiFailure } from './api-client.js';
import { PictureLoader } from './picture-loader.js';

/** Fetches that end when the test says so. */
class Fetches {
  readonly begun: string[] = [];
  private readonly ends: (() => void)[] = [];
  readonly fetch = (path: string): Promise<Blob> => {
    this.begun.push(path);
    return new Promise((resolve) => this.ends.push(() => resolve(new Blob([path]))));
  };
  async endNext(): Promise<void> {
    this.ends.shift()!();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

it('pictures are fetched four at a time, the newest wish first, and none that is not wanted any longer', async () => {
  const fetches = new Fetches();
  const loader = new PictureLoader(fetches.fetch);
  const gone = new AbortController();
  const wanted = new AbortController().signal;
  const loads = ['a', 'b', 'c', 'd', 'e'].map((path) => loader.load('j', path, wanted));
  const dropped = loader.load('j', 'f', gone.signal).catch((error: unknown) => String(error));
  const last = loader.load('j', 'g', wanted);
  expect(fetches.begun).toEqual(['a', 'b', 'c', 'd']);
  gone.abort();
  await fetches.endNext();
  await fetches.endNext();
  expect(fetches.begun).toEqual(['a', 'b', 'c', 'd', 'g', 'e']);
  expect(await dropped).toMatch('not wanted');
  for (let left = 4; left > 0; left--) await fetches.endNext();
  const texts = await Promise.all([...loads, last].map(async (load) => (await load).text()));
  expect(texts).toEqual(['a', 'b', 'c', 'd', 'e', 'g']);
});

it('once one is not found, no more of that job are asked for', async () => {
  const asked: string[] = [];
  const loader = new PictureLoader((path) => {
    asked.push(path);
    return Promise.reject(new ApiFailure(path === 'busy' ? 503 : 404, 'X', 'none', ''));
  });
  const wanted = new AbortController().signal;
  const ends = async (job: string, path: string) =>
    await loader.load(job, path, wanted).catch((error: unknown) => (error as Error).message);
  expect(await ends('a', 'busy')).toBe('none');
  expect(await ends('a', '1')).toBe('none');
  expect(await ends('a', '2')).toMatch('no pictures');
  expect(await ends('b', '3')).toBe('none');
  expect(asked).toEqual(['busy', '1', '3']);
});
