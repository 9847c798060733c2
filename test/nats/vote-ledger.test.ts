import { randomUUID } from 'node:crypto';
import { expect, it, vi } from 'vitest';

import { ensureLedger, ledgerStream, removeLedger } from '../../adapters/nats/ledger/ledger-stream.js';
import { ledgerSubject } from '../../adapters/nats/ledger/endings.js';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { NatsVoteLedger, type LedgerOptions } from '../../adapters/nats/ledger/nats-vote-ledger.js';
import type { SmoothcertError } from '../../shared/errors.js';
import type { Entry } from '../../shared/ports/vote-ledger.js';
import { encodeRecord } from '../../shared/wire/record.js';
import type { NatsServer } from '../harness/nats-server.js';
import { TcpProxy } from '../harness/tcp-proxy.js';
import { describeNats } from './support.js';
import { Heard } from '../support/events.js';
import { DIGEST, recordOf, take, upTo } from '../support/records.js';
import { never } from '../support/never.js';

/** A ledger of its own, in a connection of its own. */
async function openNew(server: NatsServer, options: Partial<LedgerOptions> & { maxRecords?: number } = {}) {
  const link = await server.connect();
  const name = { job: `j-${randomUUID()}`, jobDigest: DIGEST };
  await ensureLedger(link, name, 1 << 20, options.maxRecords);
  const ledger = await NatsVoteLedger.open(link, { ...name, ...options });
  return { link, name, ledger };
}

/** Calls `hear` for each attempt to append a record of this task. */
function watchAttempts(link: NatsLink, job: string, task: string): Heard<null> {
  const heard = new Heard<null>();
  link.connection.subscribe(ledgerSubject(job, task), { callback: () => heard.hear(null) });
  return heard;
}

async function hearTimes(heard: Heard<null>, times: number): Promise<void> {
  while (heard.all.length < times) await heard.next();
}

/** Reads on in the background. */
function follow(ledger: NatsVoteLedger, count: number, after = 0): Promise<Entry[]> {
  const entries = take(ledger, after, count);
  entries.catch(() => undefined);
  return entries;
}

