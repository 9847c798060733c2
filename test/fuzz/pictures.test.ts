import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fixture, Workplace } from '../data/support.js';
import { mutations, RUNS, wentWell } from './support.js';

const FEWER = { ...RUNS, numRuns: RUNS.numRuns / 2 };
const ramp = Buffer.from(Array.from({ length: 3 * 32 * 32 }, (_, at) => (at * at) % 256));
const jpeg = (progressive: boolean) =>
  sharp(ramp, { raw: { width: 32, height: 32, channels: 3 } })
    .withMetadata({ orientation: 1 })
    .jpeg({ progressive })
    .toBuffer();

const wholes: [string, () => Promise<Buffer>][] = [
  ...['rgb8.png', 'palette2.png', 'interlaced.png', 'grey1.png', 'rgb-opaque.png'].map(
    (name): [string, () => Promise<Buffer>] => [
      name,
      () => Promise.resolve(readFileSync(fixture(`images/${name}`))),
    ],
  ),
  ['a JPEG', () => jpeg(false)],
  ['a progressive JPEG', () => jpeg(true)],
];

describe('changed bytes are a picture or an error of data:', () => {
  it.each(wholes)('%s', async (_, whole) => {
    using place = new Workplace();
    const folder = place.file('pictures');
    mkdirSync(folder);
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(mutations(await whole()), async (bytes) => {
        writeFileSync(path.join(folder, 'fuzzed'), bytes);
        if (await wentWell(place.import(folder))) accepted += 1;
      }),
      FEWER,
    );
    expect(accepted).toBeLessThan(FEWER.numRuns);
  });
});
