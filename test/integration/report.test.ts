import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { contentOf, runCommand } from '../harness/command.js';
import { DIGITS, MODELS, certifyWithReport, rowsOf, type Flags } from '../harness/results.js';
import { openHtml, type ReadDocument } from '../support/html-document.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** `smoothcert report`, and the reports that other commands write. */

const folder = folderOfAllTests();
const QUICK: Flags = { ...DIGITS, sigma: 0.5, images: '0:30', seed: 5, processes: 2, 'min-gain': 'quick' };

const run = async (...args: string[]) => {
  const { code, stdout, stderr } = await runCommand(args);
  return { code, stdout, stderr };
};
const reportIn = async (name: string): Promise<ReadDocument> =>
  openHtml(await readFile(folder.file(name, 'report.html'), 'utf8')).document;
/** Returns the data of the gallery, as the document has them. */
const galleryOf = (document: ReadDocument) =>
  JSON.parse(document.querySelector('#gallery-data')!.textContent) as {
    readonly rows: readonly (readonly unknown[])[];
    readonly pictures: readonly ({ readonly copies: boolean; readonly width: number } | null)[];
  };

beforeAll(async () => {
  const { code, stdout, stderr } = await runCommand(certifyWithReport({ ...QUICK, out: folder.file('job') }));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/\nReport: .*report\.html\n$/);
});

describe('certify', () => {
  it('writes a report with the numbers of its rows', async () => {
    const rows = await rowsOf(folder.file('job'));
    const right = rows.filter(({ correct }) => correct === true).length;
    const certified = rows.filter(({ outcome }) => outcome === 'certified').length;
    const document = await reportIn('job');
    const answer = document.querySelector('.answer')!.textContent;
    expect(answer).toMatch(
      new RegExp(`^${certified} \\([\\d.]+ %\\) of 30 images got a certificate, ${right} `),
    );
    const { rows: shown, pictures } = galleryOf(document);
    expect(shown.map((row) => row[1])).toEqual(rows.map(({ image }) => image));
    for (const [at, row] of shown.entries()) {
      expect(row[4]).toBe(rows[at]!.samples);
      expect(row[3]).toBeLessThanOrEqual(rows[at]!.radius);
      expect(row[3]).toBeGreaterThan(rows[at]!.radius - 1e-4);
    }
    expect(pictures).toEqual([expect.objectContaining({ copies: true, width: 8, height: 8 })]);
    expect(document.querySelectorAll('.chart svg')[Symbol.iterator]().next().done).toBe(false);
  });

  it('gives the command that makes the same job again', async () => {
    const command = (await reportIn('job')).querySelector('#command-0')!.textContent;
    const words = command.split(' ');
    expect(words[0]).toBe('smoothcert');
    const again = [...words.slice(1, -1), folder.file('again'), '--no-report'];
    expect((await runCommand(again)).code).toBe(0);
    expect(await readFile(folder.file('again', 'results.jsonl'))).toEqual(
      await readFile(folder.file('job', 'results.jsonl')),
    );
    expect(existsSync(folder.file('again', 'report.html'))).toBe(false);
  });

  it('is not failed by a report that cannot be written', async () => {
    const out = folder.file('occupied');
    await runCommand(certifyWithReport({ ...QUICK, out, 'no-report': true }));
    await cp(folder.file('job'), folder.file('occupied', 'report.html'), { recursive: true });
    const { code, stderr } = await runCommand(certifyWithReport({ ...QUICK, out, quiet: true }));
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Note: No report was written: .* tries again\.\n$/);
  });
});

