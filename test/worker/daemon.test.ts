import { getEventListeners } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { certificateOf } from '../../coordinator/results/certificates.js';
import { Coordinator } from '../../coordinator/run/coordinator.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { systemClock } from '../../adapters/local/system-clock.js';
import { encodeHeader } from '../../shared/dataset/canonical.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { JobSpec } from '../../shared/job-spec.js';
import type { Shard } from '../../shared/shards.js';
import { childrenOf, isAlive, signalTo } from '../harness/processes.js';
import { finish, localJob, poolFor, project, type LocalJob } from '../harness/local-job.js';
import { DIGITS_MODEL, DaemonBed, GRACE_MS, faulty } from '../harness/daemon-bed.js';
import { happens, store } from '../support/service-bed.js';
import { never } from '../support/never.js';

const BATCH_OF_FOUR = project('test/fixtures/model-inputs/batch-tile-4.onnx');
const OTHER_FINGERPRINT = 'bb'.repeat(32);
const OTHER_DIGEST = 'cc'.repeat(32);

/** Drawn in milliseconds. */
const short = (image: number): Shard => ({ image, begin: 0, end: 64 });
/** Not drawn before the test is over. */
const endless = (image: number): Shard => ({ image, begin: 0, end: 1_000_000_000 });

const nobody = (): void => undefined;

let local: LocalJob;
let bed: DaemonBed;
let before: Set<number>;

/** Children of this process that a test has begun. */
const children = async () => (await childrenOf(process.pid)).filter((pid) => !before.has(pid));

beforeAll(async () => {
  local = await localJob({ images: '0:4', maxSamples: '2000', minGain: '0.02' });
});
afterAll(() => local[Symbol.dispose]());
beforeEach(async () => {
  before = new Set(await childrenOf(process.pid));
  bed = await DaemonBed.open(local);
});
afterEach(async () => {
  await bed[Symbol.asyncDispose]();
  expect(await children()).toEqual([]);
});

const unacknowledged = async (job: string) => {
  const queue = await bed.exchange.tasks(local.job.draw.numericClass);
  return (await queue.depth(job)).taken;
};

describe('a worker', () => {
  it('draws what one machine draws', async () => {
    const { order, links } = await bed.begin('j-1');
    await bed.ready();
    const fold = new JobFold(local.job, local.fingerprint);
    const coordinator = new Coordinator({
      ...links,
      fold,
      job: order.job,
      clock: systemClock,
      taskPrefix: 'c',
      taskMicros: 20_000,
      window: () => 4,
      onProgress: nobody,
    });
    await coordinator.run(never);
    const rows = [...fold.images.keys()].map((image) => JSON.stringify(certificateOf(fold, image, null)));
    const pool = poolFor(local);
    expect(rows).toEqual(await finish(local, bed.folder.file('alone'), pool));
    await pool.close();
    expect(fold.tally).toMatchObject({ failed: 0, rejected: 0 });
  });

  it('without the device ends before it takes a task', async () => {
    const job = await bed.begin('j-1');
    await job.publish(short(0));
    const device = process.platform === 'win32' ? 'coreml' : 'dml';
    const daemon = await bed.start({ device });
    await expect(daemon.ended).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE' });
    expect(await job.links.queue.depth()).toEqual({ waiting: 1, taken: 0 });
    expect(daemon.events).toEqual([]);
  });

  it('ends during its self-test', async () => {
    const daemon = await bed.start();
    await happens(async () => (await children()).length > 0);
    await daemon.stop();
    expect(daemon.events).toEqual([]);
  });
});

