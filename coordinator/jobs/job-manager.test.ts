import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  ServiceBed,
  VOTER,
  dataSet,
  endOf,
  expectedResults,
  happens,
  prepared,
  store,
} from '../../test/support/service-bed.js';
import { fault, meanwhile, updatesOf } from '../../test/support/service-faults.js';
import { jobIdOf } from './new-job-id.js';

let bed: ServiceBed;
beforeEach(async () => void (bed = await ServiceBed.open()));
afterEach(() => bed.close());

const ID = jobIdOf('one');
const request = (more: Parameters<ServiceBed['spec']>[0] = {}, requestId = 'one') => ({
  spec: bed.spec(more),
  requestId,
  validateOnly: false,
});

describe('a job', () => {
  it.each([
    ['gain', {}],
    ['target', { stop: { kind: 'target', radii: ['0', '0.50', '1.0'] }, maxSamples: 2048 }],
    ['two-stage', { stop: { kind: 'two-stage', minGain: 0.1 }, bound: 'clopper-pearson', maxSamples: 2000 }],
    ['fixed', { stop: { kind: 'fixed', selection: 20 }, bound: 'clopper-pearson', maxSamples: 100 }],
    ['clt', { stop: { kind: 'fixed', selection: 20 }, bound: 'clt', maxSamples: 100 }],
  ] as const)('has the results of folding in order (%s)', async (_, more) => {
    const manager = await bed.serving();
    bed.worker();
    const created = await manager.createJob(request(more));
    expect(created).toMatchObject({ id: ID, requestId: 'one', state: 'pending', job: null, endMs: null });
    expect(created.progress).toMatchObject({ images: 6, certified: 0, sequence: 0 });
    const ended = await endOf(manager, ID);
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
    expect(ended.state).toBe('succeeded');
    const { certified, abstained, approximate, failed, images } = ended.progress;
    expect(certified + abstained + approximate + failed).toBe(images);
    expect(ended.startMs).toBeGreaterThan(ended.createMs);
    expect(ended).toMatchObject({ waitingFor: null, error: null, refusals: [], batchNote: null });
    expect(bed.exchange.presences()).toHaveLength(1);
  });

  it('takes the images that are asked for, with their labels', async () => {
    const data = await store(bed.artifacts, dataSet({ count: 7, start: 3, step: 2 }), 'data-set');
    const manager = await bed.serving();
    bed.worker();
    const images = { start: 5, stop: 14, step: 4 };
    await manager.createJob(request({ data: { digest: data, uri: null }, images }));
    await endOf(manager, ID);
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
    const rows = (await bed.results(ID)).jsonl
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(rows).toMatchObject([
      { image: 5, label: 5 },
      { image: 9, label: 9 },
      { image: 13, label: 3 },
    ]);
  });

  it('needs no labels, draws a seed, takes all images and any fingerprint on other devices', async () => {
    const data = await store(bed.artifacts, dataSet({ labelled: false }), 'data-set');
    const manager = await bed.serving();
    bed.worker({ prepare: () => prepared({ steady: false, batchNote: 'a note' }) });
    const created = await manager.createJob(request({ data: { digest: data, uri: null }, seed: null }));
    expect(created.spec.seed).toMatch(/^\d+$/);
    expect(created.spec.images).toEqual({ start: 0, stop: 6, step: 1 });
    const ended = await endOf(manager, ID);
    expect(ended.batchNote).toBe('a note');
    expect(ended.job?.draw).toMatchObject({ numeric: 'any', seed: created.spec.seed });
    expect(await bed.results(ID)).toEqual(expectedResults(ended.job!, false));
  });

  it('of a request without an id is another one each time', async () => {
    const manager = await bed.serving();
    const create = () => manager.createJob({ ...request(), requestId: '' });
    const [one, two] = [await create(), await create()];
    expect(one.id).toMatch(/^j-[0-9a-f]{20}$/);
    expect(two.id).toMatch(/^j-[0-9a-f]{20}$/);
    expect(one.id).not.toBe(two.id);
  });

  it('names itself by its request, and says why it waits', async () => {
    const manager = await bed.serving();
    await manager.createJob(request());
    await happens(async () => (await manager.getJob(ID)).waitingFor?.includes('No worker') ?? false);
    expect((await manager.getJob(ID)).waitingFor).toBe('No worker with the device cpu is there.');
    let drawn = false;
    bed.worker({ onTask: () => happens(() => drawn).then(() => true) });
    await happens(async () => (await manager.getJob(ID)).state === 'running');
    await happens(async () => (await manager.getJob(ID)).waitingFor === null);
    bed.exchange.announce({
      worker: 'w',
      version: '0',
      device: 'cpu',
      numericClass: 'test',
      slots: 2,
      tasks: 0,
      jobs: [],
      samplesPerSecond: 0,
      draining: true,
      refusals: [
        { job: ID, refusal: { worker: 'w', code: 'DEVICE_UNAVAILABLE', message: 'No.', remedy: 'None.' } },
        { job: 'another', refusal: { worker: 'w', code: 'INTERNAL', message: 'No.', remedy: 'None.' } },
      ],
    });
    const waiting = await manager.getJob(ID);
    expect(waiting.waitingFor).toBe('No worker of its numeric class is there: test.');
    expect(waiting.refusals).toEqual([
      { worker: 'w', code: 'DEVICE_UNAVAILABLE', message: 'No.', remedy: 'None.' },
    ]);
    drawn = true;
    expect((await endOf(manager, ID)).refusals).toEqual([]);
  });

  it('is partially succeeded with images that were given up, and failed with nothing else', async () => {
    const manager = await bed.serving();
    const worker = bed.worker({ voter: (image, sample) => (image === 2 ? -1 : VOTER(image, sample)) });
    await manager.createJob(request());
    const partly = await endOf(manager, ID);
    expect(partly).toMatchObject({ state: 'partially-succeeded', error: null });
    expect(partly.progress.failed).toBe(1);
    await worker.stop();
    bed.worker({ voter: () => -1 });
    const { id } = await manager.createJob(request({}, 'two'));
    const failed = await endOf(manager, id);
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'MODEL_OUTPUT_NOT_FINITE', worker: '' } });
    expect(failed.error!.message).toMatch(/^Every image was given up; image 0: /);
    expect((await bed.results(id)).jsonl.split('\n')).toHaveLength(7);
  });

  it('fails with what a worker refuses it for; what another try may mend is tried three times', async () => {
    const manager = await bed.serving();
    let asked = 0;
    const worker = bed.worker({
      prepare: () => {
        asked += 1;
        throw fault('MODEL_INPUT_UNSUPPORTED');
      },
    });
    await manager.createJob(request());
    const failed = await endOf(manager, ID);
    expect(failed).toMatchObject({ state: 'failed', job: null, startMs: null, progress: { images: 6 } });
    expect(failed.error).toMatchObject({
      code: 'MODEL_INPUT_UNSUPPORTED',
      message: 'It is away.',
      remedy: 'Wait.',
    });
    expect(asked).toBe(1);
    expect(await updatesOf(manager, ID)).toMatchObject([{ snapshot: true, decided: [], sequence: 0 }]);
    await worker.stop();
    bed.worker({
      prepare: () => {
        asked += 1;
        throw fault('CHILD_DIED');
      },
    });
    const { id } = await manager.createJob(request({}, 'two'));
    expect((await meanwhile(bed, endOf(manager, id))).error?.code).toBe('CHILD_DIED');
    expect(asked).toBe(4);
  });

  it('fails where a worker looked at another model, and where its entry names no images', async () => {
    const manager = await bed.serving();
    bed.worker({ prepare: () => prepared({ modelDigest: 'ab'.repeat(32) }) });
    await manager.createJob(request());
    expect((await endOf(manager, ID)).error?.code).toBe('MODEL_DIGEST_MISMATCH');
    const { entry } = (await bed.jobs.get(ID))!;
    const id = jobIdOf('two');
    const spec = { ...entry.spec, images: null };
    await bed.jobs.create({ ...entry, id, requestId: 'two', spec, ending: null });
    expect((await endOf(manager, id)).error?.code).toBe('INTERNAL');
  });
});

