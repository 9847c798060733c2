import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../harness/command.js';
import { certifyArgs, DIGITS } from '../harness/results.js';

it('an image redrawn alone gives the row that it has among others, byte for byte, and a changed count is seen', async () => {
  await using folder = await temporaryFolder();
  const job = { ...DIGITS, sigma: 0.25, seed: 12345, 'max-samples': 2048 };
  const rowsOf = async (name: string, images: string, processes: number) => {
    const out = folder.file(name);
    expect(await runCommand(certifyArgs({ ...job, images, processes, out }))).toMatchObject({ code: 0 });
    return (await readFile(`${out}/results.jsonl`, 'utf8')).trimEnd().split('\n');
  };
  const rows = await rowsOf('all', '0:6', 2);
  const [alone] = await rowsOf('redrawn', '4', 1);
  expect(alone).toBe(rows[4]);
  const lie = rows[4]!.replace(/"votes":\[(\d+)/, (_, votes: string) => `"votes":[${Number(votes) + 1}`);
  expect(lie).not.toBe(alone);
});
