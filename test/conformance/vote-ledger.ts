import { describe, expect, it } from 'vitest';

import type { Entry, VoteLedger } from '../../shared/ports/vote-ledger.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { FINGERPRINT } from '../support/jobs.js';
import { DIGEST, take, upTo } from '../support/records.js';

/** Where a ledger is kept: what outlives the processes that open it. */
export interface LedgerPlace extends AsyncDisposable {
  /** A connection or handle of its own, as another process would have. */
  open(jobDigest: string): Promise<VoteLedger>;
  /** Takes the record at this place, as a damaged disk does; where the store can lose single ones. */
  lose?(sequence: number): void;
}

export interface LedgerAdapter {
  /** A place that holds no ledger yet. */
  readonly create: () => Promise<LedgerPlace>;
  /** True if several may be open and write at once; otherwise one follows the other. */
  readonly manyWriters: boolean;
  /** True if places can `lose` records. */
  readonly loses?: boolean;
}

/** A record that uses every field. */
function recordOf(task: string): LedgerRecord {
  const shard = { image: 7, begin: 64, end: 128 };
  return {
    jobDigest: DIGEST,
    fingerprint: FINGERPRINT,
    task,
    counted: [{ shard, counts: { classes: [0, 300], votes: [61, 2], invalid: 1 }, micros: 1234 }],
    failed: [{ shard: { ...shard, image: 8 }, code: 'CHILD_DIED', detail: 'gone – „so“' }],
    returned: [{ ...shard, image: 9 }],
    dropped: [{ ...shard, image: 10 }],
    failedImages: [{ image: 11, code: 'INFERENCE_FAILED', detail: '' }],
    cancelled: true,
  };
}

/** The record of a full task: 64 shards, each of them with votes for 200 classes. */
function largeRecord(task: string): LedgerRecord {
  const classes = Array.from({ length: 200 }, (_, c) => c);
  const counts = { classes, votes: classes.map(() => 1), invalid: 0 };
  const shards = Array.from({ length: 64 }, (_, k) => ({ image: 1, begin: 200 * k, end: 200 * k + 200 }));
  const counted = shards.map((shard) => ({ shard, counts, micros: 1 }));
  return { ...recordOf(task), counted };
}

const tasksOf = (entries: readonly Entry[]): string[] => entries.map(({ record }) => record.task);
const sequences = (entries: readonly Entry[]): number[] => entries.map(({ sequence }) => sequence);

/** Tests the promises of every vote ledger. */
export function describeVoteLedger(name: string, adapter: LedgerAdapter): void {
  describe(`the vote ledger: ${name}`, () => {
    describeAppending(adapter);
    describeReading(adapter);
    describeKeeping(adapter);
  });
}

function describeAppending({ create, manyWriters }: LedgerAdapter): void {
  it('is empty at first', async () => {
    await using place = await create();
    const ledger = await place.open(DIGEST);
    expect(ledger.size()).toBe(0);
    await ledger.close();
  });

  it('gives back what was appended, field by field, in order and without gaps', async () => {
    await using place = await create();
    const ledger = await place.open(DIGEST);
    for (const task of ['a', 'b', 'c']) expect(await ledger.append(recordOf(task))).toBe('recorded');
    expect(await take(ledger, 0, 3)).toEqual(
      ['a', 'b', 'c'].map((task, at) => ({ sequence: at + 1, record: recordOf(task) })),
    );
    await ledger.close();
  });

  it('records a task once: the first record stays', async () => {
    await using place = await create();
    const ledger = await place.open(DIGEST);
    expect(await ledger.append(recordOf('a'))).toBe('recorded');
    expect(await ledger.append({ ...recordOf('a'), counted: [] })).toBe('already recorded');
    expect(await ledger.append(recordOf('b'))).toBe('recorded');
    expect(await ledger.append(recordOf('a'))).toBe('already recorded');
    expect(ledger.size()).toBe(2);
    expect((await take(ledger, 0, 2)).map(({ record }) => record)).toEqual([recordOf('a'), recordOf('b')]);
    await ledger.close();
  });

  it('takes concurrent appends, each whole; of those of one task exactly one', async () => {
    await using place = await create();
    const ledger = await place.open(DIGEST);
    const names = Array.from({ length: 50 }, (_, k) => `task.${k}`);
    const outcomes = await Promise.all(
      [...names, ...names, ...names].map((task) => ledger.append(recordOf(task))),
    );
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(50);
    expect(ledger.size()).toBe(50);
    const entries = await take(ledger, 0, 50);
    expect(sequences(entries)).toEqual(upTo(1, 50));
    expect(tasksOf(entries).sort()).toEqual([...names].sort());
    for (const { record } of entries) expect(record).toEqual(recordOf(record.task));
    await ledger.close();
  });

  it('takes the record of a full task', async () => {
    await using place = await create();
    const ledger = await place.open(DIGEST);
    await ledger.append(largeRecord('large'));
    await ledger.append(recordOf('b'));
    expect((await take(ledger, 0, 2)).map(({ record }) => record)).toEqual([
      largeRecord('large'),
      recordOf('b'),
    ]);
    await ledger.close();
  });

  it('refuses a record that nobody could read, and goes on', async () => {
    await using place = await create();
    const ledger = await place.open(DIGEST);
    const [one] = recordOf('a').counted;
    const wrong = { ...one!, counts: { ...one!.counts, invalid: 2 } };
    await expect(ledger.append({ ...recordOf('a'), counted: [wrong] })).rejects.toThrow('do not add up');
    expect(ledger.size()).toBe(0);
    expect(await ledger.append(recordOf('a'))).toBe('recorded');
    expect(tasksOf(await take(ledger, 0, 1))).toEqual(['a']);
    await ledger.close();
  });

  it.runIf(manyWriters)('of several writers records a task once, and shows all the same order', async () => {
    await using place = await create();
    const ledgers = await Promise.all([1, 2, 3].map(() => place.open(DIGEST)));
    const names = Array.from({ length: 20 }, (_, k) => `task.${k}`);
    const outcomes = await Promise.all(
      ledgers.flatMap((ledger) => names.map((task) => ledger.append(recordOf(task)))),
    );
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(20);
    const [first, ...others] = await Promise.all(ledgers.map((ledger) => take(ledger, 0, 20)));
    expect(tasksOf(first!).sort()).toEqual([...names].sort());
    for (const other of others) expect(other).toEqual(first);
    await Promise.all(ledgers.map((ledger) => ledger.close()));
  });
}

