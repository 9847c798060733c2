import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { JobFold } from '../../coordinator/core/job-fold.js';
import { topkRows } from '../../coordinator/results/topk-counts.js';
import { FileLedger } from '../../adapters/local/file-ledger.js';
import { FolderLock } from '../../adapters/local/folder-lock.js';
import { jobDigest, type Job } from '../../shared/job.js';
import { jobNotes } from '../../test/support/job-notes.js';
import {
  FIXED,
  TARGET,
  TWO_STAGE,
  allShards,
  counted,
  makeJob,
  makeRecord,
  voterOf,
} from '../../test/support/jobs.js';
import { valuesFrom } from '../../test/support/verb-values.js';
import { writeImagesFile } from '../certify/images-file.js';
import { writeJobFile } from '../certify/job-file.js';
import { callOf, commandOf } from '../command/verb.js';
import { resultsConfig } from './results-flags.js';
import { RESULTS } from './results-verb.js';
import { writeResults } from './write-results.js';
import { showResults } from './show-results.js';
import type { Summary } from './summary.js';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';

const NOTES = jobNotes({ notes: ['It is slow.'] });
const IMAGES = 12;
const LABELS = Int32Array.from({ length: IMAGES }, (_, image) => (image === 5 ? 9 : image % 10));
const voter = voterOf(4, (image) => 0.6 + image / 30);

const folder = folderOfEachTest();
const file = (name: string) => folder.file(name);
afterEach(() => void vi.restoreAllMocks());

/** A folder as `certify` leaves it, with the votes of these images. */
async function certified(job: Job, labels: Int32Array | null, images = IMAGES): Promise<JobFold> {
  await writeJobFile(folder.path, job, NOTES);
  const ledger = await FileLedger.open(file('ledger'), jobDigest(job));
  const fold = new JobFold(job);
  for (const shard of allShards(fold).filter(({ image }) => image < images)) {
    const record = makeRecord(job, { counted: [counted(voter, shard)] });
    await ledger.append(record);
    fold.apply(record);
  }
  await ledger.close();
  await writeResults(folder.path, fold, labels);
  return fold;
}

const configOf = (...args: string[]) =>
  resultsConfig(folder.path, valuesFrom(RESULTS, [folder.path, ...args]));

/** Runs the command, without a report, which has tests of its own; what it printed. */
async function shown(...args: string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  const code = await showResults(configOf('--no-report', ...args));
  write.mockRestore();
  return { code, text };
}
const summaryOf = async (...args: string[]) =>
  JSON.parse((await shown('--json', ...args)).text) as Summary & { out: string; notes: readonly string[] };

const contents = async () =>
  Object.fromEntries(
    await Promise.all(
      (await readdir(folder.path)).map(async (name) => [name, await readFile(file(name), 'latin1')] as const),
    ),
  );

