import { copyFile, open, readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { HEADER_BYTES } from '../../shared/dataset/canonical.js';
import { contentOf, runCommand, startCommand, type RunningCommand } from '../harness/command.js';
import { digitsJob, ledgerGrows } from '../harness/digits-job.js';
import { project } from '../harness/local-job.js';
import { childrenOf, signalTo } from '../harness/processes.js';
import { DIGITS, PICTURES, type Flags } from '../harness/results.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

const LONGER = { images: '::20', 'no-report': true } as const;
const OTHER_DATA = project(PICTURES.data);

const folder = folderOfAllTests();
let data: string;
let undisturbed: string;
beforeAll(async () => {
  data = folder.file('data.npz');
  await copyFile(project(DIGITS.data), data);
  undisturbed = await finish('undisturbed');
});

const jobInto = (out: string, flags: Flags = {}) =>
  digitsJob(folder.file(out), { ...LONGER, data, ...flags });

async function finish(out: string): Promise<string> {
  expect(await runCommand(jobInto(out))).toMatchObject({ code: 0, stderr: '' });
  return readFile(folder.file(out, 'results.jsonl'), 'utf8');
}

/** The job, begun, at a moment when processes draw; with one process, all of them have loaded the images. */
async function drawing(out: string, flags: Flags = { processes: 2 }): Promise<RunningCommand> {
  const command = startCommand(jobInto(out, flags), { ownGroup: true });
  expect(await ledgerGrows(command, folder.file(out), 1_000)).toBe(true);
  return command;
}

/** Turns every pixel of the canonical copy into another one, in the file that is open elsewhere. */
async function overwritePixels(out: string): Promise<void> {
  const file = await open(folder.file(out, 'data.canonical'), 'r+');
  const { size } = await file.stat();
  const bytes = Buffer.alloc(size - HEADER_BYTES);
  await file.read(bytes, 0, bytes.length, HEADER_BYTES);
  await file.write(
    bytes.map((byte) => byte ^ 1),
    0,
    bytes.length,
    HEADER_BYTES,
  );
  await file.close();
}

async function killChildren(command: RunningCommand): Promise<void> {
  for (const pid of await childrenOf(command.pid)) signalTo(pid, 'SIGKILL');
}

test('the data file is overwritten while the job runs: its images were copied, the results are the same', async () => {
  await using command = await drawing('source');
  await copyFile(OTHER_DATA, data);
  await killChildren(command);
  expect(await command.exited).toMatchObject({ code: 0, stderr: '' });
  const content = (await contentOf(folder.file('source')))!;
  expect(content['results.jsonl']).toBe(undisturbed);

  const other = await runCommand(jobInto('source'));
  expect(other.code).toBe(2);
  expect(await contentOf(folder.file('source'))).toEqual(content);
  await copyFile(project(DIGITS.data), data);
  expect(await finish('source')).toBe(undisturbed);
});

test('the copy in the folder is overwritten, and processes load it: refused; the same command again resumes', async () => {
  await using command = await drawing('copy');
  await overwritePixels('copy');
  await killChildren(command);
  const { code, stdout, stderr } = await command.exited;
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  const file = folder.file('copy', 'data.canonical');
  expect(stderr).toBe(
    `Error DATA_DIGEST_MISMATCH: ${file} does not hold the images of the job: it was changed after they were converted into it.\n` +
      'Run the same command again: it converts the images afresh and resumes.\n',
  );
  const left = (await contentOf(folder.file('copy')))!;
  expect(Object.keys(left)).toEqual(['images.jsonl', 'job.json', 'ledger']);
  expect(await finish('copy')).toBe(undisturbed);
  const after = (await contentOf(folder.file('copy')))!;
  expect(after['ledger']!.startsWith(left['ledger']!)).toBe(true);
});

test('the copy is overwritten, and no process loads it again: what is drawn from is what was verified', async () => {
  await using command = await drawing('verified', { processes: 1, 'no-report': undefined });
  await overwritePixels('verified');
  expect(await command.exited).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(
      /^Note: No report was written: .* does not hold the images of the job/,
    ) as string,
  });
  expect(await readFile(folder.file('verified', 'results.jsonl'), 'utf8')).toBe(undisturbed);
});

test('a copy that a killed command left behind, and that was overwritten since, is of no account', async () => {
  await using command = await drawing('left');
  command.killGroup('SIGKILL');
  await command.exited;
  await overwritePixels('left');
  expect(await finish('left')).toBe(undisturbed);
});
