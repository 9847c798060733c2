import { rmSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';

import { SmoothcertError } from './errors.js';
import { storageError, writeAtomically } from './files.js';
import { folderOfEachTest } from '../test/support/temporary-folder.js';

const folder = folderOfEachTest();
let file: string;
beforeEach(() => {
  file = folder.file('results');
});

function* pieces(fail?: Error) {
  yield 'one\n';
  if (fail) throw fail;
  yield 'two\n';
}

describe('writing a file', () => {
  it.each<[string, string | Uint8Array | (() => Iterable<string>)]>([
    ['text', 'one\ntwo\n'],
    ['bytes', Buffer.from('one\ntwo\n')],
    ['pieces', () => pieces()],
  ])('replaces the old content as a whole: %s', async (_, content) => {
    await writeFile(file, 'old');
    await writeAtomically(file, typeof content === 'function' ? content() : content);
    expect(await readFile(file, 'utf8')).toBe('one\ntwo\n');
    expect(await readdir(folder.path)).toEqual(['results']);
  });

  it('keeps the old content where the new one cannot be made, and does not blame the folder', async () => {
    await writeFile(file, 'old');
    const bug = new TypeError('a bug');
    await expect(writeAtomically(file, pieces(bug))).rejects.toBe(bug);
    const known = new SmoothcertError('INTERNAL', 'A.', 'B.');
    await expect(writeAtomically(file, pieces(known))).rejects.toBe(known);
    expect(await readFile(file, 'utf8')).toBe('old');
    expect(await readdir(folder.path)).toEqual(['results']);
  });

  it('overwrites what a crash left of it, and follows no link at the temporary name', async () => {
    await writeFile(`${file}.tmp`, 'left over');
    await writeAtomically(file, 'new');
    const victim = folder.file('victim');
    await writeFile(victim, 'mine');
    await symlink(victim, `${file}.tmp`);
    await writeAtomically(file, 'newer');
    expect(await readFile(victim, 'utf8')).toBe('mine');
    expect(await readFile(file, 'utf8')).toBe('newer');
    expect((await readdir(folder.path)).sort()).toEqual(['results', 'victim']);
  });

  it('is refused where another process has taken the temporary name meanwhile, whose content stays', async () => {
    await writeFile(file, 'old');
    function* overtaken() {
      yield 'one\n';
      rmSync(`${file}.tmp`);
      writeFileSync(`${file}.tmp`, 'of another');
      yield 'two\n';
    }
    await expect(writeAtomically(file, overtaken())).rejects.toMatchObject({ code: 'FOLDER_UNUSABLE' });
    expect(await readFile(file, 'utf8')).toBe('old');
    expect(await readFile(`${file}.tmp`, 'utf8')).toBe('of another');
  });

  it('is refused with a sentence where it is not possible', async () => {
    await mkdir(file);
    await expect(writeAtomically(file, 'x')).rejects.toMatchObject({ code: 'FOLDER_UNUSABLE' });
    await expect(writeAtomically(folder.file('none', 'x'), 'x')).rejects.toMatchObject({
      code: 'FOLDER_UNUSABLE',
      message: expect.stringMatching(/cannot be written \(ENOENT\)\.$/) as unknown,
    });
    expect(await readdir(folder.path)).toEqual(['results']);
  });
});

describe('an error of the file system', () => {
  it.each([
    ['ENOSPC', 'DISK_FULL'],
    ['EDQUOT', 'DISK_FULL'],
    ['EACCES', 'FOLDER_UNUSABLE'],
    [undefined, 'FOLDER_UNUSABLE'],
  ])('%s is %s', (code, expected) => {
    const cause = Object.assign(new Error('no'), { code });
    expect(storageError(cause, file)).toMatchObject({ code: expected, cause });
  });
});