describe('results', () => {
  it.each([
    ['gain', makeJob({ images: IMAGES }), LABELS],
    ['gain without labels', makeJob({ images: IMAGES }), null],
    ['target', makeJob({ ...TARGET, images: IMAGES }), LABELS],
    ['fixed', makeJob({ ...FIXED, images: IMAGES }), LABELS],
    ['clt', makeJob({ ...FIXED, bound: 'clt', images: IMAGES }), LABELS],
  ] as const)('of %s are written again byte for byte, from the folder alone', async (_, job, labels) => {
    await certified(job, labels);
    const before = await contents();
    const { code, text } = await shown();
    expect(code).toBe(0);
    expect(await contents()).toEqual(before);
    await rm(file('results.tsv'));
    await shown();
    expect(await contents()).toEqual(before);
    expect(text).toContain(
      `From the votes in ${folder.path} (σ = 0.5, α = 0.001, ${job.claim.stop.kind} with`,
    );
    expect(text.includes('certified accuracy')).toBe(labels !== null && job.claim.bound !== 'clt');
  });

  it('at other radii leave the files as they are: an image is certified at r iff its radius is at least r', async () => {
    const job = makeJob({ images: IMAGES });
    await certified(job, LABELS);
    const before = await contents();
    const rows = before['results.jsonl']!.trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { radius: number; correct: boolean | null });
    const radii = [0, 0.1, 0.2, 0.35, 0.6];
    const { accuracy, out, seconds } = await summaryOf('--radii', radii.join());
    const expected = radii.map((r) => rows.filter((c) => c.correct && c.radius >= r).length / IMAGES);
    expect(accuracy).toEqual(radii.map((radius, i) => ({ radius, share: expected[i] })));
    expect(new Set(expected).size).toBeGreaterThan(2);
    expect({ out, seconds }).toEqual({ out: folder.path, seconds: null });
    expect(await contents()).toEqual(before);
  });

  it('of target at other radii are those of the bound over all looks', async () => {
    const job = makeJob({ ...TARGET, stop: { kind: 'target', radii: ['0.25'] }, images: IMAGES });
    await certified(job, LABELS);
    const own = await summaryOf();
    const others = await summaryOf('--radii', '0.1,0.25,0.26,0.5');
    const shares = others.accuracy.map(({ share }) => share);
    expect(shares[1]).toBe(own.accuracy[0]!.share);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    expect(shares[2]).toBeGreaterThan(0);
    expect(shares[3]).toBeLessThan(shares[1]!);
  });

  it('of an unfinished job say what is decided, with exit code 0; failed images make it 3', async () => {
    const job = makeJob({ images: IMAGES });
    await certified(job, LABELS, 4);
    const { code, text } = await shown();
    expect(code).toBe(0);
    expect(text).toContain('12, 4 decided so far');
    const ledger = await FileLedger.open(file('ledger'), jobDigest(job));
    const failedImages = [{ image: 7, code: 'CHILD_DIED' as const, detail: '' }];
    await ledger.append(makeRecord(job, { failedImages }));
    await ledger.close();
    await rm(file('results.jsonl'));
    expect((await shown()).code).toBe(3);
  });

  it.each([
    ['two-stage', makeJob({ ...TWO_STAGE, images: IMAGES })],
    ['fixed', makeJob({ ...FIXED, images: IMAGES })],
  ])('of %s have rows for top-k certificates, if asked', async (_, job) => {
    const fold = await certified(job, LABELS);
    const before = await contents();
    expect((await shown('--topk-rows')).code).toBe(0);
    expect(await contents()).toEqual({ ...before, 'topk.txt': [...topkRows(fold, LABELS), ''].join('\n') });
  });

  it('have no such rows of some of the images, of unlabelled ones, and of votes that were looked at', async () => {
    const refuse = async (job: Job, labels: Int32Array | null, images: number, words: string) => {
      await certified(job, labels, images);
      const before = await contents();
      const message: unknown = expect.stringContaining(words);
      await expect(showResults(configOf('--topk-rows'))).rejects.toMatchObject({
        code: 'OPTION_INVALID',
        message,
      });
      expect(await contents()).toEqual(before);
      for (const name of await readdir(folder.path)) await rm(file(name));
    };
    const fixed = makeJob({ ...FIXED, images: IMAGES });
    await refuse(fixed, LABELS, 4, 'has images that are not decided');
    await refuse(fixed, null, IMAGES, 'needs labels, and there are none');
    await refuse(makeJob({ images: IMAGES }), LABELS, IMAGES, 'is not offered with --stop gain');
  });

  it('of a version without images.jsonl lose their labels with results.jsonl, and say no "correct"', async () => {
    await certified(makeJob({ images: IMAGES }), LABELS);
    await rm(file('results.jsonl'));
    const { labelled, notes } = await summaryOf();
    expect(labelled).toBe(false);
    // Once more, when the rows of the first time are there: those had labels, too, for all that is known.
    expect(notes.at(-1)).toMatch(
      /^images\.jsonl is not there, so that labels .* writes it and results\.\* anew\./,
    );
    const [, ...lines] = (await readFile(file('results.tsv'), 'utf8')).trimEnd().split('\n');
    expect(new Set(lines.map((line) => line.split('\t')[4]))).toEqual(new Set(['unknown']));
    expect(await readFile(file('results.jsonl'), 'utf8')).not.toMatch(/"correct":(true|false)/);
  });

  it('are written again with labels and names after all of results.* are gone', async () => {
    const job = makeJob({ images: IMAGES });
    const classes = Array.from({ length: 10 }, (_, at) => `class ${at}`);
    const files = Array.from({ length: IMAGES }, (_, at) => `a/${at}.png`);
    const fold = await certified(job, LABELS);
    await writeJobFile(folder.path, job, { ...NOTES, classes });
    await writeImagesFile(folder.path, job.claim.images, { labels: LABELS, files });
    await writeResults(folder.path, fold, LABELS, { files, classes });
    const before = await contents();
    for (const name of ['results.jsonl', 'results.tsv', 'results.csv']) await rm(file(name));
    expect((await summaryOf()).labelled).toBe(true);
    expect(await contents()).toEqual(before);
  });

  it('are refused, and left alone, where images.jsonl is of other images', async () => {
    const job = makeJob({ images: IMAGES });
    await certified(job, LABELS);
    await writeImagesFile(folder.path, { start: 0, stop: 5, step: 1 }, { labels: LABELS, files: null });
    const before = await contents();
    await expect(showResults(configOf())).rejects.toMatchObject({ code: 'LABELS_MISMATCH' });
    expect(await contents()).toEqual(before);
  });

  it.each<[string, (text: string) => string]>([
    ['lacks a decided image', (text) => text.split('\n').slice(1).join('\n')],
    ['is cut', (text) => text.slice(0, -9)],
    ['has no labels in it', (text) => text.replaceAll('"label":', '"lable":')],
    ['has no label of one image', (text) => text.replace('"label":0', '"label":null')],
    ['has a label that is no whole number', (text) => text.replace('"label":0', '"label":0.5')],
  ])('are refused, and left alone, where results.jsonl %s', async (_, damage) => {
    await certified(makeJob({ images: IMAGES }), LABELS);
    await writeFile(file('results.jsonl'), damage(await readFile(file('results.jsonl'), 'utf8')));
    const before = await contents();
    await expect(showResults(configOf())).rejects.toMatchObject({ code: 'LABELS_MISMATCH' });
    expect(await contents()).toEqual(before);
  });

  it('of images with the largest indices have their labels, in the room of a few', async () => {
    const job = makeJob({ claim: { images: { start: 4_294_967_290, stop: 4_294_967_292, step: 1 } } });
    const labels: Record<number, number> = { 4_294_967_290: 4, 4_294_967_291: 5 };
    await writeResults(folder.path, await certified(job, null, Infinity), labels);
    const before = await contents();
    expect(await summaryOf()).toMatchObject({ images: 2, labelled: true });
    expect((await contents())['results.jsonl']).toBe(before['results.jsonl']);
  });

  it.each(['job.json', 'ledger'])('are refused without a %s, and nothing is created', async (name) => {
    await certified(makeJob({ images: IMAGES }), LABELS);
    await rm(file(name));
    const before = await contents();
    await expect(showResults(configOf())).rejects.toMatchObject({ code: 'FOLDER_UNUSABLE' });
    expect(await contents()).toEqual(before);
  });

  it('wait for nobody: a folder in use is read and left as it is', async () => {
    await certified(makeJob({ images: IMAGES }), LABELS);
    await rm(file('results.tsv'));
    const lock = await FolderLock.acquire(folder.path);
    const before = await contents();
    const { code, text } = await shown();
    expect(code).toBe(0);
    expect(text).toContain('in which another process draws (12 of 12 images decided; no file is written)');
    expect(await contents()).toEqual(before);
    lock.release();
  });

  it('that are approximate have no accuracy at any radius', async () => {
    await certified(makeJob({ ...FIXED, bound: 'clt', images: IMAGES }), LABELS);
    await expect(showResults(configOf('--radii', '0.1'))).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});

describe('what cannot be chosen after the votes', () => {
  const valued = ['alpha', 'bound', 'stop', 'min-gain', 'max-samples', 'total-samples', 'n0'];
  const switches = ['runner-up', 'simultaneous', 'keep-counts'];
  it.each([...valued, ...switches])('is --%s', (flag) => {
    expect(() => configOf(`--${flag}`, ...(switches.includes(flag) ? [] : ['1']))).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: expect.stringMatching(
          new RegExp(`^--${flag} cannot be chosen for votes that are drawn: `),
        ) as string,
      }),
    );
    expect(commandOf(RESULTS).helpInformation()).not.toContain(`--${flag}`);
  });

  it('is not --radii, if they are radii', () => {
    expect(configOf('--radii', '0,0.50')).toEqual({
      folder: folder.path,
      radii: [0, 0.5],
      out: null,
      topkRows: false,
      report: true,
      json: false,
    });
    expect(configOf()).toEqual({
      folder: folder.path,
      radii: null,
      out: null,
      topkRows: false,
      report: true,
      json: false,
    });
    expect(() => configOf('--radii', '1,0')).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });
});

