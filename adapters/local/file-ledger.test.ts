import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';

import { jobDigest } from '../../shared/job.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { counted, makeJob, makeRecord } from '../../test/support/jobs.js';
import { FileLedger } from './file-ledger.js';
import { HEADER_BYTES, LARGEST_PAYLOAD, encodeFrame, encodeHeader } from './ledger-frames.js';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';

const JOB = makeJob();
const DIGEST = jobDigest(JOB);
const voter = (image: number, sample: number) => (sample % 20 ? image : 7);
const recordOf = (image: number): LedgerRecord =>
  makeRecord(JOB, { task: `task-${image}`, counted: [counted(voter, { image, begin: 0, end: 64 })] });
const RECORDS = [0, 1, 2, 3].map(recordOf);

const folder = folderOfEachTest();
let file: string;
beforeEach(() => {
  file = folder.file('ledger');
});

async function using<T>(work: (ledger: FileLedger) => Promise<T>): Promise<T> {
  const ledger = await FileLedger.open(file, DIGEST);
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

async function readAll(ledger: FileLedger, after = 0): Promise<LedgerRecord[]> {
  const end = new AbortController();
  const records: LedgerRecord[] = [];
  if (ledger.size() <= after) return records;
  for await (const { sequence, record } of ledger.read(after, end.signal)) {
    expect(sequence).toBe(after + records.length + 1);
    records.push(record);
    if (sequence === ledger.size()) break;
  }
  return records;
}

/** The records of a small ledger, and its bytes. */
async function small(): Promise<Buffer> {
  await using(async (ledger) => {
    for (const record of RECORDS) await ledger.append(record);
  });
  return readFile(file);
}

/** Opens what is on disk: the records that it gives back, or the code that it is refused with. */
const opened = (): Promise<LedgerRecord[] | string> =>
  using((ledger) => readAll(ledger)).catch((error: unknown) => (error as { code: string }).code);

const REFUSALS = ['LEDGER_DAMAGED', 'PROTOCOL_MISMATCH', 'JOB_DIFFERS'];

describe('the ledger', () => {
  it('gives back what was appended, in order, also to the next process', async () => {
    await using(async (ledger) => {
      expect(ledger.size()).toBe(0);
      for (const record of RECORDS) expect(await ledger.append(record)).toBe('recorded');
      expect(await readAll(ledger)).toEqual(RECORDS);
    });
    await using(async (ledger) => {
      expect(ledger.size()).toBe(4);
      expect(await readAll(ledger)).toEqual(RECORDS);
      expect(await readAll(ledger, 2)).toEqual(RECORDS.slice(2));
      await ledger.append(recordOf(9));
      await ledger.sync();
    });
    expect(await opened()).toEqual([...RECORDS, recordOf(9)]);
  });

  it('holds one record a task, also across processes; records without a task are all kept', async () => {
    const own = makeRecord(JOB, { task: '' });
    await using(async (ledger) => {
      expect(await Promise.all([ledger.append(RECORDS[0]!), ledger.append(RECORDS[0]!)])).toEqual([
        'recorded',
        'already recorded',
      ]);
    });
    await using(async (ledger) => {
      const other = { ...RECORDS[1]!, task: RECORDS[0]!.task };
      expect(await ledger.append(other)).toBe('already recorded');
      expect(await ledger.append(own)).toBe('recorded');
      expect(await ledger.append(own)).toBe('recorded');
      expect(await readAll(ledger)).toEqual([RECORDS[0], own, own]);
    });
  });

  it('keeps the order of appends that are made at once', async () => {
    const many = Array.from({ length: 300 }, (_, k) => recordOf(k));
    await using(async (ledger) => {
      await Promise.all(many.map((record) => ledger.append(record)));
      expect(await readAll(ledger)).toEqual(many);
    });
  });

  it('lets several read at their own pace while it grows, and stops those who want no more', async () => {
    await using(async (ledger) => {
      const end = new AbortController();
      let reading = 3;
      const read = async (after: number) => {
        const found: number[] = [];
        for await (const { sequence } of ledger.read(after, end.signal)) {
          found.push(sequence);
          if (sequence < RECORDS.length) void ledger.append(RECORDS[sequence]!);
          else if ((reading -= 1) === 0) end.abort();
        }
        return found;
      };
      const readers = [read(0), read(0), read(3)];
      await ledger.append(RECORDS[0]!);
      expect(await Promise.all(readers)).toEqual([[1, 2, 3, 4], [1, 2, 3, 4], [4]]);
      for await (const entry of ledger.read(0, end.signal)) expect.unreachable(`entry ${entry.sequence}`);
    });
  });

  it('is read whole where it is larger than a reader reads at once', async () => {
    const detail = 'x'.repeat(300_000);
    const large = Array.from({ length: 30 }, (_, k) =>
      makeRecord(JOB, { task: `${k}`, failedImages: [{ image: k, code: 'CHILD_DIED', detail }] }),
    );
    await using(async (ledger) => {
      for (const record of large) await ledger.append(record);
      expect((await readAll(ledger)).map(({ task }) => task)).toEqual(large.map(({ task }) => task));
    });
    expect(await opened()).toEqual(large);
  });

  it('writes no record that it could not read, and goes on', async () => {
    await using(async (ledger) => {
      const huge = [{ image: 0, code: 'CHILD_DIED', detail: 'x'.repeat(LARGEST_PAYLOAD) }] as const;
      await expect(ledger.append(makeRecord(JOB, { failedImages: huge }))).rejects.toThrow(RangeError);
      const { shard, counts, micros } = RECORDS[0]!.counted[0]!;
      const wrong = [{ shard, counts: { ...counts, invalid: 1 }, micros }];
      await expect(ledger.append(makeRecord(JOB, { counted: wrong }))).rejects.toMatchObject({
        code: 'INTERNAL',
      });
      expect(await ledger.append(RECORDS[0]!)).toBe('recorded');
    });
    expect(await opened()).toEqual([RECORDS[0]]);
  });
});

describe('after an end at any byte', () => {
  it('gives back whole records, a prefix of those written, and takes further ones', async () => {
    const bytes = await small();
    for (let length = 0; length < bytes.length; length++) {
      await writeFile(file, bytes.subarray(0, length));
      const found = await opened();
      if (length < HEADER_BYTES) {
        expect(found).toBe('LEDGER_DAMAGED');
        continue;
      }
      expect(found).toEqual(RECORDS.slice(0, (found as LedgerRecord[]).length));
      await using((ledger) => ledger.append(recordOf(8)));
      expect(await opened()).toEqual([...(found as LedgerRecord[]), recordOf(8)]);
    }
    await writeFile(file, bytes);
    expect(await opened()).toEqual(RECORDS);
  });

  it.each([1, 7, 8, 9, 4096, 1 << 20])(
    'cuts off %i zeros that the file system left behind',
    async (zeros) => {
      const bytes = await small();
      await appendFile(file, Buffer.alloc(zeros));
      expect(await opened()).toEqual(RECORDS);
      expect((await stat(file)).size).toBe(bytes.length);
    },
  );

  it('refuses zeros before a good record', async () => {
    await small();
    await appendFile(file, Buffer.concat([Buffer.alloc(512), encodeFrame(Buffer.from('more'))]));
    expect(await opened()).toBe('LEDGER_DAMAGED');
  });

  it('refuses an end that is longer than what can be torn', async () => {
    const bytes = await small();
    await truncate(file, bytes.length + (64 << 20) + 1);
    expect(await opened()).toBe('LEDGER_DAMAGED');
  });
});

describe('a damaged byte', () => {
  it('never changes a record nor skips one: what is given back is a prefix, or the ledger is refused', async () => {
    const bytes = await small();
    const refused = new Map<string, number>();
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= flip;
        await writeFile(file, changed);
        const found = await opened();
        if (typeof found === 'string') {
          expect(REFUSALS).toContain(found);
          refused.set(found, (refused.get(found) ?? 0) + 1);
        } else {
          expect(found.length).toBe(RECORDS.length - 1);
          expect(found).toEqual(RECORDS.slice(0, -1));
        }
      }
    }
    expect(refused.get('LEDGER_DAMAGED')).toBeGreaterThan(HEADER_BYTES);
  });

  it('in a record that was good when the ledger was opened is found by its reader', async () => {
    const bytes = await small();
    await using(async (ledger) => {
      const handle = await open(file, 'r+');
      await handle.write(Buffer.from([bytes[HEADER_BYTES + 20]! ^ 1]), 0, 1, HEADER_BYTES + 20);
      await handle.close();
      await expect(readAll(ledger)).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' });
      await truncate(file, HEADER_BYTES + 10);
      await expect(readAll(ledger)).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' });
    });
  });

  it('in a record whose checksum was made to fit is refused, not folded', async () => {
    await writeFile(file, Buffer.concat([encodeHeader(DIGEST), encodeFrame(Buffer.from('not a record'))]));
    expect(REFUSALS).toContain(await opened());
  });
});

