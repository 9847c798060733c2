import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, contentOf, runCommand } from '../harness/command.js';
import { MODELS, PICTURES, certifyArgs, type Flags } from '../harness/results.js';
import { data, labels, models, options, otherModels, type Wrong } from './wrong-input.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

/** Small jobs, so that a table row that is accepted by mistake fails soon. */
const RUNS: Flags = { ...PICTURES, sigma: 0.25, images: '0:2', 'max-samples': 100, seed: 1, processes: 1 };

async function expectRefusal(out: string, [, flags, code, sentence, remedy]: Wrong): Promise<void> {
  const finished = await runCommand(certifyArgs({ ...RUNS, ...flags, out }));
  expect(finished).toEqual({
    code: 2,
    signal: null,
    stdout: '',
    stderr: `Error ${code}: ${sentence}\n${remedy}\n`,
  });
}

describe('certify refuses with exit code 2 and one sentence, and leaves no folder behind', () => {
  it.each([...options, ...data, ...labels, ...models, ...otherModels])('%s', async (...wrong) => {
    using folder = new TemporaryFolder();
    await expectRefusal(folder.file('new', 'certificates'), wrong);
    expect(await contentOf(folder.file('new'))).toBeNull();
  });

  it.each(['cuda', 'tensorrt', 'dml', 'coreml'])(
    'the device %s where its library is missing',
    async (device) => {
      using folder = new TemporaryFolder();
      const out = folder.file('certificates');
      const { code, stdout, stderr } = await runCommand(certifyArgs({ ...RUNS, device, out }));
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      const [sentence, remedy, end] = stderr.split('\n');
      // The middle of the sentence is ONNX Runtime's own, and differs between platforms.
      expect(sentence).toMatch(
        new RegExp(`^Error DEVICE_UNAVAILABLE: The device ${device} cannot be used: .+\\.$`),
      );
      expect(remedy).toMatch(
        /^(Run ONNXRUNTIME_NODE_INSTALL=cuda12 .*|(DirectML|Core ML) exists on .* only;).* use --device cpu\.$/,
      );
      expect(end).toBe('');
      expect(await contentOf(out)).toBeNull();
    },
  );
});

describe('certify refuses a model that throws on every run', () => {
  it('with a sentence, and leaves no folder behind', async () => {
    using folder = new TemporaryFolder();
    const out = folder.file('certificates');
    const model = `${MODELS}/fails-on-run.onnx`;
    const { code, stdout, stderr } = await runCommand(certifyArgs({ ...RUNS, model, out }));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^Error INFERENCE_FAILED: The model failed on an input of shape \[1, 1, 8, 8\]: .*\.\nRun the model on these images by itself to see why\.\n$/,
    );
    expect(await contentOf(out)).toBeNull();
  });
});

describe('certify leaves a folder as it found it, byte for byte', () => {
  const one = (table: Wrong[], name: string) => table.find(([given]) => given === name)!;
  const chosen = [
    one(options, 'α above 1/4'),
    one(options, 'the images 40 of 40'),
    one(data, 'a file cut short'),
    one(data, 'images of another size than the model takes'),
    one(models, 'the model truncated.onnx'),
    one(otherModels, 'an output that the model does not have'),
  ];

  it.each(chosen)('with notes of somebody else in it: %s', async (...wrong) => {
    using folder = new TemporaryFolder();
    await mkdir(folder.file('mine'));
    await writeFile(folder.file('notes.txt'), 'keep me');
    await writeFile(folder.file('mine', 'results.tsv'), 'keep me too');
    const before = await contentOf(folder.path);
    await expectRefusal(folder.path, wrong);
    expect(await contentOf(folder.path)).toEqual(before);
  });

  it('with a finished job in it', async () => {
    using folder = new TemporaryFolder();
    const { code } = await runCommand(certifyArgs({ ...RUNS, out: folder.path }));
    expect(code).toBe(0);
    const before = await contentOf(folder.path);
    expect(Object.keys(before!)).toEqual([
      'images.jsonl',
      'job.json',
      'ledger',
      'results.csv',
      'results.jsonl',
      'results.tsv',
    ]);
    for (const wrong of chosen) await expectRefusal(folder.path, wrong);
    expect(await contentOf(folder.path)).toEqual(before);
  });
});

describe('certify refuses an --out that cannot be a folder', () => {
  it.each([
    ['a regular file', []],
    ['a path through a regular file', ['certificates']],
  ] as const)('%s', async (_, below) => {
    using folder = new TemporaryFolder();
    await writeFile(folder.file('notes.txt'), 'keep me');
    const out = folder.file('notes.txt', ...below);
    await expectRefusal(out, [
      ...(['', {}, 'FOLDER_UNUSABLE'] as const),
      `${out}/lock cannot be written (ENOTDIR).`,
      'Give --out a folder that you may write to.',
    ]);
    expect(await contentOf(folder.path)).toEqual({ 'notes.txt': 'keep me' });
  });
});

describe('every unrunnable fixture model', () => {
  it('is in a table of this file', async () => {
    const readme = (await contentOf(path.join(ROOT, MODELS)))!['README.md']!;
    const [, section] = readme.split('## Models that fail, or must be refused');
    const named = [...section!.split('## Pictures')[0]!.matchAll(/^\| (\S+\.onnx)/gm)].map(
      ([, file]) => file!,
    );
    const failsLater = ['nan-sometimes.onnx', 'nan-always.onnx', 'fails-sometimes.onnx', 'fails-on-run.onnx'];
    const here = models.map(([name]) => name.replace('the model ', ''));
    expect(named.filter((file) => !failsLater.includes(file) && !here.includes(file))).toEqual([]);
    expect(named.length).toBeGreaterThan(10);
  });
});
