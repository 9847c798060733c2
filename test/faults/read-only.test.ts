import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { contentOf, runCommand } from '../harness/command.js';
import { digitsJob } from '../harness/digits-job.js';
import { SmallDisk, mayMount } from '../harness/small-disk.js';

const MOUNTING = mayMount();

/** The command's words where not one file of this folder can be written. */
const refused = (file: string) => ({
  code: 2,
  stdout: '',
  stderr: `Error FOLDER_UNUSABLE: ${file} cannot be written (EROFS).\nGive --out a folder that you may write to.\n`,
});

test.skipIf(!MOUNTING)('a folder on a read-only disk, there or not, is refused with a sentence', async () => {
  using disk = SmallDisk.mount('64k');
  disk.setReadOnly(true);
  expect(await runCommand(digitsJob(disk.path))).toMatchObject(refused(disk.file('lock')));
  expect(await runCommand(digitsJob(disk.file('new')))).toMatchObject(refused(disk.file('new')));
  expect(await readdir(disk.path)).toEqual([]);
});

test.skipIf(!MOUNTING)(
  'so is a finished job on a disk that became read-only, and it stays as it is',
  async () => {
    using disk = SmallDisk.mount('256k');
    const job = digitsJob(disk.path, { 'max-samples': 256 });
    const first = await runCommand(job);
    expect(first.code).toBe(0);
    const before = await contentOf(disk.path);
    disk.setReadOnly(true);
    expect(await runCommand(job)).toMatchObject(refused(disk.file('lock')));
    expect(await runCommand(['results', disk.path])).toMatchObject(refused(disk.file('lock')));
    expect(await contentOf(disk.path)).toEqual(before);
    disk.setReadOnly(false);
    expect(await runCommand(job)).toMatchObject({ code: 0, stderr: '' });
    expect(await contentOf(disk.path)).toEqual(before);
  },
);
