import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { makeJob } from '../../test/support/jobs.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import { JobFolder } from './job-folder.js';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';

const folder = folderOfEachTest();
let damaged: [string, string][];
let store: JobFolder;

const open = () => JobFolder.open(folder.file('jobs'), (file, { code }) => damaged.push([file, code]));

beforeEach(async () => {
  damaged = [];
  store = await open();
});
afterEach(async () => {
  await store.close();
});

const DIGEST = 'ab'.repeat(32);
const idOf = (n: number) => `j-${String(n).padStart(20, '0')}`;
const fileOf = (n: number) => folder.file('jobs', `${idOf(n)}.job`);

const entryOf = (n: number, more: Partial<JobEntry> = {}): JobEntry => ({
  id: idOf(n),
  requestId: `request ${n}`,
  requestDigest: DIGEST,
  createMs: 1000 + n,
  startMs: null,
  spec: {
    model: { digest: DIGEST, fileDigest: DIGEST, weights: [], uri: null },
    data: { digest: DIGEST, uri: 'https://x.example/d' },
    images: { start: 0, stop: 3, step: 1 },
    sigma: 0.5,
    seed: '7',
    normalisation: { inputScale: 1, mean: [0], std: [1] },
    layout: 'auto',
    output: null,
    batch: null,
    device: 'cpu',
    alpha: 0.001,
    bound: 'anytime',
    stop: { kind: 'gain', minGain: 0.02 },
    maxSamples: 512,
  },
  job: null,
  prepared: null,
  cancelRequested: false,
  ending: null,
  ...more,
});

describe('jobs in a folder', () => {
  it('are there for whoever opens it next, whole', async () => {
    const whole = entryOf(1, { startMs: 5, job: makeJob(), cancelRequested: true });
    expect(await store.create(whole)).toBe('created');
    const again = await open();
    expect((await again.get(idOf(1)))!.entry).toEqual(whole);
    expect(await again.get(idOf(2))).toBeNull();
    expect(await again.get('../x')).toBeNull();
    expect(await again.create(entryOf(1))).toBe('exists');
    expect((await again.get(idOf(1)))!.entry).toEqual(whole);
    expect(await readdir(folder.file('jobs'))).toEqual([`${idOf(1)}.job`]);
  });

  it('are replaced only by somebody who has seen the last version', async () => {
    await store.create(entryOf(1));
    const { version } = (await store.get(idOf(1)))!;
    const changed = entryOf(1, { cancelRequested: true });
    const both = await Promise.all([store.replace(changed, version), store.replace(entryOf(1), version)]);
    expect(both).toEqual(['replaced', 'changed']);
    const now = (await store.get(idOf(1)))!;
    expect(now.entry).toEqual(changed);
    expect(await store.replace(entryOf(1), now.version)).toBe('replaced');
    expect(await store.replace(entryOf(2), 1)).toBe('changed');
    await store.remove(idOf(1));
    await store.remove(idOf(1));
    const gone = (await store.get(idOf(1))) ?? (await store.replace(entryOf(1), now.version + 1));
    expect(gone).toBe('changed');
  });

  it('are listed newest first; what cannot be read is left out and told', async () => {
    for (const n of [2, 1, 3, 4]) await store.create(entryOf(n));
    const bytes = await readFile(fileOf(1));
    bytes[40]! ^= 1;
    await writeFile(fileOf(1), bytes);
    await writeFile(fileOf(3), (await readFile(fileOf(3))).subarray(0, 30));
    await writeFile(folder.file('jobs', 'notes.txt'), 'not mine');
    expect((await store.list()).map(({ entry }) => entry.id)).toEqual([idOf(4), idOf(2)]);
    expect(damaged.sort()).toEqual([
      [fileOf(1), 'JOB_FILE_DAMAGED'],
      [fileOf(3), 'JOB_FILE_DAMAGED'],
    ]);
    await expect(store.get(idOf(1))).rejects.toMatchObject({ code: 'JOB_FILE_DAMAGED' });
    expect(await store.create(entryOf(1))).toBe('exists');
    await store.remove(idOf(1));
    expect(await store.create(entryOf(1))).toBe('created');
  });

  it('need a folder', async () => {
    await writeFile(folder.file('file'), '');
    await expect(JobFolder.open(folder.file('file', 'jobs'), () => undefined)).rejects.toMatchObject({
      code: 'FOLDER_UNUSABLE',
    });
    await rm(folder.file('jobs'), { recursive: true });
    await expect(store.list()).rejects.toMatchObject({ code: 'FOLDER_UNUSABLE' });
    await expect(store.create(entryOf(1))).rejects.toMatchObject({ code: 'FOLDER_UNUSABLE' });
  });
});