describe('the notes of a job', () => {
  it('are shown below its results', async () => {
    await certified(makeJob({ images: IMAGES }), LABELS);
    expect((await shown()).text).toMatch(/\nNote: It is slow\.\n$/);
    expect(await summaryOf()).toMatchObject({ notes: ['It is slow.'] });
  });
});

describe('a job that an audit has refuted', () => {
  it('has no results, and those of an earlier run are removed; its votes and its job stay', async () => {
    const job = makeJob({ images: IMAGES });
    await certified(job, LABELS);
    const ledger = await FileLedger.open(file('ledger'), jobDigest(job));
    const shard = { image: 3, begin: 0, end: 64 };
    const code = 'MODEL_NOT_DETERMINISTIC' as const;
    await ledger.append(makeRecord(job, { failed: [{ shard, code, detail: 'It changed.' }] }));
    await ledger.close();
    await writeFile(file('topk.txt'), 'x');
    await expect(showResults(configOf())).rejects.toMatchObject({
      code,
      exitCode: 2,
      message: 'It changed.',
      remedy: expect.stringMatching(
        /^This job has no certificates, and nothing that it counted may be used\./,
      ) as string,
    });
    expect((await readdir(folder.path)).sort()).toEqual(['job.json', 'ledger']);
  });
});

