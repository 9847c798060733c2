import { createHash, randomBytes } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';

import { ArtifactFolder } from '../../../adapters/local/artifact-folder.js';
import { encodeHeader, HEADER_BYTES } from '../../../shared/dataset/canonical.js';
import { CHUNK_BYTES, DataDigest } from '../../../shared/dataset/data-digest.js';
import type { ModelReference } from '../../../shared/job-spec.js';
import { ArtifactCache } from './cache.js';
import { folderSource, type ArtifactSource } from './source.js';
import { folderOfEachTest } from '../../../test/support/temporary-folder.js';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const root = folderOfEachTest();
let store: ArtifactFolder;
let reads: string[];
let source: ArtifactSource;
const open = (limit = 2 ** 40) => ArtifactCache.open(root.file('cache'), limit, source);

beforeEach(async () => {
  store = await ArtifactFolder.open(root.file('store'));
  reads = [];
  const folder = folderSource(store);
  source = {
    describe: (digest) => folder.describe(digest),
    read: (digest, begin, end) => {
      reads.push(`${digest.slice(0, 8)} ${begin}-${end}`);
      return folder.read(digest, begin, end);
    },
  };
});

async function* whole(bytes: Uint8Array) {
  yield await Promise.resolve(bytes);
}

async function putFile(bytes: Uint8Array): Promise<string> {
  const digest = sha256(bytes);
  await store.put({ digest, kind: 'file', bytes: bytes.length }, 0, whole(bytes));
  return digest;
}

/** Three chunks of 4 images that each fill more than a chunk's half. */
async function putData() {
  const image = Math.floor(0.6 * CHUNK_BYTES);
  const header = encodeHeader({ dtype: 'uint8', shape: [4, image], labelled: false, start: 0, step: 1 });
  const bytes = Buffer.concat([header, randomBytes(4 * image)]);
  const { digest, chunks } = new DataDigest().update(bytes).finish();
  await store.put({ digest, kind: 'data-set', bytes: bytes.length }, 0, whole(bytes));
  return { digest, chunks, bytes, image };
}

const plainModel = (digest: string): ModelReference => ({
  digest,
  fileDigest: digest,
  weights: [],
  uri: null,
});

describe('models', () => {
  it('come with their weights, once', async () => {
    const [model, weights] = [randomBytes(5000), randomBytes(70_000)];
    const reference: ModelReference = {
      digest: 'ab'.repeat(32),
      fileDigest: await putFile(model),
      uri: null,
      weights: [{ path: 'deep/er/w.data', digest: await putFile(weights) }],
    };
    const cache = await open();
    const [one, two] = await Promise.all([cache.model(reference), cache.model(reference)]);
    expect(one.value).toBe(two.value);
    expect(await readFile(one.value)).toEqual(model);
    expect(await readFile(path.join(path.dirname(one.value), 'deep/er/w.data'))).toEqual(weights);
    expect(reads).toHaveLength(2);
    expect(cache.bytes).toBe(75_000);
    for (const held of [one, two]) await held.release();
    await (await (await open()).model(reference)).release();
    expect(reads).toHaveLength(2);
  });

  it('that changed on the disk are fetched again', async () => {
    const model = randomBytes(5000);
    const reference = plainModel(await putFile(model));
    const held = await (await open()).model(reference);
    await held.release();
    await writeFile(held.value, 'another model');
    const again = await (await open()).model(reference);
    expect(await readFile(again.value)).toEqual(model);
    await again.release();
  });

  it('that are swapped under their digest are refused, and not kept', async () => {
    const digest = await putFile(randomBytes(5000));
    await writeFile(root.file('store', digest), randomBytes(5000));
    const cache = await open();
    await expect(cache.model(plainModel(digest))).rejects.toMatchObject({ code: 'MODEL_DIGEST_MISMATCH' });
    expect(await readdir(root.file('cache/models', digest))).toEqual([]);
    await expect(cache.model(plainModel('cd'.repeat(32)))).rejects.toMatchObject({
      code: 'ARTIFACT_MISSING',
    });
  });

  it.each(['../w', '/w', 'a/../../w', 'model.onnx', './model.onnx', '.', 'c:w', 'a\\w', ''])(
    'with weights in %j are refused',
    async (name) => {
      const digest = await putFile(randomBytes(50));
      const reference = { ...plainModel(digest), weights: [{ path: name, digest }] };
      await expect((await open()).model(reference)).rejects.toMatchObject({ code: 'MODEL_UNREADABLE' });
    },
  );
});

