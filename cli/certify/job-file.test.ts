import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

import { jobDigest, type Job } from '../../shared/job.js';
import { jobNotes } from '../../test/support/job-notes.js';
import { FIXED, makeJob } from '../../test/support/jobs.js';
import { readJobFile, readNotedJob, writeJobFile } from './job-file.js';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';

const NOTES = jobNotes();

const folder = folderOfEachTest();

describe('job.json', () => {
  it('gives back the job that was written, and none where there is none', async () => {
    expect(await readJobFile(folder.path)).toBeNull();
    await writeJobFile(folder.path, makeJob(), NOTES);
    expect(await readJobFile(folder.path)).toEqual(makeJob());
    const content = JSON.parse(await readFile(folder.file('job.json'), 'utf8')) as object;
    expect(content).toMatchObject({ ...NOTES, job_digest: jobDigest(makeJob()) });
  });

  it('says of a job with the bound clt that it certifies nothing', async () => {
    const job = makeJob({ ...FIXED, bound: 'clt' });
    await writeJobFile(folder.path, job, NOTES);
    expect(await readJobFile(folder.path)).toEqual(job);
    const { approximate } = JSON.parse(await readFile(folder.file('job.json'), 'utf8')) as object & {
      approximate: unknown;
    };
    expect(approximate).toMatch(/approximate, and no certificates\.$/);
  });

  it('gives back the notes beside the job, which are no part of its digest', async () => {
    const notes = ['The model runs at batch 1, which is slower.', 'Labels go up to 12.'];
    await writeJobFile(folder.path, makeJob(), { ...NOTES, notes });
    expect(await readNotedJob(folder.path)).toMatchObject({ job: makeJob(), notes });
  });

  it.each<[string, (content: Record<string, unknown>) => unknown, string[]]>([
    ['of 0.1.0, which has none', () => undefined, []],
    ['with a text in their place', () => 'a note', []],
    ['with other things among them', () => [1, 'a note', null], ['a note']],
    ['with control characters', () => ['red \u001b[31m\nline'], ['red \\u{1b}[31m\\nline']],
    [
      'with many and long ones',
      () => Array<string>(99).fill('x'.repeat(9_999)),
      Array<string>(16).fill('x'.repeat(1_000)),
    ],
  ])('is read whatever notes it has: one %s', async (_, change, notes) => {
    await writeJobFile(folder.path, makeJob(), NOTES);
    const file = folder.file('job.json');
    const content = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    await writeFile(file, JSON.stringify({ ...content, notes: change(content) }));
    expect(await readNotedJob(folder.path)).toMatchObject({ job: makeJob(), notes });
  });

  it.each<[string, (text: string) => string]>([
    ['cut', (text) => text.slice(0, -10)],
    ['empty', () => ''],
    ['of nothing', () => 'null'],
    ['without a job', () => '{"job_digest":"x"}'],
    ['edited', (text) => text.replace('"alpha": 0.001', '"alpha": 0.01')],
    ['of another digest', (text) => text.replace(/"job_digest": "./, '"job_digest": "-')],
  ])('is refused where it is %s', async (_, damage) => {
    await writeJobFile(folder.path, makeJob(), NOTES);
    const file = folder.file('job.json');
    await writeFile(file, damage(await readFile(file, 'utf8')));
    await expect(readJobFile(folder.path)).rejects.toMatchObject({ code: 'JOB_FILE_DAMAGED' });
  });

  it.each<[string, Job]>([
    ['its alpha 0.5 is outside [1e-12, 0.25]', makeJob({ alpha: 0.5 })],
    ['its bound clt is not offered with the stopping rule gain', makeJob({ bound: 'clt' })],
    ['its maxSamples does not fit: With 2 samples', makeJob({ looks: [2] })],
  ])('is refused where it was written by hand, and %s', async (fault, job) => {
    await writeJobFile(folder.path, job, NOTES);
    await expect(readJobFile(folder.path)).rejects.toMatchObject({
      code: 'JOB_FILE_DAMAGED',
      message: expect.stringContaining(fault) as string,
    });
  });

  it('is refused where its looks are no schedule of its rule', async () => {
    await writeJobFile(folder.path, makeJob({ ...FIXED, looks: [30, 60] }), NOTES);
    await expect(readJobFile(folder.path)).rejects.toMatchObject({ code: 'JOB_FILE_DAMAGED' });
  });

  it('is refused where it cannot be read', async () => {
    await mkdir(folder.file('job.json'));
    await expect(readJobFile(folder.path)).rejects.toMatchObject({ code: 'JOB_FILE_DAMAGED' });
  });
});
