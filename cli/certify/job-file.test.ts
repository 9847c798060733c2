import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

import type { SmoothcertError } from '../../shared/errors.js';
import { jobDigest, type Job } from '../../shared/job.js';
import { FIXED, makeJob } from '../../test/support/jobs.js';
import { readJobFile, readNotedJob, refuseOtherJob, writeJobFile } from './job-file.js';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';

const NOTES = { smoothcert: '1', node: 'v20', model: 'm', data: 'd', repeating: 'Same bytes.', notes: [] };

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
    expect(await readNotedJob(folder.path)).toEqual({ job: makeJob(), notes });
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
    expect(await readNotedJob(folder.path)).toEqual({ job: makeJob(), notes });
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

describe('another job in the folder', () => {
  function refusal(ours: Job, theirs = makeJob()): string {
    try {
      refuseOtherJob('out', theirs, ours);
    } catch (error) {
      expect(error).toMatchObject({ code: 'JOB_DIFFERS', exitCode: 2 });
      return (error as SmoothcertError).message;
    }
    return 'accepted';
  }
  const message = (differs: string) => `out holds another job; what differs: ${differs}.`;
  const draw = (values: Partial<Job['draw']>) => makeJob({ draw: values });
  const noise = makeJob().draw.noise;
  const normalisation = makeJob().draw.normalisation;

  it('is not the same one', () => expect(refusal(makeJob())).toBe('accepted'));

  it.each<[string, Job]>([
    ['the model file', draw({ modelDigest: 'ff'.repeat(32) })],
    ['the data set', draw({ dataDigest: 'ff'.repeat(32) })],
    ['--sigma (0.5 there, 0.25 here)', draw({ noise: { ...noise, scale: 0.25 } })],
    [
      '--noise (gaussian there, laplace here)',
      draw({ noise: { ...noise, kind: 'laplace', scale: 0.5 / Math.SQRT2 } }),
    ],
    [
      '--noise (gaussian there, uniform here); --sigma (0.5 there, 0.25 here)',
      draw({ noise: { ...noise, kind: 'uniform', scale: 0.25 * Math.sqrt(3) } }),
    ],
    ['the noise generator (1 there, 2 here)', draw({ noise: { ...noise, version: 2 } })],
    ['--seed (1 there, 2 here)', draw({ seed: '2' })],
    ['--mean ([0] there, [0.5,0.4] here)', draw({ normalisation: { ...normalisation, mean: [0.5, 0.4] } })],
    ['--layout (flat there, nchw here)', draw({ layout: 'nchw' })],
    ['--batch (32 there, 64 here)', draw({ batch: 64 })],
    ['the device or ONNX Runtime (test there, other here)', draw({ numericClass: 'other' })],
    ['--alpha (0.001 there, 0.01 here)', makeJob({ alpha: 0.01 })],
    ['--bound (anytime there, spending here)', makeJob({ bound: 'spending' })],
    ['--min-gain (0.02 there, 0.1 here)', makeJob({ stop: { kind: 'gain', minGain: 0.1 } })],
    [
      '--stop (gain there, target here); --min-gain (0.02 there, none here); --radii (none there, [0.5,1.0] here)',
      makeJob({ stop: { kind: 'target', radii: ['0.5', '1.0'] } }),
    ],
    ['--images (3 there, 4 here)', makeJob({ images: 4 })],
    [
      'the looks, which follow from --stop, --bound, --n0 and --max-samples (up to 512 there, up to 96 here)',
      makeJob({ looks: [64, 96] }),
    ],
  ])('is refused naming %s', (differs, ours) => expect(refusal(ours)).toBe(message(differs)));

  it('is refused naming all that differs, each once', () => {
    const text = refusal(makeJob(FIXED));
    expect(text).toContain('--bound (anytime there, clopper-pearson here)');
    expect(text).toContain(
      '--stop (gain there, fixed here); --min-gain (0.02 there, none here); --n0 (none there, 20 here)',
    );
    expect(text.match(/the looks/g)).toHaveLength(1);
  });

  it('is refused naming what this version does not know by its path', () => {
    const later = { ...makeJob(), draw: { ...makeJob().draw, colour: 'red' } };
    expect(refusal(later)).toBe(message('draw.colour (none there, red here)'));
  });
});
