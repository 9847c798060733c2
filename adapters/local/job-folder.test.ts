import { readFile, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { entryOf as storedEntry } from '../../test/support/stored-state.js';
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

const idOf = (n: number) => `j-${String(n).padStart(20, '0')}`;
const fileOf = (n: number) => folder.file('jobs', `${idOf(n)}.job`);

const entryOf = (n: number) => storedEntry(idOf(n), { createMs: 1000 + n });

describe('jobs in a folder', () => {
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
