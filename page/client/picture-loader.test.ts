import { expect, it } from 'vitest';
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
  const loads = ['a', 'b', 'c', 'd', 'e'].map((path) => loader.load(path, wanted));
  const dropped = loader.load('f', gone.signal).catch((error: unknown) => String(error));
  const last = loader.load('g', wanted);
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
