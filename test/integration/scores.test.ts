import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync, watch } from 'node:fs';
import { copyFile, readFile, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ROOT, runCommand } from '../harness/command.js';
import { readLinearModel } from '../harness/linear-model.js';
import { PICTURES, certifyArgs, writeUint8Npy } from '../harness/results.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

/** The content of a .npy file of little-endian float32, read by its specification. */
async function readNpy(file: string): Promise<{ header: string; values: Float32Array }> {
  const bytes = await readFile(file);
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from('\x93NUMPY\x01\x00', 'latin1'));
  const begin = 10 + bytes.readUInt16LE(8);
  expect(begin % 64).toBe(0);
  const values = new Float32Array((bytes.length - begin) / 4);
  values.forEach((_, at) => (values[at] = bytes.readFloatLE(begin + 4 * at)));
  return { header: bytes.toString('latin1', 10, begin), values };
}

describe('smoothcert scores', () => {
  it('writes what the model answers to prepared images, in the order of the images', async () => {
    using folder = new TemporaryFolder();
    const [data, out] = [folder.file('x.npy'), folder.file('scores.npy')];
    const pixels = Uint8Array.from({ length: 600 * 64 }, (_, at) => (at * 7919 + (at >> 6) * 31) % 256);
    await writeUint8Npy(data, [600, 1, 8, 8], pixels);
    const model = 'examples/oracle/oracle.onnx';
    const flags = ['--sigma', '0.25', '--images', '1::2', '--mean', '0.4', '--std', '0.5', '--out', out];
    const { code, stdout, stderr } = await runCommand(['scores', '--model', model, '--data', data, ...flags]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });

    const { header, values } = await readNpy(out);
    expect(header).toMatch(/^\{'descr': '<f4', 'fortran_order': False, 'shape': \(300, 2\), \} *\n$/);
    const { weights, bias } = await readLinearModel(`${ROOT}${model}`);
    for (let row = 0; row < 300; row++) {
      const image = pixels.subarray((2 * row + 1) * 64, (2 * row + 2) * 64);
      for (let label = 0; label < 2; label++) {
        const score = image.reduce(
          (sum, pixel, at) => sum + ((pixel / 255 - 0.4) / 0.5) * weights[64 * label + at]!,
          bias[label]!,
        );
        expect(values[2 * row + label]).toBeCloseTo(score, 3);
      }
    }
  });

  it('writes over no input and over no file that is no array, also by another name of it', async () => {
    using folder = new TemporaryFolder();
    const [model, data, linked, notes] = ['m.onnx', 'x.npy', 'linked.npy', 'notes.npy'].map((name) =>
      folder.file(name),
    ) as [string, string, string, string];
    await copyFile(`${ROOT}examples/oracle/oracle.onnx`, model);
    await writeUint8Npy(data, [1, 1, 8, 8], new Uint8Array(64));
    await symlink(data, linked);
    await writeFile(notes, 'mine');
    const before = await Promise.all([model, data, notes].map((file) => readFile(file)));
    const wrong = [
      [model, 'is the file of --model'],
      [data, 'is the file of --data'],
      [linked, 'is the file of --data'],
      [notes, 'is there and is no .npy file'],
    ] as const;
    const runs = wrong.map(async ([out, why]) => {
      const args = ['scores', '--model', model, '--data', data, '--sigma', '0.25', '--out', out];
      const { code, stderr } = await runCommand(args);
      expect(code).toBe(2);
      expect(stderr).toContain(`Error OPTION_INVALID: --out ${out} ${why}.\n`);
    });
    await Promise.all(runs);
    expect(await Promise.all([model, data, notes].map((file) => readFile(file)))).toEqual(before);
  });

  it('writes no file for a model that does not take the images', async () => {
    using folder = new TemporaryFolder();
    const out = folder.file('scores.npy');
    const args = [
      'scores',
      '--model',
      'examples/oracle/oracle.onnx',
      '--data',
      'test/fixtures/models/images-colour-nchw.npz',
    ];
    const { code, stderr } = await runCommand([...args, '--sigma', '0.25', '--out', out]);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: /^Error MODEL_DATA_MISMATCH: / });
    expect(existsSync(out)).toBe(false);
  });
});

const CHECKED = ['--model', PICTURES.model, '--data', PICTURES.data, '--images', '0:4', '--sigma', '0.25'];

describe('a command that its standard input holds', () => {
  it('stops as for Ctrl-C when that ends, and writes what is decided', async () => {
    using folder = new TemporaryFolder();
    const out = folder.file('out');
    const job = { ...PICTURES, sigma: 0.25, stop: 'fixed', 'max-samples': 100_000, processes: 1, out };
    const child = spawn(process.execPath, ['dist/cli/main.js', ...certifyArgs(job)], {
      cwd: ROOT,
      env: { ...process.env, SMOOTHCERT_HELD_BY_INPUT: '1' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const exited = once(child, 'exit');
    const ledger = `${out}/ledger`;
    const isDrawing = () => existsSync(ledger) && statSync(ledger).size > 500;
    const watcher = watch(folder.path, { recursive: true });
    while (!isDrawing()) await Promise.race([once(watcher, 'change'), exited]);
    watcher.close();
    child.stdin.end();
    expect(await exited).toEqual([130, null]);
    const written = await readFile(`${out}/results.jsonl`, 'utf8');
    expect(written.split('\n').length - 1).toBeLessThan(40);
    expect(existsSync(`${out}/lock`)).toBe(false);
  });

  it('ends by itself when it is done, though that is still open', async () => {
    const child = spawn(process.execPath, ['dist/cli/main.js', 'check', ...CHECKED], {
      cwd: ROOT,
      env: { ...process.env, SMOOTHCERT_HELD_BY_INPUT: '1' },
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    expect(await once(child, 'exit')).toEqual([0, null]);
    child.stdin.destroy();
  });
});
