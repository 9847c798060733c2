import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';
import { readClassNames, requireClassNames } from './class-names.js';

const folder = folderOfEachTest();
const read = async (content: string | Uint8Array) => {
  await writeFile(folder.file('names'), content);
  return readClassNames(folder.file('names'));
};

describe('a file of names of classes', () => {
  it.each<[string, string[]]>([
    ['ape\nbee\n', ['ape', 'bee']],
    ['ape\r\nbee\r\n\r\n', ['ape', 'bee']],
    ['\uFEFFape\nbee', ['ape', 'bee']],
    ['great white shark, "Jaws"\nKäfer', ['great white shark, "Jaws"', 'Käfer']],
    ['["ape", "bee"]\n', ['ape', 'bee']],
    ['[\n"a\\u001b[2J"]', ['a\\u{1b}[2J']],
    ['red\u001b[31m', ['red\\u{1b}[31m']],
  ])('is read: %j', async (content, names) => {
    expect(await read(content)).toEqual(names);
  });

  it.each<[string, string | Uint8Array, string]>([
    ['an empty line', 'ape\n\nbee', 'class 1 has none'],
    ['nothing', '', 'class 0 has none'],
    ['an empty name in a list', '["ape", " "]', 'class 1 has none'],
    ['a list of other things', '["ape", 1]', 'no list of at most 65536 texts'],
    ['a list that is cut', '["ape"', 'no list of at most 65536 texts'],
    ['too many', 'x\n'.repeat(65_537), 'no list of at most 65536 texts'],
    ['other bytes', Buffer.from([0xff, 0xfe, 0x41]), 'no text in UTF-8'],
    ['too many bytes', new Uint8Array(2 ** 24 + 1), 'more than 16777216 bytes'],
  ])('is refused with %s', async (_, content, why) => {
    await expect(read(content)).rejects.toMatchObject({
      code: 'DATA_FORMAT',
      message: expect.stringContaining(why) as string,
    });
  });

  it('is refused where there is none', async () => {
    await expect(readClassNames(folder.file('none'))).rejects.toMatchObject({ code: 'DATA_UNREADABLE' });
  });

  it('has a name for each class of the model, no more and no fewer', () => {
    requireClassNames(['ape', 'bee'], 2);
    for (const classes of [1, 3])
      expect(() => requireClassNames(['ape', 'bee'], classes)).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
  });
});