describe('creating', () => {
  it('the same request is the same job, also at the same moment and after its end', async () => {
    const manager = await bed.serving();
    const racing = await Promise.all([1, 2, 3].map(() => manager.createJob(request())));
    expect(racing.map(({ id }) => id)).toEqual([ID, ID, ID]);
    expect((await manager.listJobs(0, '')).jobs).toHaveLength(1);
    await manager.cancelJob(ID);
    const ended = await endOf(manager, ID);
    expect(await manager.createJob(request())).toEqual(ended);
    await expect(manager.createJob(request({ sigma: 0.25 }))).rejects.toMatchObject({ code: 'JOB_EXISTS' });
  });

  it('without a request id every one is another job', async () => {
    const manager = await bed.serving();
    const one = await manager.createJob(request({}, ''));
    const two = await manager.createJob(request({}, ''));
    expect(one.id).not.toBe(two.id);
    expect(one.requestId).toBe('');
  });

  it('only checked, nothing is created', async () => {
    const manager = await bed.serving();
    const view = await manager.createJob({ ...request({ seed: null }), validateOnly: true });
    expect(view).toMatchObject({ id: '', requestId: 'one', state: 'pending', progress: { images: 6 } });
    expect(view.spec.seed).toBeNull();
    expect((await manager.listJobs(0, '')).jobs).toEqual([]);
    const wrong = request({ images: { start: 0, stop: 7, step: 1 } });
    await expect(manager.createJob({ ...wrong, validateOnly: true })).rejects.toMatchObject({
      faults: [{ field: 'spec.images', description: 'names image 6, and the data set has images 0 to 5' }],
    });
  });

  it('only checked, nothing is fetched: the images of a data set elsewhere are not known', async () => {
    const fetcher = { fetch: () => Promise.reject(fault('ARTIFACT_FORBIDDEN')) };
    const manager = await bed.serving({ fetcher });
    const data = { digest: 'ab'.repeat(32), uri: 'https://x.example/d' };
    const check = (more: object) => manager.createJob({ ...request({ data, ...more }), validateOnly: true });
    expect((await check({})).progress.images).toBe(0);
    expect((await check({ images: { start: 0, stop: 9, step: 2 } })).progress.images).toBe(5);
    await expect(manager.createJob(request({ data }))).rejects.toMatchObject({ code: 'ARTIFACT_FORBIDDEN' });
  });

  it('refuses what it cannot take', async () => {
    const manager = await bed.serving({ limits: { images: 5 } });
    await expect(manager.createJob(request({}, 'x'.repeat(129)))).rejects.toMatchObject({
      faults: [{ field: 'request_id' }],
    });
    await expect(manager.createJob(request())).rejects.toMatchObject({
      faults: [
        { field: 'spec.images', description: 'names 6 images, and this server takes at most 5 a job' },
      ],
    });
    await expect(manager.createJob(request({ alpha: 0.5 }))).rejects.toMatchObject({
      faults: [{ field: 'spec.alpha' }],
    });
  });

  it('has at most so many jobs that have not ended; a repeated request is no further one', async () => {
    const manager = await bed.serving({ limits: { activeJobs: 2 } });
    const created = await Promise.allSettled(
      ['one', 'two', 'three'].map((name) => manager.createJob(request({}, name))),
    );
    expect(created.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(created[2]).toMatchObject({ reason: { code: 'TOO_MANY_JOBS' } });
    expect((await manager.createJob(request())).id).toBe(ID);
    await manager.cancelJob(ID);
    await endOf(manager, ID);
    await happens(() =>
      manager.createJob(request({}, 'three')).then(
        () => true,
        () => false,
      ),
    );
  });
});

describe('jobs of a device that no worker has', () => {
  it('leave places to others, and say what is missing', async () => {
    const manager = await bed.serving({ limits: { activeJobs: 4, unattendedJobs: 2 } });
    bed.worker({ onTask: () => false });
    const create = (name: string, device: 'cpu' | 'cuda') => manager.createJob(request({ device }, name));
    await create('a', 'cuda');
    await create('b', 'cuda');
    await expect(create('c', 'cuda')).rejects.toMatchObject({
      code: 'TOO_MANY_JOBS',
      message:
        'No worker has the device cuda, and 2 jobs wait for such a device already, as many as this server lets wait.',
    });
    await create('d', 'cpu');
    await create('e', 'cpu');
    await expect(create('f', 'cpu')).rejects.toMatchObject({
      code: 'TOO_MANY_JOBS',
      message: expect.stringMatching(/; 2 of them wait for a device that no worker has\.$/) as string,
    });
  });
});

describe('lists', () => {
  it('are newest first, in pages that do not shift', async () => {
    const manager = await bed.serving();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e'])
      ids.unshift((await manager.createJob(request({}, name))).id);
    const first = await manager.listJobs(2, '');
    expect(first.jobs.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    await manager.createJob(request({}, 'f'));
    const second = await manager.listJobs(2, first.nextPageToken);
    expect(second.jobs.map(({ id }) => id)).toEqual(ids.slice(2, 4));
    const third = await manager.listJobs(2, second.nextPageToken);
    expect(third.jobs.map(({ id }) => id)).toEqual(ids.slice(4));
    expect(third.nextPageToken).toBe('');
  });

  it('show a job that somebody else created, and run it', async () => {
    const first = await bed.serving();
    const second = await bed.serving();
    await first.createJob(request());
    expect((await second.listJobs(0, '')).jobs).toMatchObject([{ id: ID, state: 'pending' }]);
    await expect(first.getJob('j-' + '0'.repeat(20))).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    await expect(first.getJob('../jobs')).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    await expect(first.cancelJob('j-' + '0'.repeat(20))).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });
});