describe('a ledger is refused', () => {
  it('for another job', async () => {
    await writeFile(file, encodeHeader('cd'.repeat(32)));
    expect(await opened()).toBe('JOB_DIFFERS');
  });

  it('of a newer version, with both numbers', async () => {
    const header = encodeHeader(DIGEST);
    header.writeUInt32LE(2, 8);
    header.writeUInt32LE(crc32(header.subarray(0, 44)), 44);
    await writeFile(file, header);
    await expect(FileLedger.open(file, DIGEST)).rejects.toMatchObject({
      code: 'PROTOCOL_MISMATCH',
      message: expect.stringMatching(/of version 2, and this smoothcert reads version 1/) as unknown,
    });
  });

  it('where it is a folder, or its folder is not there', async () => {
    await mkdir(file);
    expect(await opened()).toBe('FOLDER_UNUSABLE');
    file = folder.file('none', 'ledger');
    expect(await opened()).toBe('FOLDER_UNUSABLE');
  });
});

/** A file system of 64 KiB, where this process may mount one. */
async function mountSmall(): Promise<string | null> {
  const at = folder.file('small');
  await mkdir(at);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at], { stdio: 'ignore' });
    return at;
  } catch {
    return null;
  }
}

describe('on a full disk', () => {
  it('records nothing, says so, and goes on when there is space again', async (context) => {
    const at = await mountSmall();
    if (at === null) return context.skip('this process may not mount a file system');
    try {
      file = path.join(at, 'ledger');
      const filler = path.join(at, 'filler');
      await using(async (ledger) => {
        expect(await ledger.append(RECORDS[0]!)).toBe('recorded');
        await writeFile(filler, Buffer.alloc(48_000));
        const detail = 'x'.repeat(40_000);
        const large = makeRecord(JOB, { failedImages: [{ image: 0, code: 'CHILD_DIED', detail }] });
        await expect(ledger.append(large)).rejects.toMatchObject({ code: 'DISK_FULL', retryable: true });
        expect(ledger.size()).toBe(1);
        expect(await readAll(ledger)).toEqual([RECORDS[0]]);
        await rm(filler);
        expect(await ledger.append(large)).toBe('recorded');
        expect(await ledger.append(RECORDS[1]!)).toBe('recorded');
        expect(await readAll(ledger)).toEqual([RECORDS[0], large, RECORDS[1]]);
      });
    } finally {
      execFileSync('umount', [at]);
    }
  });
});
