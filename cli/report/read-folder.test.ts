import { execFileSync } from 'node:child_process';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

import type { FolderFiles } from '../../analysis/verify/verify-folder.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { mixed, rowsOf, rowsText } from '../../test/support/forged-results.js';
import { resultFiles, resultJob } from '../../test/support/result-files.js';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';
import { readFolder } from './read-folder.js';

const folder = folderOfEachTest();
const JOB = resultJob({ images: 4 });
const FILES = resultFiles(JOB, mixed);
const RADII = rowsOf(FILES).map(({ radius }) => radius);

const NAMES = {
  jobJson: 'job.json',
  ledger: 'ledger',
  resultsJsonl: 'results.jsonl',
  imagesJsonl: 'images.jsonl',
} as const;

/** Writes these files of a folder. */
async function written(files: Partial<FolderFiles>): Promise<void> {
  for (const [key, name] of Object.entries(NAMES)) {
    const bytes = files[key as keyof typeof NAMES];
    if (bytes) await writeFile(folder.file(name), bytes);
  }
}

const read = () => readFolder(folder.path);
const refused = (code: string) => ({ code }) as object;

describe('the results of a folder', () => {
  it('are those of its votes, whatever results.jsonl says', async () => {
    const edited = rowsText(rowsOf(FILES).map((row) => ({ ...row, radius: 99, p_lower: '0.100000000000' })));
    const imagesJsonl = rowsText([0, 1, 2, 3].map((image) => ({ image, label: null })));
    await written({ ...FILES, imagesJsonl, resultsJsonl: edited });
    const { results, fromVotes, drawn } = await read();
    expect(results.map(({ radius }) => radius)).toEqual(RADII);
    expect(RADII.some((radius) => radius! > 0)).toBe(true);
    expect(fromVotes).toBe(true);
    expect(drawn).toBe(rowsOf(FILES).reduce((sum, { samples }) => sum + samples, 0));
  });

  it('are none of a job that an audit has refuted, though results.jsonl is still there', async () => {
    const shard = { image: 3, begin: 0, end: 64 };
    const failed = [{ shard, code: 'MODEL_NOT_DETERMINISTIC', detail: 'Scores changed.' }] as const;
    const refutation: Partial<LedgerRecord> = { failed };
    const { ledger } = resultFiles(JOB, mixed, [refutation]);
    await written({ ...FILES, ledger });
    await expect(read()).rejects.toMatchObject(refused('MODEL_NOT_DETERMINISTIC'));
  });

  it('are all that the votes decide, where results.jsonl is older', async () => {
    await written({ ...FILES, resultsJsonl: rowsText(rowsOf(FILES).slice(0, 1)) });
    expect((await read()).results).toHaveLength(4);
  });

  it('have the labels of results.jsonl in a folder of an earlier version, and none where it lacks an image', async () => {
    await written(FILES);
    expect((await read()).results.map(({ label }) => label)).toEqual([0, 1, 2, 3]);
    await written({ resultsJsonl: rowsText(rowsOf(FILES).slice(1)) });
    expect((await read()).results.map(({ label }) => label)).toEqual([null, null, null, null]);
  });

  it('are those of results.jsonl where there are no votes', async () => {
    await written({ ...FILES, ledger: null });
    const { results, fromVotes } = await read();
    expect(results.map(({ radius }) => radius)).toEqual(RADII);
    expect(fromVotes).toBe(false);
  });

  it.each([
    ['of a job of another σ', resultFiles(withNoise(1), mixed).resultsJsonl],
    ['of another α', resultFiles(resultJob({ images: 4, alpha: 0.01 }), mixed).resultsJsonl],
    ['with a larger radius', rowsText(rowsOf(FILES).map((row) => ({ ...row, radius: 99 })))],
    ['of an image twice', rowsText([...rowsOf(FILES).slice(0, 1), ...rowsOf(FILES)])],
    ['of an image that the job has not', rowsText(rowsOf(FILES).map((row) => ({ ...row, image: 9 })))],
    ['with half a line', Buffer.from(FILES.resultsJsonl!).subarray(0, 700)],
  ])('are refused without votes if they are %s', async (_what, resultsJsonl) => {
    await written({ ...FILES, ledger: null, resultsJsonl });
    await expect(read()).rejects.toMatchObject(refused('JOB_FILE_DAMAGED'));
  });

  it.each(['results.jsonl', 'ledger', 'images.jsonl'])('are refused if %s is no file', async (name) => {
    await written({ ...FILES, ...(name === 'results.jsonl' ? { ledger: null } : {}) });
    const file = folder.file(name);
    const made = [
      () => mkdir(file),
      () => symlink('/dev/zero', file),
      () => Promise.resolve(execFileSync('mkfifo', [file])),
    ];
    for (const make of made) {
      await rm(file, { recursive: true, force: true });
      await make();
      await expect(read()).rejects.toMatchObject(refused('JOB_FILE_DAMAGED'));
    }
  });

  it('are refused if a line does not end', async () => {
    await written({ ...FILES, ledger: null, resultsJsonl: Buffer.alloc(2 ** 24 + 2 ** 17, 'a') });
    await expect(read()).rejects.toMatchObject({
      ...refused('JOB_FILE_DAMAGED'),
      message: expect.stringContaining('does not end') as string,
    });
  });
});

/** Returns the job under noise of another scale. */
function withNoise(scale: number) {
  const { noise } = JOB.draw;
  return { ...JOB, draw: { ...JOB.draw, noise: { ...noise, scale } } };
}
