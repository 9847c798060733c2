import { cp, readFile, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { encodeFrame, encodeHeader } from '../../adapters/local/ledger-frames.js';
import { jobDigest, type Job } from '../../shared/job.js';
import { contentOf, runCommand } from '../harness/command.js';
import { digitsJob } from '../harness/digits-job.js';
import { framesOf } from '../harness/ledger-frames.js';
import { jobOf } from '../harness/results.js';
import { folderOfAllTests, folderOfEachTest } from '../support/temporary-folder.js';

/** Tag and value of the field `protocol` of a record, which comes first: field 1, a varint. */
const PROTOCOL_1 = Buffer.from([0x08, 0x01]);
const PROTOCOL_2 = Buffer.from([0x08, 0x02]);

const jobIn = (out: string) => digitsJob(out, { 'max-samples': 256 });

const original = folderOfAllTests();
const folder = folderOfEachTest();
beforeAll(async () => {
  const { code } = await runCommand(jobIn(original.path));
  expect(code).toBe(0);
});
beforeEach(async () => {
  await cp(original.path, folder.path, { recursive: true });
});

/** Neither command goes on, and neither touches a byte. */
async function expectRefused(message: string): Promise<void> {
  const before = await contentOf(folder.path);
  for (const args of [jobIn(folder.path), ['results', folder.path]]) {
    const { code, stdout, stderr } = await runCommand(args);
    const [sentence, remedy, ...more] = stderr.split('\n');
    expect({ code, stdout, sentence, more }).toEqual({
      code: 2,
      stdout: '',
      more: [''],
      sentence: `Error PROTOCOL_MISMATCH: ${message}`,
    });
    expect(remedy).toContain('Use the version of smoothcert that wrote it');
    expect(await contentOf(folder.path)).toEqual(before);
  }
}

test('a record of protocol 2 in the ledger', async () => {
  const file = folder.file('ledger');
  const { payloads } = framesOf(await readFile(file));
  const newest = payloads.at(-1)!;
  expect(newest.subarray(0, 2)).toEqual(PROTOCOL_1);
  const newer = Buffer.concat([PROTOCOL_2, newest.subarray(2)]);
  const header = encodeHeader(jobDigest(await jobOf(folder.path)));
  const records = [...payloads.slice(0, -1), newer].map(encodeFrame);
  await writeFile(file, Buffer.concat([header, ...records]));
  await expectRefused('This record is of protocol 2, and this smoothcert reads protocol 1.');
});

test('a ledger file of version 2', async () => {
  const file = folder.file('ledger');
  const ledger = await readFile(file);
  ledger.writeUInt32LE(2, 8);
  ledger.writeUInt32LE(crc32(ledger.subarray(0, 44)), 44);
  await writeFile(file, ledger);
  await expectRefused(`The ledger ${file} is of version 2, and this smoothcert reads version 1.`);
});

test('a job.json of protocol 2', async () => {
  const file = folder.file('job.json');
  const content = JSON.parse(await readFile(file, 'utf8')) as { job: Job };
  const newer = { ...content.job, protocol: 2, more: ['than', 'today'] } as unknown as Job;
  await writeFile(file, JSON.stringify({ ...content, job: newer, job_digest: jobDigest(newer) }, null, 2));
  await expectRefused(`${file} is of protocol 2, and this smoothcert reads protocol 1.`);
});
