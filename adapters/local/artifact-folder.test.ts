import { createHash, randomBytes } from 'node:crypto';
import { readdir, writeFile, truncate } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';

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