describe('a worker that is asked about a model', () => {
  const ask = (more: Partial<JobSpec> = {}, probeImages: readonly number[] = local.setup.probeImages) => {
    const { model, draw } = bed.order('j-1');
    const { seed, normalisation } = draw;
    const spec: JobSpec & { readonly seed: string } = {
      model,
      data: { digest: draw.dataDigest, uri: null },
      images: null,
      noise: 'gaussian',
      sigma: 0.25,
      normalisation,
      layout: 'auto',
      output: null,
      batch: null,
      device: 'cpu',
      alpha: 0.001,
      bound: 'anytime',
      stop: { kind: 'gain', minGain: 0.02 },
      maxSamples: 1_024,
      runnerUp: false,
      simultaneous: false,
      ...more,
      seed,
    };
    return bed.exchange.prepare({ job: 'j-1', spec, probeImages }, nobody, never);
  };

  it('answers as one machine finds it, and refuses a digest that is not the model’s', async () => {
    const daemon = await bed.ready();
    const { draw } = local.job;
    expect(await ask()).toMatchObject({
      modelDigest: draw.modelDigest,
      batch: draw.batch,
      numericClass: draw.numericClass,
      fingerprint: local.fingerprint,
      batchNote: null,
      roundingNote: null,
    });
    expect(daemon.events).toContainEqual({ kind: 'prepared', job: 'j-1', batch: draw.batch });
    const { model } = bed.order('j-1');
    await expect(ask({ model: { ...model, digest: OTHER_DIGEST } })).rejects.toMatchObject({
      code: 'MODEL_DIGEST_MISMATCH',
      message: expect.stringContaining(draw.modelDigest) as string,
    });
    await expect(
      ask({ model: { ...model, digest: OTHER_DIGEST, fileDigest: OTHER_DIGEST } }),
    ).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' });
  });

  it('falls back from a batch that the model cannot run, with a note', async () => {
    const digest = await store(bed.artifacts, await readFile(BATCH_OF_FOUR), 'file');
    const header = encodeHeader({ dtype: 'uint8', shape: [4, 12], labelled: false, start: 0, step: 1 });
    const pixels = Uint8Array.from({ length: 48 }, (_, at) => (37 * at) % 256);
    const data = await store(bed.artifacts, Buffer.concat([header, pixels]), 'data-set');
    await bed.ready();
    const model = { digest, fileDigest: digest, weights: [], uri: null };
    const prepared = await ask({ model, data: { digest: data, uri: null }, batch: 2 }, [0, 1]);
    expect(prepared).toMatchObject({ modelDigest: digest, batch: 4 });
    expect(prepared.batchNote).toContain(' batch 2 cannot be used because it does not run ');
  });
});

describe('a job that cannot be drawn for', () => {
  it('is refused for all to see, its tasks handed back, and other jobs go on', async () => {
    const bad = await bed.begin('j-bad', { fingerprint: OTHER_FINGERPRINT });
    const good = await bed.begin('j-good');
    const names: string[] = [];
    for (let task = 0; task < 12; task++) names.push(await bad.publish(short(0), short(1)));
    const drawn = await good.publish(short(2));
    const daemon = await bed.ready();
    expect((await good.recordOf(drawn)).counted).toHaveLength(1);
    expect(daemon.count('refused')).toBe(1);
    const { refusals, tasks } = await bed.presence();
    expect(refusals).toMatchObject([
      { job: 'j-bad', refusal: { worker: 'w', code: 'FINGERPRINT_MISMATCH' } },
    ]);
    expect(tasks).toBeLessThanOrEqual(12);
    const records = await bad.records(names.length);
    expect(records.map(({ task }) => task).sort()).toEqual(names.sort());
    for (const record of records) {
      expect(record).toMatchObject({ counted: [], failed: [], dropped: [], returned: [short(0), short(1)] });
    }
    await happens(async () => (await unacknowledged('j-bad')) === 0);
  });

  it('is drawn once its artifact is there, after a while that grows', async () => {
    const model = await readFile(DIGITS_MODEL);
    const { modelDigest } = local.job.draw;
    await bed.artifacts.remove(modelDigest);
    const job = await bed.begin('j-1');
    const daemon = await bed.ready();
    const first = await job.publish(short(0));
    expect((await job.recordOf(first)).returned).toHaveLength(1);
    expect(daemon.events).toContainEqual(
      expect.objectContaining({
        kind: 'refused',
        refusal: expect.objectContaining({ code: 'ARTIFACT_MISSING' }) as object,
      }),
    );
    const held = await job.publish(short(1));
    await happens(async () => (await job.links.queue.depth()).waiting === 0);
    await bed.pass(999);
    expect(job.links.ledger.size()).toBe(1);
    await bed.pass(1);
    expect((await job.recordOf(held)).returned).toHaveLength(1);
    await job.recordOf(await job.publish(short(1)));
    expect(daemon.count('refused')).toBe(2);

    await store(bed.artifacts, model, 'file');
    const waits = await job.publish(short(2));
    await happens(async () => (await job.links.queue.depth()).waiting === 0);
    await bed.pass(1_999);
    expect(job.links.ledger.size()).toBe(3);
    await bed.pass(1);
    expect((await job.recordOf(waits)).returned).toHaveLength(1);
    expect((await job.recordOf(await job.publish(short(3)))).counted).toHaveLength(1);
    await happens(async () => (await unacknowledged('j-1')) === 0);
    expect((await bed.presence()).refusals).toEqual([]);
  });

  it('because the exchange is away for a while is not refused', async () => {
    let away = true;
    const unreachable = new SmoothcertError('NATS_UNREACHABLE', 'It is away.', 'Wait.');
    const open = () => (away ? Promise.reject(unreachable) : Promise.resolve());
    const daemon = await bed.ready({ exchange: faulty(bed.exchange, { open }) });
    const job = await bed.begin('j-1');
    const first = await job.publish(short(0));
    await daemon.says('postponed');
    expect((await bed.presence()).refusals).toEqual([]);
    away = false;
    expect((await bed.passUntil(job.recordOf(first))).returned).toHaveLength(1);
    expect((await job.recordOf(await job.publish(short(1)))).counted).toHaveLength(1);
    expect(daemon.count('refused')).toBe(0);
  });
});

