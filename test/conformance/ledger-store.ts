import { describe, expect, it } from 'vitest';

import type { LedgerStore } from '../../shared/ports/ledger-store.js';
import { DIGEST, recordOf } from '../support/records.js';

/** Where the ledgers of an installation are kept. */
export interface LedgerStorePlace extends AsyncDisposable {
  /** Opens the store as a further process would. */
  open(): Promise<LedgerStore>;
}

export interface LedgerStoreAdapter {
  /** Makes a place without ledgers. */
  readonly create: () => Promise<LedgerStorePlace>;
}

const OTHER_DIGEST = 'cd'.repeat(32);
const MIB = 2 ** 20;
const MINUTE_MS = 60_000;

/** Names of the tasks whose records the store gives; null where it has no such ledger. */
async function tasksIn(store: LedgerStore, job: string, jobDigest = DIGEST): Promise<string[] | null> {
  const records = await store.records(job, jobDigest);
  if (records === null) return null;
  const tasks: string[] = [];
  for await (const { task } of records) tasks.push(task);
  return tasks;
}

async function write(store: LedgerStore, job: string, ...tasks: readonly string[]): Promise<void> {
  const ledger = await store.open(job, DIGEST, MIB);
  for (const task of tasks) await ledger.append(recordOf(task));
  await ledger.close();
}

const jobsIn = async (store: LedgerStore) => (await store.list()).map(({ job }) => job).sort();

/** Tests the promises of every ledger store. */
export function describeLedgerStore(name: string, { create }: LedgerStoreAdapter): void {
  describe(`the ledger store: ${name}`, () => {
    it('holds no ledger at first', async () => {
      await using place = await create();
      const store = await place.open();
      expect(await store.list()).toEqual([]);
      expect(await store.records('j-1', DIGEST)).toBeNull();
    });

    it('makes a ledger when it is opened to write, and gives its records in order, every field', async () => {
      await using place = await create();
      const store = await place.open();
      await write(store, 'j-1', 'a', 'b');
      await write(store, 'j-1', 'c');
      const records = [];
      for await (const record of (await store.records('j-1', DIGEST))!) records.push(record);
      expect(records).toEqual(['a', 'b', 'c'].map((task) => recordOf(task)));
      await write(store, 'j-2');
      expect(await tasksIn(store, 'j-2')).toEqual([]);
    });

    it('gives a beginning of what the ledger becomes while somebody else writes, and disturbs nobody', async () => {
      await using place = await create();
      const [writers, readers] = [await place.open(), await place.open()];
      const ledger = await writers.open('j-1', DIGEST, MIB);
      for (const task of ['a', 'b']) await ledger.append(recordOf(task));
      const records = (await readers.records('j-1', DIGEST))!;
      expect(await ledger.append(recordOf('c'))).toBe('recorded');
      const tasks: string[] = [];
      for await (const { task } of records) tasks.push(task);
      expect(tasks.length).toBeGreaterThanOrEqual(2);
      expect(['a', 'b', 'c'].slice(0, tasks.length)).toEqual(tasks);
      expect(await ledger.append(recordOf('d'))).toBe('recorded');
      await ledger.close();
      expect(await tasksIn(readers, 'j-1')).toEqual(['a', 'b', 'c', 'd']);
    });

    it('refuses the digest of another job, to those who read and those who write', async () => {
      await using place = await create();
      const store = await place.open();
      await write(store, 'j-1', 'a');
      await expect(tasksIn(store, 'j-1', OTHER_DIGEST)).rejects.toMatchObject({ code: 'JOB_DIFFERS' });
      await expect(store.open('j-1', OTHER_DIGEST, MIB)).rejects.toMatchObject({ code: 'JOB_DIFFERS' });
      expect(await tasksIn(store, 'j-1')).toEqual(['a']);
    });

    it('lists the ledgers that exist, and when each was last changed', async () => {
      await using place = await create();
      const store = await place.open();
      const before = Date.now();
      for (const job of ['j-1', 'j-2', 'j-3']) await write(store, job, 'a');
      expect(await jobsIn(await place.open())).toEqual(['j-1', 'j-2', 'j-3']);
      for (const { changedMs } of await store.list()) {
        expect(Math.abs(changedMs - before)).toBeLessThan(MINUTE_MS);
      }
    });

    it('removes one ledger and no other; without it nothing happens, and a new one is empty', async () => {
      await using place = await create();
      const store = await place.open();
      for (const job of ['j-1', 'j-2']) await write(store, job, 'a');
      await store.remove('j-1');
      await store.remove('j-1');
      expect(await jobsIn(store)).toEqual(['j-2']);
      expect(await tasksIn(store, 'j-1')).toBeNull();
      expect(await tasksIn(store, 'j-2')).toEqual(['a']);
      await write(store, 'j-1', 'b');
      expect(await tasksIn(store, 'j-1')).toEqual(['b']);
    });
  });
}
