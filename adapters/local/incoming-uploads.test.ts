import { createHash, randomBytes } from 'node:crypto';
import { readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../shared/ports/artifact-store.js';
import { ArtifactFolder } from './artifact-folder.js';
import { INCOMING_LIMITS, IncomingUploads, type IncomingLimits } from './incoming-uploads.js';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';

const root = folderOfEachTest();

const name = (digit: string) => digit.repeat(64);
const HOUR = 3_600_000;
const NOW = Date.now();

/** A file that was last written so long ago. */
async function left(file: string, bytes: number, hoursAgo: number): Promise<void> {
  await writeFile(root.file(file), Buffer.alloc(bytes));
  const at = new Date(NOW - hoursAgo * HOUR);
  await utimes(root.file(file), at, at);
}
const incoming = (limits: Partial<IncomingLimits> = {}) =>
  new IncomingUploads(root.path, { ...INCOMING_LIMITS, ...limits }, () => NOW);
const names = async () => (await readdir(root.path)).sort();

/** A disk of so many KiB that holds nothing but what is here, of which nothing is kept for others. */
const onDisk = (kib: number) =>
  new IncomingUploads(
    root.path,
    { ...INCOMING_LIMITS, reserveBytes: 0 },
    () => NOW,
    async () => {
      const sizes = await Promise.all(
        (await names()).map(async (file) => (await stat(root.file(file))).size),
      );
      const used = sizes.reduce((sum, size) => sum + size, 0);
      return { blocks: kib, bavail: kib - Math.ceil(used / 1024), bsize: 1024 };
    },
  );

describe('what broke off', () => {
  it('is kept for a day, and what a process left behind for an hour', async () => {
    await left(name('a'), 10, 23);
    await left(name('b'), 10, 25);
    await left(`${name('c')}.x`, 10, 0.9);
    await left(`${name('d')}.x`, 10, 1.1);
    await incoming().requireRoom(1);
    expect(await names()).toEqual([name('a'), `${name('c')}.x`]);
  });

  it('is kept in bounds, the newest', async () => {
    for (const [at, digit] of ['a', 'b', 'c', 'd'].entries()) await left(name(digit), 10, 10 - at);
    await incoming({ keptFiles: 3 }).requireRoom(1);
    expect(await names()).toEqual([name('b'), name('c'), name('d')]);
    await incoming({ keptBytes: 25 }).requireRoom(1);
    expect(await names()).toEqual([name('c'), name('d')]);
  });

  it('is no longer kept where its turn has come, and that of an upload that goes on is', async () => {
    await left(name('a'), 10, 30);
    await incoming().begin(name('a'), 5);
    expect(await names()).toEqual([name('a')]);
  });
});

describe('room', () => {
  it('is promised once', async () => {
    const uploads = onDisk(64);
    const first = await uploads.begin(name('a'), 32 * 1024);
    await expect(uploads.begin(name('b'), 48 * 1024)).rejects.toMatchObject({ code: 'DISK_FULL' });
    await expect(uploads.requireRoom(48 * 1024)).rejects.toMatchObject({ code: 'DISK_FULL' });
    first.wrote(16 * 1024);
    await uploads.requireRoom(48 * 1024);
    await expect(uploads.requireRoom(49 * 1024)).rejects.toMatchObject({ code: 'DISK_FULL' });
    uploads.end(first);
    await uploads.begin(name('b'), 64 * 1024);
  });

  it('is made of what broke off, the oldest first', async () => {
    for (const [at, digit] of ['a', 'b', 'c'].entries()) await left(name(digit), 16 * 1024, 3 - at);
    await onDisk(64).requireRoom(30 * 1024);
    expect(await names()).toEqual([name('b'), name('c')]);
    await expect(onDisk(64).requireRoom(65 * 1024)).rejects.toMatchObject({ code: 'DISK_FULL' });
  });

  it('is left for everything else: a share of a small disk', async () => {
    const disk = () => Promise.resolve({ blocks: 1000, bavail: 100, bsize: 1024 });
    const uploads = new IncomingUploads(root.path, INCOMING_LIMITS, () => NOW, disk);
    await uploads.requireRoom(50 * 1024);
    await expect(uploads.requireRoom(51 * 1024)).rejects.toMatchObject({ code: 'DISK_FULL' });
  });
});

describe('a store', () => {
  const content = randomBytes(100_000);
  const artifact: Artifact = {
    digest: createHash('sha256').update(content).digest('hex'),
    kind: 'file',
    bytes: content.length,
  };
  async function* pieces(error?: Error) {
    yield await Promise.resolve(content.subarray(0, 50_000));
    if (error) throw error;
    yield content.subarray(50_000);
  }

  it('that is short of space refuses before a byte is taken', async () => {
    const store = await ArtifactFolder.open(root.path, 2 ** 50, { ...INCOMING_LIMITS, reserveBytes: 0 });
    let asked = false;
    async function* never() {
      asked = true;
      yield await Promise.resolve(content);
    }
    const huge = { ...artifact, bytes: 2 ** 49 }; // More than any disk of a machine that runs tests.
    await expect(store.put(huge, 0, never())).rejects.toMatchObject({ code: 'DISK_FULL', retryable: true });
    expect(asked).toBe(false);
    await store.put(artifact, 0, pieces());
  });

  it('leaves nothing in incoming/ of an upload that begins again and ends well', async () => {
    const store = await ArtifactFolder.open(root.path);
    await expect(store.put(artifact, 0, pieces(new Error('gone')))).rejects.toThrow('gone');
    expect(await store.receivedBytes(artifact.digest)).toBe(50_000);
    await store.put(artifact, 0, pieces());
    expect(await readdir(root.file('incoming'))).toEqual([]);
  });

  it('whose disk fills all the same gets its space back', async () => {
    const store = await ArtifactFolder.open(root.path);
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' });
    await expect(store.put(artifact, 0, pieces(full))).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await readdir(root.file('incoming'))).toEqual([]);
    expect(await store.find(artifact.digest)).toBeNull();
  });
});