describeNats('the vote ledger in NATS', (server) => {
  it('waits while the stream is full, and has recorded as soon as there is room', async () => {
    const { link, name, ledger } = await openNew(server(), { maxRecords: 3 });
    for (const task of ['a', 'b', 'c']) await ledger.append(recordOf(task));
    expect(await ledger.append(recordOf('b'))).toBe('already recorded');
    const attempts = watchAttempts(link, name.job, 'd');
    const appended = ledger.append(recordOf('d'));
    const settled = vi.fn();
    void appended.then(settled, settled);
    await hearTimes(attempts, 3);
    expect(settled).not.toHaveBeenCalled();
    const stream = ledgerStream(name.job);
    const { config } = await link.manager.streams.info(stream);
    await link.manager.streams.update(stream, { ...config, max_msgs: 1000 });
    expect(await appended).toBe('recorded');
    expect(await ledger.append(recordOf('d'))).toBe('already recorded');
    expect((await take(ledger, 0, 4)).map(({ record }) => record.task)).toEqual(['a', 'b', 'c', 'd']);
    await expect(ensureLedger(link, name, 1 << 20, 3)).resolves.toBeUndefined();
  });

  it('skips what is no record, and tells of it, whoever reads', async () => {
    const malformed = new Heard<number>();
    const { link, name, ledger } = await openNew(server(), { onMalformed: malformed.hear });
    await ledger.append(recordOf('a'));
    await link.streams.publish(ledgerSubject(name.job, 'junk.1'), Buffer.alloc(100, 255));
    await link.streams.publish(ledgerSubject(name.job, 'junk.2'), Buffer.alloc(0));
    await ledger.append(recordOf('b'));
    const entries = await take(ledger, 0, 2);
    expect(entries.map(({ sequence, record }) => [sequence, record.task])).toEqual([
      [1, 'a'],
      [4, 'b'],
    ]);
    expect(malformed.all).toEqual([2, 3]);
  });

  it('skips what ends a job or an image where no coordinator writes, and tells of it', async () => {
    const malformed = vi.fn<(sequence: number, error: SmoothcertError) => void>();
    const { link, name, ledger } = await openNew(server(), { onMalformed: malformed });
    const failedImages = [{ image: 3, code: 'CHILD_DIED', detail: '' }] as const;
    const cancelled = { ...recordOf('a'), cancelled: true };
    for (const [task, record] of [
      ['a', cancelled],
      ['b.1', { ...recordOf('b.1'), failedImages }],
      ['by.coordinators.1', cancelled],
    ] as const)
      await link.streams.publish(ledgerSubject(name.job, task), encodeRecord(record));
    await ledger.append(recordOf('c'));
    await ledger.append({ ...recordOf('d'), failedImages });
    await ledger.append({ ...recordOf('cancel'), cancelled: true });
    const entries = await take(ledger, 0, 3);
    expect(entries.map(({ sequence, record }) => [sequence, record.task, record.cancelled])).toEqual([
      [4, 'c', false],
      [5, 'd', false],
      [6, 'cancel', true],
    ]);
    const sentence = `A record of ${name.job} ends the job or images, and no coordinator has written it.`;
    expect(malformed.mock.calls.map(([sequence, { message }]) => [sequence, message])).toEqual([
      [1, sentence],
      [2, sentence],
      [3, sentence],
    ]);
  });

  it('knows of records that others have appended, as soon as it reads one before them', async () => {
    const { link, name, ledger } = await openNew(server());
    const reader = await NatsVoteLedger.open(link, name);
    for (const task of ['a', 'b', 'c']) await ledger.append(recordOf(task));
    const entries = reader.read(0, never)[Symbol.asyncIterator]();
    expect(reader.size()).toBe(0);
    expect((await entries.next()).value).toMatchObject({ sequence: 1 });
    expect(reader.size()).toBe(3);
    await entries.return?.();
  });

  it('lets records without a task stand side by side', async () => {
    const { ledger } = await openNew(server());
    for (let k = 0; k < 2; k++) expect(await ledger.append(recordOf(''))).toBe('recorded');
    expect(ledger.size()).toBe(2);
  });

  it('refuses a record that is larger than a server takes, and goes on', async () => {
    const { ledger } = await openNew(server());
    await expect(ledger.append(recordOf('a', 100_000))).rejects.toThrow('a record of');
    expect(await ledger.append(recordOf('a'))).toBe('recorded');
  });

  it('is another job’s under another digest, and is never deleted from', async () => {
    const { link, name, ledger } = await openNew(server());
    const other = { ...name, jobDigest: 'cd'.repeat(32) };
    await expect(NatsVoteLedger.open(link, other)).rejects.toMatchObject({ code: 'JOB_DIFFERS' });
    await expect(ensureLedger(link, other, 1 << 20)).rejects.toMatchObject({ code: 'JOB_DIFFERS' });
    await ledger.append(recordOf('a'));
    const { streams } = link.manager;
    await expect(streams.deleteMessage(ledgerStream(name.job), 1)).rejects.toThrow('not permitted');
    await expect(streams.purge(ledgerStream(name.job))).rejects.toThrow('not permitted');
  });

  it('is not found once it was removed, by writers, readers and those who open it', async () => {
    const { link, name, ledger } = await openNew(server());
    await ledger.append(recordOf('a'));
    const notFound = { code: 'JOB_NOT_FOUND' };
    await removeLedger(link, name.job);
    await removeLedger(link, name.job);
    await expect(ledger.append(recordOf('b'))).rejects.toMatchObject(notFound);
    await expect(take(ledger, 0, 1)).rejects.toMatchObject(notFound);
    await expect(NatsVoteLedger.open(link, name)).rejects.toMatchObject(notFound);
  });

  it('tells a reader whose records were replaced by others', async () => {
    const { link, name, ledger } = await openNew(server());
    await ledger.append(recordOf('a'));
    await ledger.append(recordOf('b'));
    await using proxy = await TcpProxy.to(server().port);
    const reader = await NatsVoteLedger.open(await server().connect({}, [proxy.url]), name);
    const entries = reader.read(0, never)[Symbol.asyncIterator]();
    for (const task of ['a', 'b']) expect((await entries.next()).value).toMatchObject({ record: { task } });
    proxy.cut();
    await removeLedger(link, name.job);
    await ensureLedger(link, name, 1 << 20);
    for (const task of ['c', 'd', 'e']) await ledger.append(recordOf(task));
    proxy.restore();
    await expect(entries.next()).rejects.toThrow('NATS has lost record 2');
  });
});

describeNats(
  'the vote ledger and a disk that is full',
  (server) => {
    it('waits, and has recorded as soon as there is room; what was recorded stays', async () => {
      const { link, name, ledger } = await openNew(server());
      const { streams } = link.manager;
      await streams.add({ name: 'OTHERS', subjects: ['others'] });
      for (let k = 0; k < 20; k++) await link.streams.publish('others', Buffer.alloc(10_000));
      let stored = 0;
      const attempts = watchAttempts(link, name.job, '>');
      const appending = (async () => {
        for (; stored < 300; stored++) await ledger.append(recordOf(`task.${stored}`, 40));
      })();
      while (attempts.all.length < stored + 3) await attempts.next();
      const before = stored;
      expect(before).toBeGreaterThan(0);
      await streams.delete('OTHERS');
      while (stored < before + 10) await attempts.next();
      await ledger.close();
      await appending.catch(() => undefined);
      const { state } = await streams.info(ledgerStream(name.job));
      expect(state).toMatchObject({ first_seq: 1, messages: state.last_seq });
      expect(state.messages).toBeGreaterThanOrEqual(stored);
    });
  },
  { maxFileStore: 300_000 },
);