describe('the folder of predictions', () => {
  const PREDICT = makeJob({
    images: IMAGES,
    stop: { kind: 'predict' },
    looks: [64, 80, 128, 256],
  });

  it('is shown again, and written byte for byte', async () => {
    await certified(PREDICT, LABELS);
    const before = await readFile(file('results.jsonl'), 'utf8');
    await rm(file('results.tsv'));
    const { code, text } = await shown();
    expect(code).toBe(0);
    expect(text).toMatch(
      /^From the votes in .* \(.*, predict with anytime\):\n {2}images +12\n {2}predicted /,
    );
    expect(await readFile(file('results.jsonl'), 'utf8')).toBe(before);
    expect(await readFile(file('results.tsv'), 'utf8')).toMatch(/^idx\tlabel\tpredict\tcorrect\ttime\n/);
  });

  it('has no radii to show, and no rows for top-k scripts', async () => {
    await certified(PREDICT, LABELS);
    await expect(shown('--radii', '0.1')).rejects.toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: `${folder.path} holds predictions: each is of the image itself, and no radius around it is proved.`,
      }),
    );
    await expect(shown('--topk-rows')).rejects.toThrow(/^--topk-rows is not offered with --stop predict/);
  });
});

it('results of several folders are those of a report', () => {
  const command = commandOf(RESULTS).exitOverride();
  command.parse(['one', 'two\u001b[2J'], { from: 'user' });
  expect(() => callOf(RESULTS, command, () => new AbortController().signal)).toThrow(
    expect.objectContaining({
      code: 'OPTION_INVALID',
      message: 'smoothcert results takes 1 at a time, and 2 are given.',
      remedy: 'smoothcert report one two\\u{1b}[2J shows several folders together; or run results for each.',
    }),
  );
});
