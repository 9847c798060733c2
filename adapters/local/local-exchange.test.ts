import { readdir, writeFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { FINGERPRINT, makeJob, makeRecord } from '../../test/support/jobs.js';
import { ManualClock } from '../../test/support/vote-drawer.js';
import { canonicalJson, jobDigest } from '../../shared/job.js';
import type { PrepareRequest, Presence } from '../../shared/ports/exchange.js';
import type { Prepared } from '../../shared/preparation.js';
import type { WorkOrder } from '../../shared/work-order.js';
import { LocalExchange } from './local-exchange.js';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';
import { never } from '../../test/support/never.js';

const JOB = makeJob();
const DIGEST = 'ab'.repeat(32);

const order: WorkOrder = {
  job: 'j-1',
  jobDigest: jobDigest(JOB),
  draw: JOB.draw,
  device: 'cpu',
  probeImages: [0],
  model: { digest: DIGEST, fileDigest: DIGEST, weights: [], uri: null },
  claim: canonicalJson(JOB.claim),
  fingerprint: FINGERPRINT,
  imageLimit: 3,
};

const prepared = { numericClass: 'test', fingerprint: FINGERPRINT } as Prepared;
const requestOf = (job: string, device = 'cpu') =>
  ({ job, spec: { device }, probeImages: [0] }) as unknown as PrepareRequest;

const folder = folderOfEachTest();
let clock: ManualClock;
let exchange: LocalExchange;
beforeEach(async () => {
  clock = new ManualClock();
  exchange = await LocalExchange.open(folder.file('ledgers'), clock);
});
afterEach(async () => {
  await exchange.close();
});

describe('a job in one process', () => {
  it('is one ledger, one queue and one stop signal for both sides', async () => {
    const links = await exchange.open(order, 1);
    const theirs = (await exchange.open('j-1'))!;
    expect(theirs.order).toEqual(order);
    await theirs.ledger.append(makeRecord(JOB, { task: 'a' }));
    expect(links.ledger.size()).toBe(1);
    links.stop.announce([1]);
    expect(theirs.stop.isDecided(1)).toBe(true);
    await links.queue.publish({ name: 'a', job: 'j-1', shards: [] });
    const queue = await exchange.tasks('test');
    expect((await queue.next(never))!.task.name).toBe('a');
    expect(await (await exchange.tasks('other')).depth()).toEqual({ waiting: 0, taken: 0 });
    await Promise.all([links.close(), links.close()]);
    await theirs.ledger.append(makeRecord(JOB, { task: 'b' }));
    expect(await exchange.open('j-1')).not.toBeNull();
    await theirs.close();
    expect(await exchange.open('j-2')).toBeNull();
  });

  it('is read again from its ledger once all had let go of it', async () => {
    const first = await exchange.open(order, 1);
    await first.ledger.append(makeRecord(JOB, { task: 'a' }));
    const closing = first.close();
    const second = await exchange.open(order, 1);
    await closing;
    expect(second.ledger.size()).toBe(1);
    await second.close();
    expect(await exchange.open('j-1')).toBeNull();
    await exchange.removeLedger('j-1');
    await exchange.removeLedger('j-1');
    expect(await readdir(folder.file('ledgers'))).toEqual([]);
  });

  it('needs a folder', async () => {
    await writeFile(folder.file('file'), '');
    await expect(LocalExchange.open(folder.file('file', 'x'), clock)).rejects.toMatchObject({
      code: 'FOLDER_UNUSABLE',
    });
  });

  it('ends for its workers with the process', async () => {
    const links = await exchange.open(order, 1);
    const theirs = (await exchange.open('j-1'))!;
    await exchange.close();
    expect(theirs.ended.aborted).toBe(true);
    await theirs.close();
    await links.close();
  });
});

describe('workers', () => {
  it('are there as long as they say so', async () => {
    const presence = { worker: 'w', slots: 2 } as Presence;
    exchange.announce(presence);
    exchange.announce({ ...presence, worker: 'v' });
    clock.sleep(10_000, never).catch(() => undefined);
    await clock.advance(10_000);
    exchange.announce({ ...presence, slots: 3 });
    expect(exchange.presences()).toMatchObject([{ worker: 'w', slots: 3 }, { worker: 'v' }]);
    clock.sleep(5_001, never).catch(() => undefined);
    await clock.advance(5_001);
    expect(exchange.presences()).toMatchObject([{ worker: 'w' }]);
    expect(await exchange.artifactsUrl()).toBeNull();
    expect(exchange.connected).toBe(true);
    exchange.onConnected()();
    exchange.onExhausted()();
  });
});

describe('preparations', () => {
  it('go to another worker when one leaves; each answers one at a time', async () => {
    const [one, two] = [new AbortController(), new AbortController()];
    const hands: string[] = [];
    const hanging = exchange.answerPreparations(
      'cpu',
      async ({ job }, signal) => {
        hands.push(job);
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('leaving')), { once: true });
        });
        return prepared;
      },
      one.signal,
    );
    const asked = ['a', 'b'].map((job) => exchange.prepare(requestOf(job), () => undefined, never));
    const gone = new AbortController();
    const unwanted = exchange.prepare(requestOf('c'), () => undefined, gone.signal);
    await setImmediate();
    expect(hands).toEqual(['a']);
    gone.abort();
    await expect(unwanted).rejects.toThrow();
    const answering = exchange.answerPreparations('cpu', () => Promise.resolve(prepared), two.signal);
    expect(await asked[1]).toEqual(prepared);
    one.abort();
    await hanging;
    expect(await asked[0]).toEqual(prepared);
    two.abort();
    await answering;
  });
});
