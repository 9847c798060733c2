import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

import { writeJobFile } from '../certify/job-file.js';
import { countsOf } from '../../test/support/drawings.js';
import { jobNotes } from '../../test/support/job-notes.js';
import { makeJob } from '../../test/support/jobs.js';
import { folderOfAllTests } from '../../test/support/temporary-folder.js';
import { requireComparable, withDistinctNames } from './comparable.js';
import { readDrawing } from './read-drawing.js';

const folder = folderOfAllTests();
const NOTES = jobNotes();
const STOP = { kind: 'fixed', selection: 10, keepCounts: true } as const;
const LOOKS = [10, 20, 60];
const JOB = makeJob({ alpha: 0.01, bound: 'clopper-pearson', stop: STOP, looks: LOOKS });

const line = (image: number, change: object = {}) => {
  const looks = LOOKS.map((n) => ({ n, ...countsOf(n, Math.floor(n / 10)) }));
  return JSON.stringify({ image, label: 3, outcome: 'certified', looks, ...change });
};

let made = 0;
async function folderOf(lines: readonly string[], job = JOB): Promise<string> {
  const at = folder.file(`job-${made++}`);
  await mkdir(at);
  await writeJobFile(at, job, NOTES);
  await writeFile(`${at}/results.jsonl`, lines.map((one) => `${one}\n`).join(''));
  return at;
}

describe('the drawing of a folder', () => {
  it('is its job and its results, those of failed images left out', async () => {
    const lines = [line(0), line(1, { label: null }), line(2, { outcome: 'failed', looks: [] })];
    const drawing = await readDrawing(await folderOf(lines));
    expect(drawing).toMatchObject({
      name: 'σ = 0.5',
      noise: { kind: 'gaussian', scale: 0.5 },
      alpha: 0.01,
      selection: 10,
      sizes: [10, 50],
      failed: 1,
    });
    expect(drawing.images.map(({ right, failures }) => [right, failures])).toEqual([
      [true, [1, 5]],
      [null, [1, 5]],
    ]);
  });

  it.each<[string, string]>([
    ['no JSON', 'x'],
    ['no object', '3'],
    ['no image', line(-1)],
    ['a label that is none', line(0, { label: 'cat' })],
    ['no looks', line(0, { looks: 3 })],
    ['too few looks', line(0, { looks: [countsOf(10, 0)] })],
    ['counts of other numbers of samples', line(0, { looks: [10, 21, 60].map((n) => countsOf(n, 0)) })],
    ['votes that vanish', line(0, { looks: [countsOf(10, 5), countsOf(20, 2), countsOf(60, 9)] })],
    [
      'classes that fall',
      line(0, { looks: LOOKS.map((n) => ({ classes: [5, 3], votes: [1, n - 1], invalid: 0 })) }),
    ],
    [
      'votes of nobody',
      line(0, { looks: LOOKS.map((n) => ({ classes: [3, 5], votes: [n, 0], invalid: 0 })) }),
    ],
    [
      'invalid votes that are no number',
      line(0, { looks: LOOKS.map((n) => ({ classes: [3], votes: [n] })) }),
    ],
    [
      'classes that are no list',
      line(0, { looks: LOOKS.map((n) => ({ classes: 3, votes: [n], invalid: 0 })) }),
    ],
    ['a look that is nothing', line(0, { looks: [null, countsOf(20, 0), countsOf(60, 0)] })],
  ])('is refused with %s, and the line is named', async (_, wrong) => {
    await expect(readDrawing(await folderOf([line(0), wrong]))).rejects.toMatchObject({
      code: 'JOB_FILE_DAMAGED',
      message: expect.stringMatching(/line 2 has not the counts of its job\.$/) as unknown,
      exitCode: 2,
    });
  });

  it('is refused where there is none', async () => {
    const other = makeJob({
      bound: 'clopper-pearson',
      stop: { kind: 'fixed', selection: 10 },
      looks: [10, 60],
    });
    const unusable = (message: RegExp): unknown =>
      expect.objectContaining({
        code: 'FOLDER_UNUSABLE',
        message: expect.stringMatching(message) as unknown,
      });
    const file = folder.file('results.tsv');
    await writeFile(file, '');
    await expect(readDrawing(file)).rejects.toEqual(unusable(/results\.tsv is no folder\.$/));
    await expect(readDrawing(folder.file('nowhere'))).rejects.toEqual(unusable(/holds no job\.$/));
    await expect(readDrawing(await folderOf([line(0)], other))).rejects.toEqual(
      unusable(/holds no counts of smaller/),
    );
    await expect(readDrawing(await folderOf([line(0)], makeJob()))).rejects.toEqual(
      unusable(/holds no counts of smaller/),
    );
    const empty = folder.file('empty');
    await mkdir(empty);
    await writeJobFile(empty, JOB, NOTES);
    await expect(readDrawing(empty)).rejects.toEqual(unusable(/holds no results\.jsonl that can be read\.$/));
    const failed = await folderOf([line(0, { outcome: 'failed' })]);
    await expect(readDrawing(failed)).rejects.toEqual(unusable(/has no image with a result\.$/));
  });
});

describe('drawings that are compared', () => {
  it('have names of their own, and one α', async () => {
    const [one, other] = [await folderOf([line(0)]), await folderOf([line(0)])];
    const both = [await readDrawing(one), await readDrawing(other)];
    const names = withDistinctNames(both, [one, other]).map(({ name }) => name);
    expect(names).toEqual([`σ = 0.5 (${one})`, `σ = 0.5 (${other})`]);
    expect(withDistinctNames([both[0]!], [one])).toEqual([both[0]]);
    requireComparable(both, [one, other]);
    expect(() => requireComparable(both, [one, one])).toThrow(/^--from names .* twice\.$/);
    const unlike = [both[0]!, { ...both[1]!, alpha: 0.1 }];
    expect(() => requireComparable(unlike, ['a', 'b'])).toThrow('a is of α = 0.01, and b of α = 0.1.');
  });
});
