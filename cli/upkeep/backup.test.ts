import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jobIdOf } from '../../coordinator/jobs/new-job-id.js';
import { BackupWriter } from '../../adapters/local/backup-file.js';
import { encodeFrame, framesIn } from '../../adapters/local/ledger-frames.js';
import { LedgerFolder } from '../../adapters/local/ledger-folder.js';
import { jobDigest } from '../../shared/job.js';
import { decodeBackupPart, encodeBackupPart, type BackupPart } from '../../api/wire/backup-parts.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { ServiceBed, endOf, happens } from '../../test/support/service-bed.js';
import { Gate, meanwhile } from '../../test/support/service-faults.js';
import { backUp } from './backup.js';
import { check, putBack, type Restored } from './restore.js';
import type { Stores } from './stores.js';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';

const ID = jobIdOf('one');
const DAMAGED = expect.objectContaining({ code: 'BACKUP_DAMAGED' }) as Error;
const EXISTS = { code: 'JOB_EXISTS' };

const folder = folderOfEachTest();
let source: ServiceBed;
let target: ServiceBed;
let gates: Gate[];
beforeEach(async () => {
  gates = [];
  [source, target] = [await ServiceBed.open(), await ServiceBed.open()];
});
afterEach(async () => {
  for (const gate of gates) gate.open();
  await Promise.all([source.close(), target.close()]);
});

const file = (name = 'backup') => folder.file(name);

async function storesOf(bed: ServiceBed): Promise<Stores> {
  const ledgers = await LedgerFolder.open(bed.folder.file('ledgers'));
  const { jobs, artifacts } = bed;
  return { jobs, ledgers, artifacts, damaged: [], close: () => Promise.resolve() };
}

const save = async (name = 'backup', inputs = true) => backUp(await storesOf(source), ID, file(name), inputs);
const load = async (name = 'backup'): Promise<Restored> =>
  putBack(await storesOf(target), file(name), await check(file(name)));

async function ledgerOf(bed: ServiceBed): Promise<LedgerRecord[]> {
  const { job } = (await bed.jobs.get(ID))!.entry;
  const records = await (await storesOf(bed)).ledgers.records(ID, jobDigest(job!));
  const found: LedgerRecord[] = [];
  if (records) for await (const record of records) found.push(record);
  return found;
}

/** A job of which so many tasks are answered, stopped in the midst. `go` lets it go on. */
async function begun(bed: ServiceBed, tasks: number, seed = '1'): Promise<Gate> {
  const manager = await bed.serving();
  const gate = new Gate(tasks);
  gates.push(gate);
  bed.worker({ slots: 1, onTask: gate.pass });
  await manager.createJob({ spec: bed.spec({ seed }), requestId: 'one', validateOnly: false });
  await happens(async () => (await manager.getJob(ID)).progress.sequence >= tasks);
  return gate;
}

async function finished(bed: ServiceBed): Promise<void> {
  const manager = await bed.serving();
  bed.worker();
  await manager.createJob({ spec: bed.spec(), requestId: 'one', validateOnly: false });
  await endOf(manager, ID);
}

/** Parts of a backup, changed and written again as a whole one. */
async function rewritten(change: (parts: BackupPart[]) => BackupPart[]): Promise<void> {
  const bytes = await readFile(file());
  const parts = framesIn(bytes.subarray(16)).payloads.map(decodeBackupPart);
  await rm(file());
  const writer = await BackupWriter.create(file());
  for (const part of change(parts)) if (part.kind !== 'end') await writer.add(part);
  await writer.finish();
}

