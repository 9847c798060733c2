import { writeFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { Tls } from './tls.js';
import { Tokens } from './tokens.js';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';

const folder = folderOfEachTest();
let file: string;
beforeEach(() => {
  file = folder.file('tokens');
});

describe('Tokens', () => {
  it.each([
    ['', 'holds no token'],
    ['\n \n', 'holds no token'],
    ['good\nnot good\n', 'holds something else than a token in line 2'],
    ['# comment\n', 'line 1'],
    ['x'.repeat(2 ** 20 + 1), 'cannot be read'],
  ])('refuses a file with %j', async (text, why) => {
    await writeFile(file, text);
    await expect(Tokens.open(file)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining(why) as string,
    });
  });

  it('refuses a file that is not there', async () => {
    await expect(Tokens.open(file)).rejects.toMatchObject({
      message: `The token file ${file} cannot be read.`,
    });
  });

  it('knows each of its lines, in the header’s form only', async () => {
    await writeFile(file, 'first\r\n  second+/=  \n');
    const tokens = await Tokens.open(file);
    for (const header of ['Bearer first', 'bearer first', 'Bearer   second+/=']) {
      expect(await tokens.accept(header)).toBe(true);
    }
    for (const header of [
      undefined,
      '',
      'first',
      'Basic first',
      'Bearer',
      'Bearer first second',
      'Bearer firs',
    ]) {
      expect(await tokens.accept(header)).toBe(false);
    }
  });

  it('lets nobody in while the file is empty, and reads it again', async () => {
    await writeFile(file, 'first\n');
    const tokens = await Tokens.open(file);
    await writeFile(file, '');
    expect(await tokens.accept('Bearer first')).toBe(false);
    expect(await tokens.accept('Bearer ')).toBe(false);
    await writeFile(file, 'not a token\nfirst\n');
    expect(await Promise.all([tokens.accept('Bearer first'), tokens.accept('Bearer not')])).toEqual([
      true,
      false,
    ]);
  });
});

describe('Tls', () => {
  it('names the file that is at fault', async () => {
    const nowhere = folder.file('nowhere');
    await writeFile(file, 'this is no PEM');
    expect(() => Tls.open({ cert: nowhere, key: file, clientCa: null })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: `${nowhere} cannot be read.` }),
    );
    expect(() => Tls.open({ cert: file, key: file, clientCa: null })).toThrow(
      `${file} holds no certificate in PEM.`,
    );
  });
});
