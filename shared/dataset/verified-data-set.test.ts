import { openSync, rmSync, truncateSync, writeFileSync, writeSync, closeSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { encodeHeader } from './canonical.js';
import { CHUNK_BYTES, DataDigest } from './data-digest.js';
import { VerifiedDataSet } from './verified-data-set.js';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';

/** 7 images of 6 MiB: three chunks, and images that lie across the borders of two. */
const IMAGE_BYTES = 6 * 2 ** 20;
const header = encodeHeader({
  dtype: 'uint8',
  shape: [7, 6, 2 ** 20],
  labelled: false,
  start: 0,
  step: 1,
});
const pixels = Buffer.alloc(
  7 * IMAGE_BYTES,
  Uint8Array.from({ length: 251 }, (_, at) => at),
);
const whole = Buffer.concat([header, pixels]);
const { digest, chunks } = new DataDigest().update(whole).finish();

const folder = folderOfEachTest();
let file: string;
beforeEach(() => {
  file = folder.file('data');
  writeFileSync(file, whole);
});

const CHANGED = { code: 'DATA_DIGEST_MISMATCH' };

/** Flips one bit in the file, wherever it is open. */
function flip(position: number): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Uint8Array.of(whole[position]! ^ 1), 0, 1, position);
  closeSync(handle);
}

async function imageOf(data: VerifiedDataSet, image: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(IMAGE_BYTES);
  await data.readAt(data.geometry.imageOffset(image), bytes);
  return bytes;
}

const expectImage = async (data: VerifiedDataSet, image: number) => {
  const expected = pixels.subarray(image * IMAGE_BYTES, (image + 1) * IMAGE_BYTES);
  expect(Buffer.compare(await imageOf(data, image), expected)).toBe(0);
};

describe('a verified data set', () => {
  it('gives the bytes of the file, in any order', async () => {
    expect(chunks).toHaveLength(3);
    const data = await VerifiedDataSet.open(file, digest);
    for (const image of [0, 1, 2, 3, 4, 5, 6, 0, 6, 2]) await expectImage(data, image);
    await data.close();
  });

  it('is not opened if one bit is another one, or the file is shorter, longer or something else', async () => {
    for (const position of [0, 9, 127, 128, CHUNK_BYTES, whole.length - 1]) {
      writeFileSync(file, whole);
      flip(position);
      await expect(VerifiedDataSet.open(file, digest)).rejects.toMatchObject(CHANGED);
    }
    for (const bytes of [whole.subarray(0, -1), Buffer.concat([whole, Uint8Array.of(0)]), Buffer.alloc(0)]) {
      writeFileSync(file, bytes);
      await expect(VerifiedDataSet.open(file, digest)).rejects.toMatchObject(CHANGED);
    }
    rmSync(file);
    await expect(VerifiedDataSet.open(file, digest)).rejects.toMatchObject({ code: 'DATA_UNREADABLE' });
  });

  it('changed while it is open: a chunk in memory is used on, one that is read anew is refused', async () => {
    const data = await VerifiedDataSet.open(file, digest);
    await expectImage(data, 0);
    flip(128 + 5);
    flip(CHUNK_BYTES + 9);
    await expectImage(data, 0);
    await expect(imageOf(data, 3)).rejects.toMatchObject(CHANGED);
    // An image of which one half is verified is refused as a whole, and one of a chunk that did not change is read.
    await expect(imageOf(data, 2)).rejects.toMatchObject(CHANGED);
    await expectImage(data, 6);
    await data.close();
  });

  it('opened by the digests of its chunks has the header that they name', async () => {
    const data = await VerifiedDataSet.open(file, digest, chunks);
    await expectImage(data, 4);
    await data.close();
    // The first image's number: the header is well-formed, and the file as long as it says.
    flip(48);
    await expect(VerifiedDataSet.open(file, digest, chunks)).rejects.toMatchObject(CHANGED);
    writeFileSync(file, whole);
    await expect(VerifiedDataSet.open(file, digest, chunks.slice(1))).rejects.toMatchObject(CHANGED);
    flip(CHUNK_BYTES + 9);
    const damaged = await VerifiedDataSet.open(file, digest, chunks);
    await expectImage(damaged, 0);
    await expect(imageOf(damaged, 3)).rejects.toMatchObject(CHANGED);
    await damaged.close();
  });

  it('keeps two chunks: a third one takes the place of the oldest', async () => {
    const data = await VerifiedDataSet.open(file, digest);
    for (const image of [0, 3, 6]) await expectImage(data, image);
    flip(128 + 5);
    await expectImage(data, 3);
    await expect(imageOf(data, 0)).rejects.toMatchObject(CHANGED);
    await data.close();
  });

  it('cut short while it is open is changed, too', async () => {
    const data = await VerifiedDataSet.open(file, digest);
    truncateSync(file, CHUNK_BYTES + 1);
    await expectImage(data, 0);
    await expect(imageOf(data, 6)).rejects.toMatchObject(CHANGED);
    await data.close();
  });
});
