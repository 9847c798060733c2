import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

import { encodeHeader } from '../../shared/dataset/canonical.js';
import { CHUNK_BYTES, DataDigest } from '../../shared/dataset/data-digest.js';
import type { Artifact, ArtifactStore } from '../../shared/ports/artifact-store.js';

/** Where artifacts are kept: what outlives the processes that open it. */
export interface ArtifactPlace extends AsyncDisposable {
  /** Opens the store as a further process would. */
  open(): Promise<ArtifactStore>;
}

export interface ArtifactAdapter {
  /** Makes a place without artifacts. */
  readonly create: () => Promise<ArtifactPlace>;
}

const PIECE_BYTES = 65_536;
const content = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, at) => (at * at) >> 5));
const artifact = fileOf(content);
const unknown = 'ab'.repeat(32);

function fileOf(bytes: Uint8Array): Artifact {
  return { digest: createHash('sha256').update(bytes).digest('hex'), kind: 'file', bytes: bytes.length };
}

/** Gives the bytes piece by piece, and fails at the first piece that begins at `failAt` or behind it. */
async function* pieces(bytes: Uint8Array, failAt = Infinity) {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    if (at >= failAt) throw new Error('the connection is gone');
    yield bytes.subarray(at, at + PIECE_BYTES);
    await Promise.resolve();
  }
}

async function bytesIn(store: ArtifactStore, digest: string, begin: number, end: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of store.read(digest, begin, end)) parts.push(part);
  return Buffer.concat(parts);
}

/** Tests the promises of every artifact store. */
export function describeArtifactStore(name: string, adapter: ArtifactAdapter): void {
  describe(`the artifact store: ${name}`, () => {
    describeKeeping(adapter);
    describeUploads(adapter);
    describeUse(adapter);
  });
}

function describeKeeping({ create }: ArtifactAdapter): void {
  it('keeps bytes that have their digest, and gives any range of them to whoever opens it', async () => {
    await using place = await create();
    const store = await place.open();
    await store.put(artifact, 0, pieces(content));
    for (const each of [store, await place.open()]) {
      expect(await each.find(artifact.digest)).toEqual(artifact);
      expect(await bytesIn(each, artifact.digest, 0, content.length)).toEqual(content);
      expect(await bytesIn(each, artifact.digest, 1000, 99_999)).toEqual(content.subarray(1000, 99_999));
      expect(await bytesIn(each, artifact.digest, 7, 7)).toHaveLength(0);
      expect(await readFile(await each.file(artifact.digest))).toEqual(content);
    }
  });

  it('has nothing under a digest that was never put', async () => {
    await using place = await create();
    const store = await place.open();
    expect(await store.find(unknown)).toBeNull();
    expect(await store.receivedBytes(unknown)).toBe(0);
    expect([await store.use(unknown), await store.lastUse(unknown)]).toEqual([false, null]);
    expect(await store.removeUnused(unknown, Date.now())).toBe(false);
    const missing = { code: 'ARTIFACT_MISSING' };
    await expect(bytesIn(store, unknown, 0, 1)).rejects.toMatchObject(missing);
    await expect(store.chunks(unknown)).rejects.toMatchObject(missing);
    await expect(store.file(unknown)).rejects.toMatchObject(missing);
    await store.remove(unknown);
    expect(await store.list('', 10)).toEqual([]);
  });

  it('lists artifacts by digest, so many at a time, behind the one that is named', async () => {
    await using place = await create();
    const store = await place.open();
    const many = Array.from({ length: 7 }, (_, k) => Buffer.from(`artifact ${k}`));
    for (const bytes of many) await store.put(fileOf(bytes), 0, pieces(bytes));
    const sorted = many.map(fileOf).sort((a, b) => (a.digest < b.digest ? -1 : 1));
    expect(await store.list('', 10)).toEqual(sorted);
    expect(await store.list('', 3)).toEqual(sorted.slice(0, 3));
    expect(await store.list(sorted[2]!.digest, 3)).toEqual(sorted.slice(3, 6));
    expect(await store.list(sorted[6]!.digest, 3)).toEqual([]);
    await store.remove(sorted[0]!.digest);
    expect(await store.list('', 2)).toEqual(sorted.slice(1, 3));
    expect(await store.find(sorted[0]!.digest)).toBeNull();
  });

  it('takes a data set by the digests of its chunks, and nothing else as one', async () => {
    await using place = await create();
    const store = await place.open();
    const shape = [2, CHUNK_BYTES / 2 + 100];
    const header = encodeHeader({ dtype: 'uint8', shape, labelled: false, start: 0, step: 1 });
    const bytes = Buffer.concat([header, Buffer.alloc(shape[0]! * shape[1]!, 7)]);
    const { digest, chunks } = new DataDigest().update(bytes).finish();
    await store.put({ digest, kind: 'data-set', bytes: bytes.length }, 0, pieces(bytes));
    expect(await store.chunks(digest)).toEqual(chunks);
    const junk = new DataDigest().update(content).finish().digest;
    const none: Artifact = { digest: junk, kind: 'data-set', bytes: content.length };
    await expect(store.put(none, 0, pieces(content))).rejects.toMatchObject({ code: 'DATA_FORMAT' });
    await store.put(artifact, 0, pieces(content));
    await expect(store.chunks(artifact.digest)).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' });
  });
}