function describeReading({ create }: LedgerAdapter): void {
  it.each([0, 1, 4, 5])('reads what is behind sequence number %i, then what comes', async (after) => {
    await using place = await create();
    const ledger = await place.open(DIGEST);
    for (const k of upTo(1, 5)) await ledger.append(recordOf(`task.${k}`));
    const following = take(ledger, after, 7 - after);
    for (const k of upTo(6, 7)) await ledger.append(recordOf(`task.${k}`));
    const entries = await following;
    expect(sequences(entries)).toEqual(upTo(after + 1, 7));
    expect(tasksOf(entries)).toEqual(upTo(after + 1, 7).map((k) => `task.${k}`));
    await ledger.close();
  });

  it('serves several readers at once, each at its own pace', async () => {
    await using place = await create();
    const ledger = await place.open(DIGEST);
    const readers = [0, 0, 3, 9].map((after) => take(ledger, after, 10 - after));
    for (const k of upTo(1, 10)) await ledger.append(recordOf(`task.${k}`));
    const [one, two, three, four] = await Promise.all(readers);
    expect(sequences(one!)).toEqual(upTo(1, 10));
    expect(two).toEqual(one);
    expect(three).toEqual(one!.slice(3));
    expect(four).toEqual(one!.slice(9));
    await ledger.close();
  });

  it('shows a reader what was recorded by the time it resolved', async () => {
    await using place = await create();
    const ledger = await place.open(DIGEST);
    for (const k of upTo(1, 5)) {
      await ledger.append(recordOf(`task.${k}`));
      expect(ledger.size()).toBe(k);
      expect(tasksOf(await take(ledger, k - 1, 1))).toEqual([`task.${k}`]);
    }
    await ledger.close();
  });

  it('ends a reader that waits, and one that begins, when its signal aborts', async () => {
    await using place = await create();
    const ledger = await place.open(DIGEST);
    await ledger.append(recordOf('a'));
    const end = new AbortController();
    const seen: string[] = [];
    const read = async () => {
      for await (const { record } of ledger.read(0, end.signal)) {
        seen.push(record.task);
        queueMicrotask(() => end.abort());
      }
    };
    await read();
    await read();
    expect(seen).toEqual(['a']);
    expect(await ledger.append(recordOf('b'))).toBe('recorded');
    await ledger.close();
  });
}

function describeKeeping({ create, loses = false }: LedgerAdapter): void {
  it.runIf(loses)('leaves the place of a lost record empty, and records its task again behind', async () => {
    await using place = await create();
    const ledger = await place.open(DIGEST);
    for (const task of ['a', 'b', 'c', 'd']) await ledger.append(recordOf(task));
    place.lose!(2);
    expect(tasksOf(await take(ledger, 0, 3))).toEqual(['a', 'c', 'd']);
    expect(sequences(await take(ledger, 1, 2))).toEqual([3, 4]);
    place.lose!(4);
    const again = await place.open(DIGEST);
    expect(again.size()).toBe(3);
    expect(await again.append(recordOf('b'))).toBe('recorded');
    expect(await again.append(recordOf('a'))).toBe('already recorded');
    expect(tasksOf(await take(again, 0, 3))).toEqual(['a', 'c', 'b']);
    await Promise.all([ledger.close(), again.close()]);
  });

  it.each(['after it was closed', 'of a process that was killed'])('keeps every record %s', async (how) => {
    await using place = await create();
    const killed: VoteLedger[] = [];
    for (let life = 0; life < 3; life++) {
      const ledger = await place.open(DIGEST);
      expect(ledger.size()).toBe(2 * life);
      expect(sequences(await take(ledger, 0, 2 * life))).toEqual(upTo(1, 2 * life));
      for (const task of [`${life}.1`, `${life}.2`]) {
        expect(await ledger.append(recordOf(task))).toBe('recorded');
      }
      expect(await ledger.append(recordOf('0.1'))).toBe('already recorded');
      await ledger.sync();
      if (how.startsWith('after')) await ledger.close();
      else killed.push(ledger);
    }
    const last = await place.open(DIGEST);
    expect(tasksOf(await take(last, 0, 6))).toEqual(['0.1', '0.2', '1.1', '1.2', '2.1', '2.2']);
    await last.close();
    for (const ledger of killed) await ledger.close();
  });

  it('has recorded every append that was under way when it is closed', async () => {
    await using place = await create();
    const ledger = await place.open(DIGEST);
    const appends = upTo(1, 10).map((k) => ledger.append(recordOf(`task.${k}`)));
    await ledger.close();
    expect(await Promise.all(appends)).toEqual(appends.map(() => 'recorded'));
    const again = await place.open(DIGEST);
    expect(again.size()).toBe(10);
    await again.close();
  });
}
