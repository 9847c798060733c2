import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { contentOf, runCommand } from '../harness/command.js';
import { digitsJob } from '../harness/digits-job.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

const FULL = '/dev/full';
const TOLD =
  'Error DISK_FULL: There is no space left to write standard output.\n' +
  'Nothing else went wrong: send the output elsewhere and run the same command again.\n';

const folder = folderOfAllTests();

const runInto = (args: string[]) => runCommand(args, { stdoutTo: FULL });

if (!existsSync(FULL)) console.warn(`SKIPPED: there is no ${FULL} here.`);

test.skipIf(!existsSync(FULL))(
  'a summary that cannot be printed is told: one sentence, exit code 2, the results kept',
  async () => {
    const job = digitsJob(folder.path, { 'max-samples': 256 });
    expect(await runInto([...job, '--json'])).toMatchObject({ code: 2, stderr: TOLD });
    const whole = await contentOf(folder.path);
    expect(Object.keys(whole!)).toEqual([
      'images.jsonl',
      'job.json',
      'ledger',
      'report.html',
      'results.csv',
      'results.jsonl',
      'results.tsv',
    ]);
    expect((await readFile(folder.file('results.jsonl'), 'utf8')).split('\n')).toHaveLength(6);

    expect(await runInto(['results', folder.path])).toMatchObject({ code: 2, stderr: TOLD });
    expect(await runInto([...job, '--print-config'])).toMatchObject({ code: 2, stderr: TOLD });
    expect(await runInto(['certify', '--help'])).toMatchObject({ code: 2, stderr: TOLD });
    expect(await contentOf(folder.path)).toEqual(whole);
    expect(await runCommand([...job, '--json'])).toMatchObject({ code: 0, stderr: '' });
  },
);

test.skipIf(!existsSync(FULL))('who asks for nothing on standard output misses nothing', async () => {
  const job = digitsJob(folder.path, { 'max-samples': 256, quiet: true });
  expect(await runInto(job)).toMatchObject({ code: 0, stderr: '' });
});