function describeUploads({ create }: ArtifactAdapter): void {
  const invalid = { code: 'ARTIFACT_INVALID' };

  it('goes on with an upload that broke off, from the byte that it says and from no other', async () => {
    await using place = await create();
    const store = await place.open();
    await expect(store.put(artifact, 0, pieces(content, 130_000))).rejects.toThrow('the connection is gone');
    expect(await store.find(artifact.digest)).toBeNull();
    const received = await store.receivedBytes(artifact.digest);
    expect(received).toBe(2 * PIECE_BYTES);
    await expect(store.put(artifact, 5, pieces(content))).rejects.toMatchObject(invalid);
    await store.put(artifact, received, pieces(content.subarray(received)));
    expect(await bytesIn(store, artifact.digest, 0, content.length)).toEqual(content);
    expect(await store.receivedBytes(artifact.digest)).toBe(0);
  });

  it('begins anew an upload that broke off, where the sender wants that', async () => {
    await using place = await create();
    const store = await place.open();
    await expect(store.put(artifact, 0, pieces(content, 130_000))).rejects.toThrow('the connection is gone');
    await store.put(artifact, 0, pieces(content));
    expect(await bytesIn(store, artifact.digest, 0, content.length)).toEqual(content);
  });

  it('refuses other bytes, more bytes and fewer bytes, and keeps none that are wrong', async () => {
    await using place = await create();
    const store = await place.open();
    const wrong = Buffer.from(content);
    wrong[5]! ^= 1;
    await expect(store.put(artifact, 0, pieces(wrong))).rejects.toMatchObject(invalid);
    expect(await store.receivedBytes(artifact.digest)).toBe(0);
    const longer = Buffer.concat([content, content]);
    await expect(store.put(artifact, 0, pieces(longer))).rejects.toMatchObject(invalid);
    const shorter = content.subarray(0, -1);
    await expect(store.put(artifact, 0, pieces(shorter))).rejects.toMatchObject(invalid);
    expect(await store.find(artifact.digest)).toBeNull();
    expect(await store.list('', 10)).toEqual([]);
  });

  it('takes one upload of a digest at a time, and what it holds already without reading it', async () => {
    await using place = await create();
    const store = await place.open();
    const uploads = [store.put(artifact, 0, pieces(content)), store.put(artifact, 0, pieces(content))];
    const outcomes = await Promise.allSettled(uploads);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'ARTIFACT_BUSY' },
    });
    await store.put(artifact, 0, pieces(Buffer.alloc(0)));
    expect(await store.find(artifact.digest)).toEqual(artifact);
  });

  it('has room for a few bytes, and for no more than any disk has', async () => {
    await using place = await create();
    const store = await place.open();
    await store.requireRoom(1);
    await expect(store.requireRoom(2 ** 60)).rejects.toMatchObject({ code: 'DISK_FULL' });
  });
}

function describeUse({ create }: ArtifactAdapter): void {
  const [past, future] = [0, 8e15];

  it('remembers when an artifact was last put or used', async () => {
    await using place = await create();
    const store = await place.open();
    await store.put(artifact, 0, pieces(content));
    const put = (await store.lastUse(artifact.digest))!;
    expect(Math.abs(put - Date.now())).toBeLessThan(60_000);
    expect(await (await place.open()).use(artifact.digest)).toBe(true);
    expect(await store.lastUse(artifact.digest)).toBeGreaterThanOrEqual(put);
  });

  it('removes an artifact that nobody has used since a moment, and none that was used', async () => {
    await using place = await create();
    const store = await place.open();
    await store.put(artifact, 0, pieces(content));
    expect(await store.removeUnused(artifact.digest, past)).toBe(false);
    expect(await store.find(artifact.digest)).toEqual(artifact);
    expect(await store.removeUnused(artifact.digest, future)).toBe(true);
    expect(await store.find(artifact.digest)).toBeNull();
    expect(await store.use(artifact.digest)).toBe(false);
    await store.put(artifact, 0, pieces(content));
    expect(await bytesIn(store, artifact.digest, 0, content.length)).toEqual(content);
  });
}
