import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_NAME, MOST_CLASS_NAMES, decodeImageNames, encodeImageNames, nameOf } from './image-names.js';

describe('the name of a file or a class', () => {
  it('stays as it is if it can be shown', () => {
    for (const name of ['cat/12.png', 'Käfer ß', '猫', '😀', 'a "b" \\n', ''])
      expect(nameOf(name)).toBe(name);
  });

  it('is one line without control characters, and bounded', () => {
    expect(nameOf('a\tb\n\u001b[31m')).toBe('a\\tb\\n\\u{1b}[31m');
    expect(nameOf('x'.repeat(5_000))).toBe('x'.repeat(LONGEST_NAME));
  });

  it('comes through a second time as it came through the first', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 3 * LONGEST_NAME });
    fc.assert(
      fc.property(texts, (text) => {
        const name = nameOf(text);
        expect(nameOf(name)).toBe(name);
        expect(Array.from(name).length).toBeLessThanOrEqual(LONGEST_NAME);
        expect(name).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });
});

describe('the names of images and classes', () => {
  const NAMES = { files: ['a/1.png', '', 'b/"2".png'], classes: ['a', 'b'] };

  it.each([[NAMES], [{ files: null, classes: ['a'] }], [{ files: ['1.png'], classes: null }]])(
    'are read as they were written: %j',
    (names) => {
      expect(decodeImageNames(encodeImageNames(names), 3)).toEqual(names);
    },
  );

  it('can be shown whoever wrote them', () => {
    const bytes = encodeImageNames({ files: ['a\u001b[2J'], classes: null });
    expect(decodeImageNames(bytes, 3)?.files).toEqual(['a\\u{1b}[2J']);
  });

  it.each<[string, unknown]>([
    ['more files than there can be images', { files: ['a', 'b', 'c', 'd'], classes: null }],
    ['more classes than any model has', { files: null, classes: Array(MOST_CLASS_NAMES + 1).fill('a') }],
    ['a name that is no text', { files: null, classes: ['a', 1] }],
    ['no list', { files: 'a', classes: null }],
    ['nothing of classes', { files: null }],
    ['no object', null],
  ])('are none with %s', (_, content) => {
    expect(decodeImageNames(Buffer.from(JSON.stringify(content)), 3)).toBeNull();
  });

  it('are none where the bytes are no JSON, no UTF-8, or too many', () => {
    expect(decodeImageNames(Buffer.from('{"files":'), 3)).toBeNull();
    expect(decodeImageNames(Buffer.from([0x22, 0xff, 0x22]), 3)).toBeNull();
    expect(decodeImageNames(new Uint8Array(2 ** 24 + 1).fill(0x20), 3)).toBeNull();
  });
});