describe('a job that runs', () => {
  it('is restored as it was, and goes on to the same certificates', async () => {
    const gate = await begun(source, 3);
    expect(await save()).toMatchObject({ id: ID, state: 'not ended', records: 3, artifacts: 2 });
    expect(await load()).toEqual({
      id: ID,
      state: 'not ended',
      outcome: 'restored',
      records: 3,
      artifacts: 2,
      refuted: false,
    });
    expect((await target.jobs.get(ID))!.entry).toEqual((await source.jobs.get(ID))!.entry);
    expect(await ledgerOf(target)).toEqual(await ledgerOf(source));
    target.worker();
    await meanwhile(target, endOf(await target.serving(), ID));
    gate.open();
    await meanwhile(source, source.ending(ID));
    expect(await target.results(ID)).toEqual(await source.expected(ID));
    expect(await source.results(ID)).toEqual(await target.results(ID));
    expect((await ledgerOf(target)).slice(0, 3)).toEqual((await ledgerOf(source)).slice(0, 3));
  });

  it('is not changed by its own backup, then or when it has gone on', async () => {
    const gate = await begun(source, 3);
    await save();
    gate.open();
    await meanwhile(source, source.ending(ID));
    const before = [await ledgerOf(source), (await source.jobs.get(ID))!.entry];
    const again = await putBack(await storesOf(source), file(), await check(file()));
    expect(again).toMatchObject({ outcome: 'already there', records: 3 });
    expect([await ledgerOf(source), (await source.jobs.get(ID))!.entry]).toEqual(before);
  });

  it('before a worker has looked at the model keeps its seed and its place', async () => {
    const manager = await source.serving();
    await manager.createJob({ spec: source.spec({ seed: null }), requestId: 'one', validateOnly: false });
    expect(await save()).toMatchObject({ records: 0 });
    await load();
    expect((await target.jobs.get(ID))!.entry).toEqual((await source.jobs.get(ID))!.entry);
  });

  it('without its inputs is restored only where they are', async () => {
    await begun(source, 2);
    expect(await save('small', false)).toMatchObject({ artifacts: 0 });
    await target.artifacts.remove(source.dataDigest);
    await expect(load('small')).rejects.toMatchObject({
      code: 'ARTIFACT_MISSING',
      message: expect.stringContaining(`the data set, ${source.dataDigest}`) as unknown,
    });
    expect(await target.jobs.get(ID)).toBeNull();
    await save('whole');
    expect(await load('whole')).toMatchObject({ outcome: 'restored' });
    expect(await target.artifacts.find(source.dataDigest)).not.toBeNull();
  });
});

describe('a job that has ended', () => {
  it('shows the same certificates, with and without its ledger', async () => {
    await finished(source);
    const expected = await source.results(ID);
    expect(await save()).toMatchObject({ state: 'succeeded', artifacts: 4 });
    expect(await load()).toMatchObject({ outcome: 'restored', state: 'succeeded' });
    expect(await target.results(ID)).toEqual(expected);
    await (await storesOf(source)).ledgers.remove(ID);
    await source.artifacts.remove(source.modelDigest);
    expect(await save('late')).toMatchObject({ records: 0, artifacts: 3 });
    expect(await load('late')).toMatchObject({ outcome: 'already there' });
    await target.jobs.remove(ID);
    expect(await load('late')).toMatchObject({ outcome: 'restored' });
    expect(await target.results(ID)).toEqual(expected);
  });
});

describe('a job whose audit found a difference after its results were stored', () => {
  it('is restored and said to be refuted; one that ended with the difference is not', async () => {
    await finished(source);
    await save();
    expect(await load()).toMatchObject({ state: 'succeeded', refuted: false });
    const difference = { shard: { image: 0, begin: 0, end: 64 }, code: 'MODEL_NOT_DETERMINISTIC' } as const;
    const late = (part: BackupPart): BackupPart[] =>
      part.kind === 'record' && part.record.counted.length > 0
        ? [{ ...part, record: { ...part.record, failed: [{ ...difference, detail: 'It changed.' }] } }]
        : [part];
    await rewritten((parts) => parts.flatMap(late));
    expect(await check(file())).toMatchObject({ refuted: true });
    const withoutResults = (part: BackupPart): BackupPart[] =>
      part.kind === 'entry'
        ? [{ ...part, entry: { ...part.entry, ending: { ...part.entry.ending!, results: null } } }]
        : [part];
    await rewritten((parts) => parts.flatMap(withoutResults));
    expect(await check(file())).toMatchObject({ refuted: false });
  });
});