describe('report', () => {
  it('writes the same report from the folder alone, and from its votes', async () => {
    const before = await contentOf(folder.file('job'));
    expect(await run('report', folder.file('job'))).toMatchObject({ code: 0, stderr: '' });
    expect(await contentOf(folder.file('job'))).toEqual(before);
    await cp(folder.file('job'), folder.file('votes'), { recursive: true });
    await rm(folder.file('votes', 'results.jsonl'));
    expect((await run('report', folder.file('votes'))).code).toBe(0);
    expect(galleryOf(await reportIn('votes'))).toEqual(galleryOf(await reportIn('job')));
  });

  it('compares folders, and writes figures as files', async () => {
    await runCommand(
      certifyWithReport({ ...QUICK, sigma: 0.25, out: folder.file('other'), 'no-report': true }),
    );
    const [out, figures] = [folder.file('series.html'), folder.file('figures')];
    const { code, stdout } = await run(
      'report',
      folder.file('job'),
      folder.file('other'),
      '--out',
      out,
      '--figures',
      figures,
    );
    expect(stdout).toMatch(/^Written: the report to .*, \d+ files of figures to /);
    expect(code).toBe(0);
    const { document } = openHtml(await readFile(out, 'utf8'));
    expect([...document.querySelectorAll('.answer strong')].map((one) => one.textContent)).toEqual([
      'σ = 0.5.',
      'σ = 0.25.',
    ]);
    expect(galleryOf(document).rows).toHaveLength(60);
    const names = (await readdir(figures)).sort();
    expect(names).toEqual(
      expect.arrayContaining(['certified-accuracy.csv', 'certified-accuracy.png', 'certified-accuracy.svg']),
    );
    const png = await readFile(folder.file('figures', 'certified-accuracy.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(2 * 720);
  });

  it('has no pictures where the data are gone, says why, and takes them by name', async () => {
    await cp(folder.file('job'), folder.file('moved'), { recursive: true });
    const file = folder.file('moved', 'job.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replaceAll('examples/digits/digits.npz', 'no-such-file.npz'));
    expect(await run('report', folder.file('moved'))).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(
        /^Note: There are no pictures: .*no-such-file\.npz cannot be read\. .*--data/,
      ) as string,
    });
    const without = await reportIn('moved');
    expect(galleryOf(without).pictures).toEqual([null]);
    expect(without.querySelector('#gallery')!.textContent).toContain(
      'There are no pictures: no-such-file.npz cannot be read.',
    );
    expect((await run('report', folder.file('moved'), '--data', DIGITS.data)).code).toBe(0);
    expect(galleryOf(await reportIn('moved')).pictures).toEqual(galleryOf(await reportIn('job')).pictures);
    const refused = await run('report', folder.file('moved'), '--data', `${MODELS}/images.npz`);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      'Error OPTION_INVALID: Images or labels of test/fixtures/models/images.npz are not those of the job.',
    );
  });

  it('has the labels of the data where they were read, whatever stands beside the job', async () => {
    await cp(folder.file('job'), folder.file('forged'), { recursive: true });
    const file = folder.file('forged', 'images.jsonl');
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll(/"label":\d/g, '"label":7'));
    expect((await run('report', folder.file('forged'))).code).toBe(0);
    const shown = await reportIn('forged');
    expect(shown.querySelector('.answer')!.textContent).toBe(
      (await reportIn('job')).querySelector('.answer')!.textContent,
    );
    expect(galleryOf(shown).rows).toEqual(galleryOf(await reportIn('job')).rows);
  });

  it('says of how many images no sample was counted', async () => {
    const out = folder.file('shared');
    const flags = { ...QUICK, 'min-gain': undefined, stop: 'budget', 'total-samples': 640, out };
    expect((await runCommand(certifyWithReport(flags))).code).toBe(0);
    const undrawn = (await rowsOf(out)).filter(({ samples }) => samples === 0).length;
    expect(undrawn).toBeGreaterThan(0);
    const shown = await reportIn('shared');
    expect(shown.querySelector('#gallery')!.textContent).toContain(
      `No sample was counted of ${undrawn} of these images`,
    );
    expect((await reportIn('job')).querySelector('#gallery')!.textContent).not.toContain('No sample');
    expect(shown.querySelector('.numbers')!.textContent).not.toContain('fewer than 100,000');
  });

  it('says of a folder that is not finished that it is none', async () => {
    await cp(folder.file('job'), folder.file('part'), { recursive: true });
    const file = folder.file('part', 'results.jsonl');
    const lines = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, `${lines.slice(0, 12).join('\n')}\n`);
    // With its votes nothing would be missing.
    await rm(folder.file('part', 'ledger'));
    const { code, stderr } = await run('report', folder.file('part'));
    expect(stderr).toContain('12 of 30 images have ended');
    expect(code).toBe(0);
    expect((await reportIn('part')).querySelector('.notice')!.textContent).toContain(
      'Not finished: 12 of 30 images have ended.',
    );
  });

  it.each([
    [
      'a folder without a job',
      async (at: string) => rm(`${at}/job.json`),
      /^Error FOLDER_UNUSABLE: .* holds no job\./,
    ],
    [
      'damaged results',
      async (at: string) => truncate(`${at}/results.jsonl`, 500),
      /^Error JOB_FILE_DAMAGED: .* line \d+ is no result of its job\./,
    ],
    [
      'another folder of results',
      async (at: string) => writeFile(`${at}/results.jsonl`, '{"image":31}\n'),
      /^Error JOB_FILE_DAMAGED: /,
    ],
  ])('refuses %s', async (_, damage, message) => {
    const at = folder.file('damaged');
    await rm(at, { recursive: true, force: true });
    await cp(folder.file('job'), at, { recursive: true });
    // With its votes results.jsonl is not read.
    await rm(`${at}/ledger`);
    await damage(at);
    const { code, stderr } = await run('report', at);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('refuses flags that say nothing', async () => {
    for (const args of [
      ['--labels', 'y.npy'],
      ['--out', ''],
    ]) {
      const { code, stderr } = await run('report', folder.file('job'), ...args);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^Error OPTION_INVALID: --(labels|out) /);
    }
    expect((await run('report')).code).toBe(2);
  });
});

describe('predict and results', () => {
  it('write a report, too, and none if they are told not to', async () => {
    const args = [
      '--model',
      DIGITS.model,
      '--data',
      DIGITS.data,
      '--sigma',
      '0.5',
      '--images',
      '0:20',
      '--seed',
      '4',
    ];
    expect((await runCommand(['predict', ...args, '--out', folder.file('classes')])).code).toBe(0);
    const document = await reportIn('classes');
    expect(document.querySelector('h1')!.textContent).toBe('Predictions: digits.onnx on digits.npz');
    expect(document.querySelector('.answer')!.textContent).toMatch(/ of 20 images got a class, /);
    const digest = async () =>
      createHash('sha256')
        .update(await readFile(folder.file('classes', 'report.html')))
        .digest('hex');
    const first = await digest();
    await rm(folder.file('classes', 'report.html'));
    await runCommand(['results', folder.file('classes'), '--no-report']);
    expect(existsSync(folder.file('classes', 'report.html'))).toBe(false);
    expect((await runCommand(['results', folder.file('classes')])).stdout).toMatch(
      /Report: .*report\.html\n/,
    );
    expect(await digest()).toBe(first);
  });
});
