import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

import { OutputFolder } from './output-folder.js';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';

const root = folderOfEachTest();

describe('the folder of a job', () => {
  it('is created with all above it, and gone again where the job did not begin', async () => {
    const folder = await OutputFolder.open(root.file('a', 'b'));
    expect(await readdir(root.file('a', 'b'))).toEqual(['lock']);
    await writeFile(folder.dataFile, 'pixels');
    folder.close();
    expect(await readdir(root.path)).toEqual([]);
  });

  it('stays with what the job wrote, without lock and data, once the job began', async () => {
    const folder = await OutputFolder.open(root.file('a'));
    await writeFile(folder.file('job.json'), '{}');
    await writeFile(folder.dataFile, 'pixels');
    folder.begun = true;
    folder.close();
    expect(await readdir(root.file('a'))).toEqual(['job.json']);
  });

  it('is left as it was where it was there before', async () => {
    const at = root.file('a');
    await mkdir(at);
    (await OutputFolder.open(at)).close();
    expect(await readdir(root.path)).toEqual(['a']);
    await writeFile(path.join(at, 'notes.txt'), 'mine');
    (await OutputFolder.open(at)).close();
    expect(await readdir(at)).toEqual(['notes.txt']);
  });

  it('stays where somebody else put something into it meanwhile', async () => {
    const folder = await OutputFolder.open(root.file('a', 'b'));
    await writeFile(folder.file('notes.txt'), 'theirs');
    folder.close();
    expect(await readdir(root.file('a', 'b'))).toEqual(['notes.txt']);
  });

  it('is refused while it is held, and the holder keeps it', async () => {
    const folder = await OutputFolder.open(root.file('a'));
    await expect(OutputFolder.open(root.file('a'))).rejects.toMatchObject({ code: 'FOLDER_LOCKED' });
    expect(await readdir(root.file('a'))).toEqual(['lock']);
    folder.close();
    (await OutputFolder.open(root.file('a'))).close();
  });

  it('is refused where it is a file', async () => {
    await writeFile(root.file('a'), '');
    await expect(OutputFolder.open(root.file('a'))).rejects.toMatchObject({ code: 'FOLDER_UNUSABLE' });
    await expect(OutputFolder.open(root.file('a', 'b'))).rejects.toMatchObject({
      code: 'FOLDER_UNUSABLE',
    });
  });
});
