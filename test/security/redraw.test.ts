import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { runCommand } from '../harness/command.js';
import { certifyArgs, DIGITS } from '../harness/results.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

it('an image redrawn alone gives the row that it has among others, byte for byte, and that of other noise is another', async () => {
  using folder = new TemporaryFolder();
  const job = { ...DIGITS, sigma: 0.25, 'max-samples': 2048 };
  const rowsOf = async (name: string, images: string, processes: number, seed = 12345) => {
    const out = folder.file(name);
    expect(await runCommand(certifyArgs({ ...job, seed, images, processes, out }))).toMatchObject({
      code: 0,
    });
    return (await readFile(`${out}/results.jsonl`, 'utf8')).trimEnd().split('\n');
  };
  const rows = await rowsOf('all', '0:5', 2);
  const [alone] = await rowsOf('redrawn', '4', 1);
  expect(alone).toBe(rows[4]);
  const [others] = await rowsOf('other-noise', '4', 1, 12346);
  expect(others).not.toBe(alone);
});
