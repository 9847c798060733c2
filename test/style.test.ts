import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './harness/command.js';

/** Every folder of code. */
const FOLDERS =
  'adapters analysis api bench cli coordinator input library page report scripts shared site statistics test worker'.split(
    ' ',
  );
/** This file quotes what it forbids. */
const OWN_NAME = 'test/style.test.ts';

/** A doc comment that begins with a question instead of saying what its function does or returns. */
const QUESTION = /\/\*\*\s*(?:\*\s*)?(What|Whether)\b/g;
/** A document that readers of the repository do not have. */
const ELSEWHERE = /design decision|\(design D\d/gi;

/** The offending places of a text, as line numbers. */
function faultsOf(text: string): number[] {
  return [QUESTION, ELSEWHERE].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(({ index }) => text.slice(0, index).split('\n').length),
  );
}

function sourcesOf(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.m?tsx?$|\.mjs$/.test(file) && !file.endsWith('generated.d.ts'))
    .map((file) => path.posix.join(folder, file.replaceAll(path.sep, '/')))
    .filter((file) => file !== OWN_NAME);
}

describe('doc comments', () => {
  it.each(FOLDERS)('of %s begin with a verb or a noun, and point to no document elsewhere', (folder) => {
    const files = sourcesOf(folder);
    expect(files.length).toBeGreaterThan(3);
    const faults = files.flatMap((file) => {
      const lines = faultsOf(readFileSync(path.join(ROOT, file), 'utf8'));
      return lines.map((line) => `${file}:${line}`);
    });
    expect(faults).toEqual([]);
  });

  it.each([
    ['/** What it returns. */', [1]],
    ['const a = 1;\n/**\n * Whether it is so.\n */', [2]],
    ['// See design decision 4.', [1]],
    ['/** Returns what it is given. */', []],
  ])('are read: %j', (text, lines) => {
    expect(faultsOf(text)).toEqual(lines);
  });
});
