import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { HEADER_BYTES, FRAME_OVERHEAD, frameAt } from '../../adapters/local/ledger-frames.js';
import { contentOf, runCommand, startCommand } from '../harness/command.js';
import { DIGITS, MODELS, PICTURES, certifyArgs, jobOf, type Flags } from '../harness/results.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

/** A job of a moment. */
const QUICK: Flags = {
  ...PICTURES,
  sigma: 0.25,
  images: '0:4',
  seed: 5,
  batch: 32,
  'max-samples': 128,
  'min-gain': 'quick',
  processes: 1,
};

describe('another job into the folder is refused, naming what differs, and changes no byte of it', () => {
  const looks = (here: number) =>
    `the looks, which follow from --stop, --bound, --n0 and --max-samples (up to 128 there, up to ${here} here)`;
  const cases: [name: string, flags: Flags, differs: string][] = [
    ['σ', { sigma: 0.5 }, '--sigma (0.25 there, 0.5 here)'],
    ['α', { alpha: 0.01 }, '--alpha (0.001 there, 0.01 here)'],
    ['seed', { seed: 6 }, '--seed (5 there, 6 here)'],
    [
      'model and data',
      { model: `${MODELS}/logits-4d.onnx`, data: DIGITS.data },
      'the model file; the data set',
    ],
    ['fewer images', { images: '0:3' }, '--images (0:4 there, 0:3 here)'],
    ['every second image', { images: '0:4:2' }, '--images (0:4 there, 0:4:2 here)'],
    ['gain', { 'min-gain': 'thorough' }, '--min-gain (0.1 there, 0.01 here)'],
    ['budget', { 'max-samples': 256 }, looks(256)],
    ['bound', { bound: 'anytime' }, `${looks(128)}; --bound (spending there, anytime here)`],
    [
      'stopping rule',
      { 'min-gain': undefined, stop: 'fixed' },
      `${looks(228)}; --bound (spending there, clopper-pearson here); --stop (gain there, fixed here); --min-gain (0.1 there, none here); --n0 (none there, 100 here)`,
    ],
    [
      'normalisation and layout',
      { 'input-scale': 2, mean: 0.5, std: 2, layout: 'nhwc' },
      '--input-scale (1 there, 2 here); --mean ([0] there, [0.5] here); --std ([1] there, [2] here); --layout (nchw there, nhwc here)',
    ],
    ['batch', { batch: 16 }, '--batch (32 there, 16 here)'],
  ];

  it('σ, α, seed, model, data, images, stopping rule, normalisation, layout, batch', async () => {
    using folder = new TemporaryFolder();
    const { code } = await runCommand(certifyArgs({ ...QUICK, out: folder.path }));
    expect(code).toBe(0);
    const before = await contentOf(folder.path);
    for (const [name, flags, differs] of cases) {
      const { code, stdout, stderr } = await runCommand(
        certifyArgs({ ...QUICK, ...flags, out: folder.path }),
      );
      expect({ name, code, stdout, stderr }).toEqual({
        name,
        code: 2,
        stdout: '',
        stderr: `Error JOB_DIFFERS: ${folder.path} holds another job; what differs: ${differs}.\nGive the same values to resume it, or use another folder.\n`,
      });
      expect(await contentOf(folder.path), name).toEqual(before);
    }
    const machine = { processes: 2, 'hang-seconds': 30, verbose: true as const };
    const resumed = await runCommand(certifyArgs({ ...QUICK, ...machine, out: folder.path }));
    expect(resumed.code, 'flags of the machine are free to change').toBe(0);
    expect(await contentOf(folder.path)).toEqual(before);
  });

  it.each([
    ['edited', (text: string) => text.replace('"0.25"', '0.5').replace('"scale": 0.25', '"scale": 0.2')],
    ['cut short', (text: string) => text.slice(0, text.length / 2)],
    ['emptied', () => ''],
  ])('a job.json that was %s is refused', async (_, damage) => {
    using folder = new TemporaryFolder();
    const args = certifyArgs({ ...QUICK, out: folder.path });
    expect((await runCommand(args)).code).toBe(0);
    const file = folder.file('job.json');
    const text = await readFile(file, 'utf8');
    expect(damage(text)).not.toBe(text);
    await writeFile(file, damage(text));
    const before = await contentOf(folder.path);
    const { code, stderr } = await runCommand(args);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `Error JOB_FILE_DAMAGED: ${file} is not a job that smoothcert wrote, or it was edited.\nRestore the folder from a copy, or certify into a new folder.\n`,
    });
    expect(await contentOf(folder.path)).toEqual(before);
  });
});

