import { execFile } from 'node:child_process';
import { copyFile, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../harness/command.js';
import { freePort } from '../harness/nats-server.js';
import { Part } from '../harness/parts.js';
import { installedPython, pythonWith } from '../harness/python.js';
import { DIGITS, rowsOf } from '../harness/results.js';
import { folderOfEachTest } from '../support/temporary-folder.js';

/** The page of the package and the example, run as they are printed. */

const PYTHON = pythonWith(['torch', 'pandas', 'matplotlib', 'grpc', 'venv', 'ensurepip']);
const SERVER = '127.0.0.1:50051';

/** Modules, images and labels, which the pages take for granted. */
const BEFORE = `
import numpy as np, torch
digits = np.load(${JSON.stringify(path.join(ROOT, DIGITS.data))})
x, y, mean, std = digits["x"][:6], digits["y"][:6], 0.5, 0.25
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10))
models = {0.25: model, 0.5: model, 1.0: model}
`;

describe.skipIf(PYTHON === undefined)('the documents of the package for Python', () => {
  const folder = folderOfEachTest();
  const run = async (file: string, env: Readonly<Record<string, string>> = {}) =>
    promisify(execFile)(await installedPython(), [file], {
      cwd: folder.path,
      env: { ...process.env, SMOOTHCERT: ROOT, MPLBACKEND: 'agg', ...env },
    });

  it(
    'have code that runs, block by block: the README of the project, and that of the package',
    { timeout: 600_000 },
    async () => {
      const start = await readFile(path.join(ROOT, 'README.md'), 'utf8');
      const page = await readFile(path.join(ROOT, 'clients/python/README.md'), 'utf8');
      const blocks = [...`${start}\n${page}`.matchAll(/^```python\n([^]*?)^```$/gm)].map(([, code]) => code!);
      expect(blocks.length).toBeGreaterThanOrEqual(6);
      expect(page).toContain(`server="${SERVER}"`);
      const [grpc, http] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
      const text = [BEFORE, ...blocks].join('\n').replaceAll(SERVER, grpc);
      await writeFile(folder.file('page.py'), text);
      await writeFile(folder.file('token.txt'), 'a-token-of-the-test\n');
      await copyFile(path.join(ROOT, DIGITS.model), folder.file('model.onnx'));
      const flags = ['--store', folder.file('store'), '--grpc', grpc, '--http', http];
      await using server = new Part('serve', ['serve', ...flags, '--token-file', folder.file('token.txt')]);
      await server.says(/Ready/);
      const { stdout } = await run('page.py');
      expect(stdout).toMatch(/^True$/m);
      expect(stdout).toMatch(/^OPTION_INVALID\n.*max_sample.*\n.*Did you mean max_samples\?/m);
      expect(await readdir(folder.file('runs'))).toEqual(expect.arrayContaining(['0.25', '0.5', '1.0']));
      expect((await readFile(folder.file('certified-accuracy.png'))).subarray(1, 4).toString()).toBe('PNG');
      const table = await readFile(folder.file('0.25.tsv'), 'utf8');
      expect(table).toMatch(/^idx\tlabel\tpredict\tradius\tcorrect\ttime\n/);
      expect(await rowsOf(folder.file('served'))).toHaveLength(6);
    },
  );

  it('have an example that goes from training to the figure', async () => {
    const env = { STEPS: '30', SAMPLES: '300', OUT: 'runs' };
    const { stdout } = await run(path.join(ROOT, 'examples/pytorch/digits.py'), env);
    const table = new Map(
      [...stdout.matchAll(/^(\d\.\d\d) +(\d\S*) +(\d\S*) +(\d\S*)$/gm)].map(([, sigma, ...means]) => [
        Number(sigma),
        means.map(Number),
      ]),
    );
    expect([...table.keys()]).toEqual([0.25, 0.5, 1]);
    for (const [sigma, [correct, radius]] of table) {
      const rows = await rowsOf(folder.file('runs', sigma === 1 ? '1.0' : `${sigma}`));
      expect(rows).toHaveLength(100);
      const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / 100;
      expect(correct).toBeCloseTo(mean(rows.map((row) => (row.correct === true ? 1 : 0))), 4);
      expect(radius).toBeCloseTo(mean(rows.map((row) => row.radius)), 4);
    }
    const figure = await readFile(folder.file('runs', 'certified-accuracy.png'));
    expect(figure.subarray(1, 4).toString()).toBe('PNG');
  });
});
