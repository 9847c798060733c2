import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indicesOf, selectionOf, type ImageRange } from '../../shared/dataset/selection.js';
import { DataSetReader } from '../../worker/draw/reader.js';
import { fixture, npyHeader, Workplace } from './support.js';

const IMAGE_BYTES = 40;
const images = readFileSync(fixture('npz/uint8.npy')).subarray(128);
const imagesAt = (indices: readonly number[]) =>
  Buffer.concat(indices.map((index) => images.subarray(index * IMAGE_BYTES, (index + 1) * IMAGE_BYTES)));

const ranges: [ImageRange, number[]][] = [
  [{ start: 0, stop: null, step: 1 }, [0, 1, 2]],
  [{ start: 1, stop: null, step: 1 }, [1, 2]],
  [{ start: 0, stop: 2, step: 1 }, [0, 1]],
  [{ start: 0, stop: null, step: 2 }, [0, 2]],
  [{ start: 2, stop: 100, step: 7 }, [2]],
];

describe('a range of images', () => {
  describe.each(['uint8.npz', 'deflated.npz'])('of %s', (name) => {
    it.each(ranges)(
      '%j holds images %j and their labels, under their own indices',
      async (range, indices) => {
        using place = new Workplace();
        const data = await place.import(fixture(`npz/${name}`), { range });
        expect(data).toMatchObject({ count: 3, imageShape: [2, 4, 5] });
        expect([...data.labels!]).toEqual([2, 0, 7]);
        const canonical = await place.canonical();
        expect(canonical.pixels).toEqual(imagesAt(indices));
        expect(canonical.labels).toEqual(indices.map((index) => [2, 0, 7][index]));
        const reader = await DataSetReader.open(place.into);
        try {
          for (const index of [-1, 0, 1, 2, 3]) {
            const pixels = reader.readValues(index);
            if (indices.includes(index)) {
              expect([...(await pixels)]).toEqual([...imagesAt([index])]);
            } else await expect(pixels).rejects.toMatchObject({ code: 'INTERNAL' });
          }
        } finally {
          await reader.close();
        }
      },
    );
  });

  it('has a digest of exactly what it holds', async () => {
    using place = new Workplace();
    const digestOf = async (data: string, range?: ImageRange) =>
      (await place.import(data, range ? { range } : {})).digest;
    const whole = await digestOf(fixture('npz/uint8.npy'));
    const [from0, from1, byTwo] = [
      { start: 0, stop: 2, step: 1 },
      { start: 1, stop: 3, step: 1 },
      { start: 0, stop: 3, step: 2 },
    ];
    const digests = [whole];
    for (const range of [from0, from1, byTwo]) digests.push(await digestOf(fixture('npz/uint8.npy'), range));
    expect(new Set(digests).size).toBe(4);
    expect(await digestOf(fixture('npz/uint8.npy'), { start: 0, stop: 999, step: 1 })).toBe(whole);

    const changed = place.file('changed.npy');
    const bytes = readFileSync(fixture('npz/uint8.npy'));
    bytes[128 + 2 * IMAGE_BYTES]! ^= 1;
    writeFileSync(changed, bytes);
    expect(await digestOf(changed, from0)).toBe(digests[1]);
    expect(await digestOf(changed, from1)).not.toBe(digests[2]);
    expect(await digestOf(changed)).not.toBe(whole);
  });

  it('tells apart the same image under two indices', async () => {
    using place = new Workplace();
    const twice = place.file('twice.npy');
    const bytes = readFileSync(fixture('npz/uint8.npy'));
    bytes.copyWithin(128 + IMAGE_BYTES, 128, 128 + IMAGE_BYTES);
    writeFileSync(twice, bytes);
    const first = await place.import(twice, { range: { start: 0, stop: 1, step: 1 } });
    const second = await place.import(twice, { range: { start: 1, stop: 2, step: 1 } });
    expect(second.digest).not.toBe(first.digest);
  });

  it('is checked value by value, and what it leaves out is not', async () => {
    using place = new Workplace();
    const nan = fixture('npz/nan.npy');
    await expect(place.import(nan, { range: { start: 0, stop: 1, step: 1 } })).resolves.toMatchObject({
      count: 3,
    });
    await expect(place.import(nan, { range: { start: 1, stop: 2, step: 1 } })).rejects.toMatchObject({
      code: 'DATA_RANGE',
      message: `The pixel at index [1, 1, 2, 3] of ${nan} is NaN.`,
    });
  });

  it('of an archive still has the archive checked to its end', async () => {
    using place = new Workplace();
    const damaged = fixture('npz/flipped.npz');
    for (const range of [ranges[2]![0], ranges[3]![0]])
      await expect(place.import(damaged, { range })).rejects.toMatchObject({ code: 'DATA_FORMAT' });
  });

  it('beyond the last image is refused', async () => {
    using place = new Workplace();
    const data = place.file('data.npy');
    copyFileSync(fixture('npz/uint8.npy'), data);
    await expect(place.import(data, { range: { start: 3, stop: null, step: 1 } })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: `--images names none of the 3 images of ${data}.`,
    });
  });

  it('of any array holds what slicing the array gives', async () => {
    using place = new Workplace();
    const data = place.file('many.npy');
    const range = fc.record({
      start: fc.nat({ max: 300 }),
      stop: fc.option(fc.integer({ min: 1, max: 400 })),
      step: fc.integer({ min: 1, max: 350 }),
    });
    const shapes = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2000 }));
    await fc.assert(
      fc.asyncProperty(range, shapes, async (wanted, [count, size]) => {
        const selection = selectionOf(wanted, count);
        fc.pre(selection !== null);
        const pixels = Buffer.from(Uint8Array.from({ length: count * size }, (_, at) => (at * 31 + 7) % 253));
        writeFileSync(data, Buffer.concat([npyHeader([count, size]), pixels]));
        await place.import(data, { range: wanted });
        const held = [...indicesOf(selection)].map((i) => pixels.subarray(i * size, (i + 1) * size));
        expect((await place.canonical()).pixels.equals(Buffer.concat(held))).toBe(true);
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});