describe('two ledgers of one job', () => {
  it('are never mixed: another one is refused, with a job and without', async () => {
    await begun(source, 4);
    await begun(target, 2);
    await save();
    const entry = (await source.jobs.get(ID))!.entry;
    const theirs = await target.jobs.get(ID);
    await target.stop();
    // The same job, created at the same moment, of which something else was recorded first.
    await target.jobs.replace({ ...entry }, theirs!.version);
    const before = await ledgerOf(target);
    await expect(load()).rejects.toMatchObject(EXISTS);
    await target.jobs.remove(ID);
    await expect(load()).rejects.toMatchObject(EXISTS);
    expect(await target.jobs.get(ID)).toBeNull();
    await target.jobs.create(entry);
    expect(await ledgerOf(target)).toEqual(before);
  });

  it('nor those of two jobs of one name', async () => {
    await begun(source, 2);
    await begun(target, 2, '2');
    await save();
    await expect(load()).rejects.toMatchObject(EXISTS);
  });

  it('a restore that was interrupted goes on where it was', async () => {
    await begun(source, 5);
    await save();
    const records = await ledgerOf(source);
    const stores = await storesOf(target);
    const half = await stores.ledgers.open(ID, records[0]!.jobDigest, 0);
    for (const record of records.slice(0, 2)) await half.append(record);
    await half.close();
    expect(await load()).toMatchObject({ outcome: 'restored' });
    expect(await ledgerOf(target)).toEqual(records);
  });
});

describe('a backup', () => {
  it('that is damaged in any byte, or cut off anywhere, is refused, and nothing is restored', async () => {
    await begun(source, 2);
    await save();
    const whole = await readFile(file());
    for (let at = 0; at < whole.length; at += 41) {
      const broken = Buffer.from(whole);
      broken[at]! ^= 1 + (at % 255);
      await writeFile(file('broken'), broken);
      await expect(check(file('broken')), `byte ${at}`).rejects.toEqual(DAMAGED);
    }
    for (let length = 0; length < whole.length; length += 173) {
      await writeFile(file('broken'), whole.subarray(0, length));
      await expect(check(file('broken')), `${length} bytes`).rejects.toEqual(DAMAGED);
    }
    await writeFile(file('broken'), Buffer.concat([whole, whole.subarray(16)]));
    await expect(load('broken')).rejects.toEqual(DAMAGED);
    expect(await target.jobs.get(ID)).toBeNull();
  });

  it('with the record of another job, or with an artifact that is not what it is called, is refused', async () => {
    await begun(source, 2);
    await save();
    await rewritten((parts) =>
      parts.map((part) =>
        part.kind === 'record' ? { ...part, record: { ...part.record, jobDigest: 'cd'.repeat(32) } } : part,
      ),
    );
    await expect(load()).rejects.toEqual(DAMAGED);
    await rm(file());
    await save();
    await rewritten((parts) =>
      parts.map((part) => (part.kind === 'piece' ? { ...part, piece: Uint8Array.of(1, 2, 3) } : part)),
    );
    await expect(load()).rejects.toEqual(DAMAGED);
    await rm(file());
    await save();
    await rewritten((parts) => [...parts].sort((a, b) => (a.kind < b.kind ? -1 : 1)));
    await expect(load()).rejects.toEqual(DAMAGED);
  });

  it('of another version is refused with both numbers', async () => {
    await begun(source, 1);
    await save();
    const bytes = await readFile(file());
    bytes.writeUInt32LE(2, 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 12)), 12);
    await writeFile(file(), bytes);
    const mismatch = {
      code: 'PROTOCOL_MISMATCH',
      message: expect.stringMatching(/version 2,.*version 1/) as unknown,
    };
    await expect(check(file())).rejects.toMatchObject(mismatch);
    const end = encodeBackupPart({ kind: 'end', records: 0, artifacts: 0, digest: '00'.repeat(32) });
    end.set([2], end.indexOf(1));
    expect(() => decodeBackupPart(end)).toThrow(/protocol 2, .* protocol 1/);
    expect(encodeFrame(end).length).toBeGreaterThan(8);
  });

  it('overwrites nothing, and leaves no file behind that is none', async () => {
    await begun(source, 1);
    await writeFile(file(), 'mine');
    await expect(save()).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    expect(await readFile(file(), 'utf8')).toBe('mine');
    const changed = await source.artifacts.file(source.dataDigest);
    await writeFile(changed, (await readFile(changed)).fill(1, 130, 131));
    await expect(save('other')).rejects.toMatchObject({ code: 'DATA_DIGEST_MISMATCH' });
    await expect(stat(file('other'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(backUp(await storesOf(source), jobIdOf('two'), file('two'), true)).rejects.toMatchObject({
      code: 'JOB_NOT_FOUND',
    });
  });
});
