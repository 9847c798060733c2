import { createHash, randomBytes } from 'node:crypto';
import { readdir, writeFile, truncate } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';

import { encodeHeader } from '../../shared/dataset/canonical.js';
import { CHUNK_BYTES, DataDigest } from '../../shared/dataset/data-digest.js';
import type { Artifact } from '../../shared/ports/artifact-store.js';
import { ArtifactFolder } from './artifact-folder.js';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';

const folder = folderOfEachTest();
let store: ArtifactFolder;
beforeEach(async () => {
  store = await ArtifactFolder.open(folder.path);
});

const content = randomBytes(300_000);
const artifact: Artifact = {
  digest: createHash('sha256').update(content).digest('hex'),
  kind: 'file',
  bytes: content.length,
};

async function* pieces(bytes: Uint8Array, failAt = Infinity) {
  for (let at = 0; at < bytes.length; at += 65_536) {
    if (at >= failAt) throw new Error('the connection is gone');
    yield bytes.subarray(at, at + 65_536);
    await Promise.resolve();
  }
}

async function readAll(digest: string, begin: number, end: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of store.read(digest, begin, end)) parts.push(part);
  return Buffer.concat(parts);
}

describe('ArtifactFolder', () => {
  it('keeps what has its digest, and gives back any range of it', async () => {
    expect(await store.find(artifact.digest)).toBeNull();
    await store.put(artifact, 0, pieces(content));
    expect(await store.find(artifact.digest)).toEqual(artifact);
    expect(await readAll(artifact.digest, 0, content.length)).toEqual(content);
    expect(await readAll(artifact.digest, 1000, 99_999)).toEqual(content.subarray(1000, 99_999));
    expect(await readAll(artifact.digest, 7, 7)).toHaveLength(0);
    expect(await store.list('', 10)).toEqual([artifact]);
    expect(await store.list(artifact.digest, 10)).toEqual([]);
    await store.remove(artifact.digest);
    expect(await store.find(artifact.digest)).toBeNull();
    expect(await store.list('', 10)).toEqual([]);
  });

  it('goes on with an upload that broke off', async () => {
    await expect(store.put(artifact, 0, pieces(content, 130_000))).rejects.toThrow('the connection is gone');
    const received = await store.receivedBytes(artifact.digest);
    expect(received).toBe(131_072);
    await expect(store.put(artifact, 5, pieces(content))).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' });
    await store.put(artifact, received, pieces(content.subarray(received)));
    expect(await readAll(artifact.digest, 0, content.length)).toEqual(content);
    expect(await store.receivedBytes(artifact.digest)).toBe(0);
  });

  it('refuses other bytes, more bytes and fewer bytes, and keeps nothing that is wrong', async () => {
    const wrong = Buffer.from(content);
    wrong[5]! ^= 1;
    await expect(store.put(artifact, 0, pieces(wrong))).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' });
    expect(await store.receivedBytes(artifact.digest)).toBe(0);
    const longer = Buffer.concat([content, content]);
    await expect(store.put(artifact, 0, pieces(longer))).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' });
    const shorter = content.subarray(0, -1);
    await expect(store.put(artifact, 0, pieces(shorter))).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' });
    expect(await store.find(artifact.digest)).toBeNull();
  });

  it('takes one upload of a digest at a time', async () => {
    const first = store.put(artifact, 0, pieces(content));
    const second = store.put(artifact, 0, pieces(content));
    const outcomes = await Promise.allSettled([first, second]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'ARTIFACT_BUSY' },
    });
    await store.put(artifact, 0, pieces(Buffer.alloc(0)));
    expect(await store.find(artifact.digest)).toEqual(artifact);
  });

  it('shared by two processes never takes what one of them spoils for whole', async () => {
    const other = await ArtifactFolder.open(folder.path);
    let go: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (go = resolve));
    async function* slow() {
      yield content.subarray(0, 1000);
      await waiting;
      yield Buffer.alloc(content.length - 1000, 1);
    }
    const spoiling = store.put(artifact, 0, slow());
    spoiling.catch(() => undefined);
    await other.put(artifact, 0, pieces(content));
    go();
    await expect(spoiling).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' });
    expect(await readAll(artifact.digest, 0, content.length)).toEqual(content);
    expect(await store.find(artifact.digest)).toEqual(artifact);
  });

  it('takes a data set by the digests of its chunks, if it is one', async () => {
    const shape = [2, CHUNK_BYTES / 2 + 100];
    const header = encodeHeader({ dtype: 'uint8', shape, labelled: false, start: 0, step: 1 });
    const bytes = Buffer.concat([header, Buffer.alloc(shape[0]! * shape[1]!, 7)]);
    const { digest, chunks } = new DataDigest().update(bytes).finish();
    const data: Artifact = { digest, kind: 'data-set', bytes: bytes.length };
    await store.put(data, 0, pieces(bytes));
    expect(await store.chunks(digest)).toEqual(chunks);
    const junk = new DataDigest().update(content).finish().digest;
    const none: Artifact = { digest: junk, kind: 'data-set', bytes: content.length };
    await expect(store.put(none, 0, pieces(content))).rejects.toMatchObject({ code: 'DATA_FORMAT' });
    await store.put(artifact, 0, pieces(content));
    await expect(store.chunks(artifact.digest)).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' });
  });

  it('takes no path for a digest, and does not believe what was cut or damaged', async () => {
    for (const digest of ['../x', '', 'A'.repeat(64), `${artifact.digest}/..`]) {
      await expect(store.put({ ...artifact, digest }, 0, pieces(content))).rejects.toMatchObject({
        code: 'ARTIFACT_INVALID',
      });
      expect(await store.find(digest)).toBeNull();
      expect(await store.receivedBytes(digest)).toBe(0);
      await store.remove(digest);
    }
    await store.put(artifact, 0, pieces(content));
    await truncate(folder.file(artifact.digest), 10);
    await expect(store.file(artifact.digest)).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' });
    await writeFile(folder.file(`${artifact.digest}.json`), '{');
    expect(await store.find(artifact.digest)).toBeNull();
    expect((await readdir(folder.path)).sort()).toEqual(
      ['incoming', artifact.digest, `${artifact.digest}.json`].sort(),
    );
  });

  it('has a largest size', async () => {
    const small = await ArtifactFolder.open(folder.path, 1000);
    await expect(small.put(artifact, 0, pieces(content))).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' });
  });
});
