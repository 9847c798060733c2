import { execFileSync } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { contentOf, runCommand } from '../harness/command.js';
import { digitsJob } from '../harness/digits-job.js';
import { framesOf } from '../harness/ledger-frames.js';
import { SmallDisk, mayMount } from '../harness/small-disk.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

const MOUNTING = mayMount();
/** The folder needs at most about 48 KiB; tmpfs gives whole pages of 4 KiB. */
const SIZES = ['4k', '12k', '28k', '40k', '64k'];

let undisturbed: string;

beforeAll(async () => {
  using folder = new TemporaryFolder();
  expect((await runCommand(digitsJob(folder.path))).code).toBe(0);
  undisturbed = await readFile(folder.file('results.jsonl'), 'utf8');
});

const tellsOf = (folder: string) =>
  new RegExp(
    `^(Note: .*\\n)*Error DISK_FULL: (There is no space left to write ${folder}/\\S+|The disk is full: ${folder}/\\S+ cannot be written)\\.\\n[^\\n]+\\n$`,
  );

/** Expects every named file to be whole: no temporary file, no lock, no torn record; job.json is as it was begun. */
async function expectWhole(folder: string, job: string | null): Promise<string | null> {
  const names = await readdir(folder).catch(() => []);
  const expected = [
    'images.jsonl',
    'job.json',
    'ledger',
    'report.html',
    'results.csv',
    'results.jsonl',
    'results.tsv',
  ];
  expect(names.filter((name) => !expected.includes(name))).toEqual([]);
  const content = await contentOf(folder);
  const { 'job.json': now, ledger } = content ?? {};
  if (job !== null) expect(now).toBe(job);
  if (now !== undefined) JSON.parse(now);
  if (ledger !== undefined) expect(framesOf(Buffer.from(ledger, 'latin1')).torn).toBe(0);
  return now ?? null;
}

test.skipIf(!MOUNTING)(
  'a disk that grows from run to run: full at one file after the other, and in the end the same results',
  async () => {
    using disk = SmallDisk.mount(SIZES[0]!);
    const out = disk.file('out');
    const full: string[] = [];
    let job: string | null = null;
    for (const size of SIZES) {
      disk.resize(size);
      const { code, stdout, stderr } = await runCommand(digitsJob(out, { quiet: true }));
      job = await expectWhole(out, job);
      if (code === 0) break;
      expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(tellsOf(out));
      full.push(/out\/([a-z]+(\.[a-z]+)?)/.exec(stderr)![1]!);
    }
    expect(full).toEqual(['data.canonical', 'images.jsonl', 'ledger', 'results.jsonl']);
    expect(await readFile(disk.file('out', 'results.jsonl'), 'utf8')).toBe(undisturbed);
  },
);

test.skipIf(!MOUNTING)('a finished job that is asked again on a full disk is left as it is', async () => {
  using disk = SmallDisk.mount('256k');
  const out = disk.file('out');
  expect((await runCommand(digitsJob(out))).code).toBe(0);
  const before = await contentOf(out);
  fill(disk.file('ballast'));
  const { code, stdout, stderr } = await runCommand(digitsJob(out));
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(tellsOf(out));
  expect(await contentOf(out)).toEqual(before);
});

/** Takes all the space that is left. */
function fill(file: string): void {
  try {
    execFileSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=4k'], { stdio: 'ignore' });
  } catch {
    return;
  }
  throw new Error('the disk does not fill');
}
