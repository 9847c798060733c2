import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../harness/command.js';
import { DIGITS, certifyArgs, rowsOf, type Flags } from '../harness/results.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** Six of the bundled digits. */
const JOB: Flags = {
  ...DIGITS,
  sigma: 0.25,
  images: '0:60:10',
  seed: 42,
  'max-samples': 1000,
  processes: 1,
};
/** 1 − 0.999^(1/6), of a calculator. */
const LEVEL = 1.6673614e-4;

const folder = folderOfAllTests();

const certify = (name: string, flags: Flags = {}) =>
  runCommand(certifyArgs({ ...JOB, simultaneous: true, ...flags, out: folder.file(name) }));

describe('--simultaneous', () => {
  it('is said in the headline, the summary, job.json and every row', async () => {
    const { code, stdout } = await certify('together');
    expect(code).toBe(0);
    expect(stdout).toContain('α = 0.001 for all 6 images together, gain with spending');
    expect(stdout).toContain(
      'with probability at least 1 − 0.001 every certificate of these 6 images is right about the smoothed classifier',
    );
    const rows = await rowsOf(folder.file('together'));
    expect(rows).toHaveLength(6);
    for (const { alpha, simultaneous } of rows) {
      expect(Math.abs(alpha / LEVEL - 1)).toBeLessThan(1e-6);
      expect(simultaneous).toEqual({ alpha: 0.001, images: 6 });
    }
    const { job } = JSON.parse(await readFile(folder.file('together', 'job.json'), 'utf8')) as {
      job: { claim: object };
    };
    expect(job.claim).toMatchObject({ alpha: 0.001, simultaneous: true });
  });

  it.each([
    ['gain', {}],
    ['target', { stop: 'target', radii: '0.1,0.3' }],
    ['fixed', { stop: 'fixed' }],
  ])('of %s certifies less than each image by itself, and never more', async (name, flags) => {
    const apart = await certify(`${name} apart`, { ...flags, simultaneous: undefined });
    const together = await certify(`${name} together`, flags);
    expect([apart.code, together.code]).toEqual([0, 0]);
    const radiiOf = async (which: string) =>
      (await rowsOf(folder.file(`${name} ${which}`))).map(({ proved_by: proof, radius }) => ({
        n: proof === null ? 0 : proof.end - proof.begin,
        radius,
      }));
    const [more, less] = [await radiiOf('apart'), await radiiOf('together')];
    const sum = (rows: readonly { radius: number }[]) =>
      rows.reduce((total, { radius }) => total + radius, 0);
    expect(sum(less)).toBeLessThan(sum(more) + (name === 'target' ? 1e-9 : 0));
    less.forEach(({ n, radius }, i) => {
      if (n === more[i]!.n) expect(radius).toBeLessThanOrEqual(more[i]!.radius);
    });
  });

  it('is another job in the folder of a job about each image', async () => {
    await certify('folder', { simultaneous: undefined });
    const { code, stderr } = await certify('folder');
    expect(code).toBe(2);
    expect(stderr).toMatch(/JOB_DIFFERS.*--simultaneous/s);
  });

  it('leaves no image less than the bounds are checked for, nor too few samples', async () => {
    const tiny = await certify('tiny', { alpha: '2e-12' });
    expect(tiny.code).toBe(2);
    expect(tiny.stderr).toMatch(
      /OPTION_INVALID: With α = 2e-12 for 6 images together \(3\.33e-13 for each\), an image has less than the 1e-12 down to which the bounds are checked\./,
    );
    const few = await certify('few', { 'max-samples': 11 });
    expect(few.stderr).toMatch(
      /BUDGET_TOO_SMALL: With 11 samples and α = 0\.001 for 6 images together \(0\.000167 for each\), not even/,
    );
    expect(few.code).toBe(2);
    expect((await certify('enough', { 'max-samples': 11, simultaneous: undefined })).code).toBe(0);
  });
});