describe('jobs', () => {
  it('beyond those that may be in hand take turns, and idle ones make room', async () => {
    const jobs = [await bed.begin('j-1'), await bed.begin('j-2'), await bed.begin('j-3')];
    const names = [];
    for (const job of [...jobs, ...jobs]) names.push({ job, task: await job.publish(short(0), short(1)) });
    await bed.ready({ maxJobs: 1 });
    for (const { job, task } of names) {
      expect((await bed.passUntil(job.recordOf(task))).counted).toHaveLength(2);
      await happens(async () => (await children()).length <= 1);
    }
    for (const { order } of jobs) {
      const links = (await bed.exchange.open(order.job))!;
      // The last task is recorded before the worker is done with it.
      await happens(() => Promise.resolve(getEventListeners(links.ended, 'abort').length <= 1));
      await links.close();
    }
  });

  it('whose models are loaded come first, until they have no more tasks', async () => {
    const [first, second] = [await bed.begin('j-1'), await bed.begin('j-2')];
    await first.publish(short(0));
    const waits = await second.publish(short(0));
    const tasks = [
      await first.publish(short(1)),
      await first.publish(short(2)),
      await first.publish(short(3)),
    ];
    await bed.ready({ maxJobs: 1 });
    // Behind the other job's task in the queue.
    for (const task of tasks) await first.recordOf(task);
    expect(second.links.ledger.size()).toBe(0);
    await bed.passUntil(second.recordOf(waits));
  });

  it('that end give back their tasks and children, and images that are decided are dropped', async () => {
    const job = await bed.begin('j-1');
    await bed.ready();
    await job.recordOf(await job.publish(short(0)));
    const decided = await job.publish(endless(1));
    await job.publish(endless(2));
    await job.publish(endless(3));
    job.links.stop.announce([1]);
    expect(await job.recordOf(decided)).toMatchObject({ counted: [], dropped: [endless(1)] });
    expect(await children()).toHaveLength(1);

    await bed.exchange.end(job.order);
    await happens(async () => (await children()).length === 0);
    expect(await unacknowledged('j-1')).toBe(0);
    // Of a job that has ended already.
    await job.publish(short(0));
    await happens(async () => (await unacknowledged('j-1')) === 0);
    const records = await job.records(job.links.ledger.size());
    expect(records.flatMap(({ failed }) => failed)).toEqual([]);
  });
});