describe('data sets', () => {
  it('come chunk by chunk, as images are asked for', async () => {
    const { digest, bytes, image } = await putData();
    const cache = await open();
    const held = await cache.dataSet(digest);
    const data = held.value;
    expect(reads).toHaveLength(1);
    await Promise.all([data.ensure([0]), data.ensure([0, 99])]);
    expect(reads).toHaveLength(1);
    await data.ensure([3]);
    expect(reads).toHaveLength(3);
    const here = await readFile(data.file);
    const at = HEADER_BYTES + 3 * image;
    expect(here.length).toBe(bytes.length);
    expect(here.subarray(at).equals(bytes.subarray(at))).toBe(true);
    expect(cache.bytes).toBe(bytes.length);
    await held.release();
  });

  it('that are here are verified, not fetched; what is damaged is fetched', async () => {
    const { digest, bytes } = await putData();
    const first = await (await open()).dataSet(digest);
    await first.value.ensure([0, 1, 2, 3]);
    await first.release();
    const fetched = reads.length;
    const second = await (await open()).dataSet(digest);
    await second.value.ensure([0, 1, 2, 3]);
    await second.release();
    expect(reads).toHaveLength(fetched);
    const damaged = await readFile(first.value.file);
    damaged[CHUNK_BYTES + 5]! ^= 1;
    await writeFile(first.value.file, damaged);
    const third = await (await open()).dataSet(digest);
    await third.value.ensure([0, 1, 2, 3]);
    expect((await readFile(third.value.file)).equals(bytes)).toBe(true);
    expect(reads).toHaveLength(fetched + 1);
    await third.release();
  });

  it('whose bytes or list are not those of the digest are refused', async () => {
    const { digest, bytes } = await putData();
    const swapped = Buffer.from(bytes);
    swapped[2 * CHUNK_BYTES + 1]! ^= 1;
    await writeFile(root.file('store', digest), swapped);
    const held = await (await open()).dataSet(digest);
    await held.value.ensure([0]);
    await expect(held.value.ensure([3])).rejects.toMatchObject({ code: 'DATA_DIGEST_MISMATCH' });
    await held.release();
    const lying: ArtifactSource = {
      ...source,
      describe: async (asked) => ({ ...(await source.describe(asked)), chunks: ['00'.repeat(32)] }),
    };
    const cache = await ArtifactCache.open(root.file('other'), 2 ** 40, lying);
    await expect(cache.dataSet(digest)).rejects.toMatchObject({ code: 'DATA_DIGEST_MISMATCH' });
  });
});

describe('the limit', () => {
  it('takes what was used longest ago, and nothing that is held', async () => {
    const references = [];
    for (let k = 0; k < 4; k++) references.push(plainModel(await putFile(randomBytes(1000))));
    const cache = await open(2000);
    const held = await cache.model(references[0]!);
    for (const reference of references.slice(1)) await (await cache.model(reference)).release();
    expect((await readdir(root.file('cache/models'))).sort()).toEqual(
      [references[0]!.digest, references[3]!.digest].sort(),
    );
    expect(await readFile(held.value)).toHaveLength(1000);
    await held.release();
    await held.release();
    expect(cache.bytes).toBe(2000);
    const small = await open(500);
    expect(small.bytes).toBe(2000);
    await (await small.model(references[1]!)).release();
    expect(small.bytes).toBe(0);
  });

  it('never takes what the next job is handed', async () => {
    const reference = plainModel(await putFile(randomBytes(200_000)));
    for (let later = 0; later < 12; later++) {
      const cache = await open(1000);
      const first = await cache.model(reference);
      const released = first.release();
      for (let k = 0; k < later; k++) await Promise.resolve();
      const second = await cache.model(reference);
      await released;
      expect(await readFile(second.value)).toHaveLength(200_000);
      await second.release();
    }
  });
});