describeNats('the vote ledger and a server that is killed', (server) => {
  it('loses nothing that was acknowledged, and completes what was under way', async () => {
    const { name, ledger } = await openNew(server());
    const other = await NatsVoteLedger.open(await server().connect(), name);
    const chains = upTo(1, 8).map((chain) => upTo(1, 250).map((k) => `task.${chain}.${k}`));
    const tasks = chains.flat();
    const following = follow(other, tasks.length);
    const acknowledged: string[] = [];
    const enough = new Heard<null>();
    const reached = enough.next();
    const appends = chains.map(async (chain) => {
      for (const task of chain) {
        await ledger.append(recordOf(task));
        if (acknowledged.push(task) === 100) enough.hear(null);
      }
    });
    await reached;
    await server().kill();
    const early = [...acknowledged];
    expect(early.length).toBeLessThan(tasks.length);
    await server().restart();
    await Promise.all(appends);
    const all = await take(ledger, 0, tasks.length);
    const found = all.map(({ record }) => record.task);
    expect(found.slice(0, early.length + chains.length)).toEqual(expect.arrayContaining(early));
    expect([...found].sort()).toEqual([...tasks].sort());
    expect(await following).toEqual(all);
  });

  it('rejects what it was still holding when it is closed', async () => {
    const { ledger } = await openNew(server());
    await server().kill();
    const held = expect(ledger.append(recordOf('a'))).rejects.toMatchObject({ code: 'NATS_UNREACHABLE' });
    await ledger.close();
    await held;
    await expect(ledger.append(recordOf('b'))).rejects.toMatchObject({ code: 'NATS_UNREACHABLE' });
    await server().restart();
  });

  it('completes an append whose server is stopped in the midst of it', async () => {
    const { link, ledger } = await openNew(server());
    server().pause();
    const appended = ledger.append(recordOf('a'));
    const silent = new Promise((resolve) => link.onConnected(resolve));
    expect(await silent).toBe(false);
    server().resume();
    await appended;
    expect((await take(ledger, 0, 1))[0]!.record).toEqual(recordOf('a'));
  });
});

describeNats('the vote ledger and its link', (server) => {
  it('notices a black hole, and goes on where it was once bytes pass again', async () => {
    const { name, ledger: direct } = await openNew(server());
    await using proxy = await TcpProxy.to(server().port);
    const link = await server().connect({}, [proxy.url]);
    const ledger = await NatsVoteLedger.open(link, name);
    const following = follow(ledger, 4);
    await ledger.append(recordOf('a'));
    proxy.blackHole();
    const noticed = new Promise((resolve) => link.onConnected(resolve));
    const appended = ledger.append(recordOf('b'));
    await direct.append(recordOf('c'));
    expect(await noticed).toBe(false);
    proxy.restore();
    await appended;
    await direct.append(recordOf('d'));
    const entries = await following;
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    expect(entries.map(({ record }) => record.task)).toEqual(['a', 'c', 'b', 'd']);
    await link.close();
  });

  it('reads each record once and in order while its link is cut again and again', async () => {
    const { name, ledger: direct } = await openNew(server());
    await using proxy = await TcpProxy.to(server().port);
    const link = await server().connect({}, [proxy.url]);
    const ledger = await NatsVoteLedger.open(link, name);
    const tasks = upTo(1, 3000).map((k) => `task.${k}`);
    const appended = Promise.all(tasks.map((task) => direct.append(recordOf(task))));
    const found: Entry[] = [];
    for await (const entry of ledger.read(0, never)) {
      found.push(entry);
      if (found.length % 700 === 0) {
        proxy.cut();
        proxy.restore();
      }
      if (found.length === tasks.length) break;
    }
    await appended;
    expect(found.map(({ sequence }) => sequence)).toEqual(upTo(1, tasks.length));
    expect(new Set(found.map(({ record }) => record.task)).size).toBe(tasks.length);
    await link.close();
  });

  it('serves over a slow link', async () => {
    const { name } = await openNew(server());
    await using proxy = await TcpProxy.to(server().port);
    proxy.delay(30);
    const link = await server().connect({}, [proxy.url]);
    const ledger = await NatsVoteLedger.open(link, name);
    const outcomes = await Promise.all(upTo(1, 500).map((k) => ledger.append(recordOf(`task.${k}`))));
    expect(new Set(outcomes)).toEqual(new Set(['recorded']));
    expect(await take(ledger, 0, 500)).toHaveLength(500);
    await link.close();
  });
});