describe('a worker that is told to end', () => {
  it('records all that it holds, and acknowledges it, before it is gone', async () => {
    const job = await bed.begin('j-1');
    const daemon = await bed.ready();
    await job.recordOf(await job.publish(short(0)));
    await happens(async () => (await unacknowledged('j-1')) === 0);
    const names = [await job.publish(short(1), endless(1)), await job.publish(endless(2))];
    await happens(async () => (await job.links.queue.depth()).taken === 2);
    const pids = await children();
    expect(pids).toHaveLength(1);
    await daemon.stop();
    expect(await job.links.queue.depth()).toEqual({ waiting: 0, taken: 0 });
    expect(await Promise.all(pids.map(isAlive))).toEqual([false]);
    const records = await job.records(3);
    expect(
      records
        .slice(1)
        .map(({ task }) => task)
        .sort(),
    ).toEqual(names);
    const shards = records
      .slice(1)
      .flatMap(({ counted, returned }) => [...counted.map(({ shard }) => shard), ...returned]);
    expect(shards).toEqual(expect.arrayContaining([short(1), endless(1), endless(2)]));
    expect(bed.exchange.presences()).toMatchObject([{ draining: true }]);
    expect(daemon.events.slice(-2)).toEqual([{ kind: 'draining' }, { kind: 'ended' }]);
  });

  it('kills a child that does not answer, after its grace', async () => {
    const job = await bed.begin('j-1');
    const daemon = await bed.ready();
    await job.recordOf(await job.publish(short(0)));
    const stuck = await job.publish(endless(1));
    await happens(async () => (await unacknowledged('j-1')) === 1);
    const [pid] = await children();
    signalTo(pid!, 'SIGSTOP');
    daemon.abort();
    await daemon.says('draining');
    await bed.pass(GRACE_MS - 1);
    expect(await isAlive(pid!)).toBe(true);
    expect(job.links.ledger.size()).toBe(1);
    await bed.pass(1);
    await daemon.ended;
    expect(await isAlive(pid!)).toBe(false);
    expect(await job.recordOf(stuck)).toMatchObject({ failed: [], returned: [endless(1)] });
    expect(await unacknowledged('j-1')).toBe(0);
  });

  it('does not wait for ever for an exchange that is away', async () => {
    const hangs = () => new Promise<void>(nobody);
    const job = await bed.begin('j-1');
    const daemon = await bed.ready({ exchange: faulty(bed.exchange, { open: hangs }) });
    await job.publish(short(0));
    await happens(async () => (await unacknowledged('j-1')) === 1);
    daemon.abort();
    await daemon.says('draining');
    await bed.pass(GRACE_MS);
    await bed.pass(5_000);
    await daemon.ended;
    expect(await unacknowledged('j-1')).toBe(1);
    expect(job.links.ledger.size()).toBe(0);
  });
});

describe('a record that cannot be stored', () => {
  const full = () => new SmoothcertError('DISK_FULL', 'The disk is full.', 'Make room.');

  it('leaves its task unacknowledged until it can, and what was drawn is kept; others go on', async () => {
    let fails = true;
    const exchange = faulty(bed.exchange, {
      append: (record, real) =>
        fails && record.task.startsWith('j-full') ? Promise.reject(full()) : real.append(record),
    });
    const daemon = await bed.ready({ exchange });
    const job = await bed.begin('j-full');
    const other = await bed.begin('j-other');
    const unrecorded = await job.publish(short(0));
    await daemon.says('postponed');
    for (let task = 0; task < 3; task++) {
      expect((await other.recordOf(await other.publish(short(task)))).counted).toHaveLength(1);
    }
    expect(await unacknowledged('j-full')).toBe(1);
    expect((await bed.presence()).tasks).toBe(1);
    fails = false;
    expect((await bed.passUntil(job.recordOf(unrecorded))).counted).toHaveLength(1);
    await happens(async () => (await unacknowledged('j-full')) === 0);
    expect(daemon.count('postponed')).toBe(1);
  });

  it('when the worker ends is left to others', async () => {
    const exchange = faulty(bed.exchange, { append: () => Promise.reject(full()) });
    const daemon = await bed.ready({ exchange });
    const job = await bed.begin('j-1');
    await job.publish(short(0));
    await daemon.says('postponed');
    await daemon.stop();
    expect(await job.links.queue.depth('j-1')).toEqual({ waiting: 1, taken: 0 });
    expect(job.links.ledger.size()).toBe(0);
  });
});