describe('a job that takes seconds', () => {
  /** Six pictures of 64 to 192 samples, 3 ms each; the last three are ties, which end at an early look. */
  const LONG: Flags = {
    model: `${MODELS}/slow.onnx`,
    data: PICTURES.data,
    sigma: 0.25,
    images: '34:40',
    'max-samples': 192,
    'min-gain': 'quick',
    processes: 2,
    batch: 16,
  };
  const args = (out: string, flags: Flags = {}) => certifyArgs({ ...LONG, seed: 7, ...flags, out });
  const files = ['images.jsonl', 'job.json', 'ledger', 'results.csv', 'results.jsonl', 'results.tsv'];
  let expected: string;

  beforeAll(async () => {
    using folder = new TemporaryFolder();
    expect((await runCommand(args(folder.path))).code).toBe(0);
    expected = (await contentOf(folder.path))!['results.jsonl']!;
    expect(expected.split('\n')).toHaveLength(7);
  });

  /** Number of whole records in the ledger of a folder. */
  async function records(folder: string): Promise<number> {
    const bytes = await readFile(`${folder}/ledger`).catch(() => Buffer.alloc(0));
    let count = 0;
    for (let at = HEADER_BYTES, length; (length = frameAt(bytes, at)) !== null; count += 1)
      at += FRAME_OVERHEAD + length;
    return count;
  }

  it('keeps a second process out of its folder, and is not disturbed by it', async () => {
    using folder = new TemporaryFolder();
    await using first = startCommand(args(folder.path));
    await first.until(folder.path, () => existsSync(folder.file('ledger')));
    const second = await runCommand(args(folder.path));
    expect(second).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `Error FOLDER_LOCKED: ${folder.path} is in use by process ${first.pid}.\nWait for it to end, or certify into another folder.\n`,
    });
    expect(first.running).toBe(true);
    expect(await first.exited).toMatchObject({ code: 0, stderr: '' });
    const content = (await contentOf(folder.path))!;
    expect(Object.keys(content)).toEqual(files);
    expect(content['results.jsonl']).toBe(expected);
  });

  it.each([
    ['SIGINT', false],
    ['SIGTERM', false],
    ['SIGINT', true],
  ] as const)('%s (to the whole process group: %s) ends it resumably', async (signal, toGroup) => {
    using folder = new TemporaryFolder();
    await using command = startCommand(args(folder.path), { ownGroup: true });
    await command.until(folder.path, async () => (await records(folder.path)) >= 6);
    if (toGroup) command.killGroup(signal);
    else command.kill(signal);
    const { code, stdout, stderr } = await command.exited;
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    const [headline] = stdout.split('\n');
    expect(headline).toBe(`Interrupted. Run the same command again to resume. So far in ${folder.path}:`);
    expect(stdout).toMatch(/\n {2}images +6, \d decided so far\n/);
    // Shares and means of the images that happen to be decided first would mislead.
    expect(stdout).not.toMatch(/accuracy|mean radius/);
    expect(command.groupIsAlive).toBe(false);

    const content = (await contentOf(folder.path))!;
    expect(Object.keys(content)).toEqual(files);
    const soFar = content['results.jsonl']!.split('\n').filter((line) => line !== '');
    expect(soFar.length).toBeGreaterThan(0);
    expect(soFar.length).toBeLessThan(6);
    expect(expected.split('\n')).toEqual(expect.arrayContaining(soFar));
    const lines = content['results.tsv']!.trimEnd().split('\n');
    expect(lines).toHaveLength(1 + soFar.length);

    // The same command again, without the seed and on another number of processes.
    const resumed = await runCommand(args(folder.path, { seed: undefined, processes: 1 }));
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    const after = (await contentOf(folder.path))!;
    expect(after['results.jsonl']).toBe(expected);
    expect(after['job.json']).toBe(content['job.json']);
    expect(after['ledger']!.startsWith(content['ledger']!)).toBe(true);
    expect((await jobOf(folder.path)).draw.seed).toBe('7');
  });

  it('SIGINT before the job has begun leaves the folder as it was', async () => {
    using folder = new TemporaryFolder();
    await writeFile(folder.file('notes.txt'), 'keep me');
    await using command = startCommand(args(folder.path));
    await command.until(folder.path, () => existsSync(folder.file('lock')));
    command.kill('SIGINT');
    expect(await command.exited).toMatchObject({ code: 130, stdout: '', stderr: '' });
    expect(await contentOf(folder.path)).toEqual({ 'notes.txt': 'keep me' });
  });
});
