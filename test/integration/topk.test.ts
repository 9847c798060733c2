import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { votesOf } from '../../shared/counts.js';
import { contentOf, runCommand, startCommand } from '../harness/command.js';
import { DIGITS, MODELS, certifyArgs, rowsOf, writeUint8Npy, type Flags } from '../harness/results.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** Six of the bundled digits. */
const JOB: Flags = {
  ...DIGITS,
  sigma: 0.25,
  images: '0:60:10',
  seed: 42,
  stop: 'fixed',
  n0: 50,
  'max-samples': 500,
  processes: 1,
};

const folder = folderOfAllTests();

const certify = (name: string, flags: Flags = {}) =>
  runCommand(certifyArgs({ ...JOB, 'topk-rows': true, ...flags, out: folder.file(name) }));
const textOf = (name: string) => readFile(folder.file(name, 'topk.txt'), 'utf8');

describe('--topk-rows', () => {
  it.each([
    ['fixed', {}],
    ['two-stage', { n0: undefined, stop: 'two-stage', 'min-gain': 'quick' }],
  ])('of %s writes the counts that prove each certificate, and the label', async (name, flags) => {
    const { code, stdout, stderr } = await certify(name, flags);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^Done: results\.tsv, results\.csv, results\.jsonl, topk\.txt and job\.json are in /,
    );
    const text = await textOf(name);
    expect(text).toMatch(/^((0|[1-9]\d*)( (0|[1-9]\d*)){10}\n){6}$/);
    const lines = text.trimEnd().split('\n');
    const rows = await rowsOf(folder.file(name));
    expect(rows.filter(({ outcome }) => outcome === 'certified').length).toBeGreaterThan(3);
    rows.forEach(({ outcome, counts, label }, i) => {
      const numbers = lines[i]!.split(' ').map(Number);
      expect(numbers.at(-1)).toBe(label);
      if (outcome !== 'certified') return;
      expect(numbers.slice(0, -1)).toEqual(Array.from({ length: 10 }, (_, k) => votesOf(counts, k)));
    });
    if (name !== 'fixed') return;
    for (const line of lines) {
      const votes = line.split(' ').slice(0, -1).map(Number);
      expect(votes.reduce((a, b) => a + b)).toBe(500);
    }
  });

  it('is free to change: a second run adds the rows and changes no other byte', async () => {
    const first = await certify('later', { 'topk-rows': undefined });
    expect(first.stdout).not.toContain('topk.txt');
    const before = (await contentOf(folder.file('later')))!;
    expect(Object.keys(before)).not.toContain('topk.txt');
    expect((await certify('later')).code).toBe(0);
    const after = await contentOf(folder.file('later'));
    expect(after).toEqual({ ...before, 'topk.txt': await textOf('fixed') });
  });

  it('of results writes the same rows from the folder alone', async () => {
    const before = await contentOf(folder.file('fixed'));
    await rm(folder.file('fixed', 'topk.txt'));
    const { code, stderr } = await runCommand([
      'results',
      folder.file('fixed'),
      '--topk-rows',
      '--no-report',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await contentOf(folder.file('fixed'))).toEqual(before);
  });

  it('of an interrupted job writes none: a row has no index', async () => {
    const out = folder.file('interrupted');
    const slow = { model: `${MODELS}/slow.onnx`, data: `${MODELS}/images.npz`, images: '34:40' };
    const args = certifyArgs({ ...JOB, ...slow, 'topk-rows': true, out });
    await using command = startCommand(args);
    await command.until(folder.path, () => existsSync(out));
    await command.until(out, () => existsSync(folder.file('interrupted', 'ledger')));
    command.kill('SIGINT');
    expect((await command.exited).code).toBe(130);
    const before = await contentOf(out);
    expect(Object.keys(before!)).toEqual([
      'images.jsonl',
      'job.json',
      'ledger',
      'results.csv',
      'results.jsonl',
      'results.tsv',
    ]);
    const { code, stderr } = await runCommand(['results', out, '--topk-rows']);
    expect(code).toBe(2);
    expect(stderr).toContain(`and ${out} has images that are not decided.\n`);
    expect(await contentOf(out)).toEqual(before);
  });

  it('gives an image that fails zeros, and every row of the others their invalid votes', async () => {
    const pictures = { model: `${MODELS}/nan-sometimes.onnx`, data: `${MODELS}/images.npz` };
    const { code } = await certify('nan', { ...pictures, images: ':8', seed: 3 });
    expect(code).toBe(3);
    const rows = await rowsOf(folder.file('nan'));
    const lines = (await textOf('nan')).trimEnd().split('\n');
    expect(lines).toHaveLength(8);
    rows.forEach(({ outcome, label }, i) => {
      const numbers = lines[i]!.split(' ').map(Number);
      const sum = numbers.slice(0, -1).reduce((a, b) => a + b);
      expect([sum, numbers.at(-1)]).toEqual([outcome === 'failed' ? 0 : 500, label]);
    });
    expect(new Set(rows.map(({ outcome }) => outcome === 'failed')).size).toBe(2);
  });
});

describe('--topk-rows is refused before anything is drawn', () => {
  const refusal = /^Error OPTION_INVALID: --topk-rows /;

  it('where the votes are looked at to stop', async () => {
    const flags = { n0: undefined, stop: undefined };
    const { code, stderr } = await certify('gain', flags);
    expect(code).toBe(2);
    expect(stderr).toMatch(refusal);
    expect(await contentOf(folder.file('gain'))).toBeNull();
    expect((await certify('gain', { ...flags, 'topk-rows': undefined })).code).toBe(0);
    const before = await contentOf(folder.file('gain'));
    const again = await runCommand(['results', folder.file('gain'), '--topk-rows']);
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(refusal);
    expect(await contentOf(folder.file('gain'))).toEqual(before);
  });

  it('where a label is no class', async () => {
    await writeUint8Npy(folder.file('y.npy'), [300], new Uint8Array(300).fill(10));
    const { code, stderr } = await certify('labels', { labels: folder.file('y.npy') });
    expect(code).toBe(2);
    expect(stderr).toMatch(/image 0 has 10, and the model has classes 0 to 9\.\n/);
    expect(await contentOf(folder.file('labels'))).toBeNull();
  });

  it('where results find no labels', async () => {
    await certify('unlabelled');
    await rm(folder.file('unlabelled', 'results.jsonl'));
    await rm(folder.file('unlabelled', 'images.jsonl'));
    const before = await contentOf(folder.file('unlabelled'));
    const { code, stderr } = await runCommand(['results', folder.file('unlabelled'), '--topk-rows']);
    expect({ code, stderr: stderr.split('\n')[0] }).toEqual({
      code: 2,
      stderr: 'Error OPTION_INVALID: --topk-rows needs labels, and there are none.',
    });
    expect(await contentOf(folder.file('unlabelled'))).toEqual(before);
  });
});
