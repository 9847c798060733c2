import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  ErrorAnswer,
  FiguresAnswer,
  ImagesAnswer,
  JobAnswer,
  JobsAnswer,
  ServerAnswer,
  WorkersAnswer,
} from '../../api/page-api.js';
import type { JobManager } from '../../coordinator/jobs/job-manager.js';
import type { Figure } from '../../report/figures/figure.js';
import { ApiBed } from '../support/api-bed.js';
import { ManualLease, ServiceBed, endOf, happens } from '../support/service-bed.js';

/** The JSON API over the real service: votes are a voter's, where a model would be run. */

let bed: ServiceBed;
let service: JobManager;
let api: ApiBed;
beforeEach(async () => {
  bed = await ServiceBed.open();
  service = await bed.serving();
  api = await ApiBed.open(service);
});
afterEach(async () => {
  await api.close();
  await bed.close();
  expect(api.faults).toEqual([]);
});

const create = (requestId = 'one') => service.createJob({ spec: bed.spec(), requestId, validateOnly: false });
const CHANGE = { 'x-smoothcert': '1' };

interface Row {
  readonly image: number;
  readonly outcome: string;
  readonly radius: number;
  readonly samples: number;
  readonly correct: boolean | null;
  readonly class: number | null;
}

describe('the JSON API', () => {
  it('tells of a job while it is drawn and when it has ended, as gRPC does', async () => {
    const { id } = await create();
    expect(await api.json<ServerAnswer>('/server')).toMatchObject({
      name: 'test',
      needsToken: false,
      serving: true,
      waiting: null,
    });
    const pending = await api.json<JobAnswer>(`/jobs/${id}`);
    expect(pending).toMatchObject({
      id,
      state: 'pending',
      decided: 0,
      digest: null,
      rule: 'gain with anytime',
    });
    expect(await api.json<FiguresAnswer<Figure>>(`/jobs/${id}/figures`)).toEqual({
      sequence: 0,
      numbers: null,
      figures: [],
    });
    expect(await api.json<ImagesAnswer>(`/jobs/${id}/images`)).toEqual({ total: 0, images: [] });
    expect((await api.ask(`/api/v1/jobs/${id}/results.tsv`)).status).toBe(404);
    bed.worker();
    await endOf(service, id);
    const view = await service.getJob(id);
    const ended = await api.json<JobAnswer>(`/jobs/${id}`);
    expect(ended).toMatchObject({
      state: view.state,
      progress: view.progress,
      decided: 6,
      sigma: 0.5,
      alpha: 0.001,
    });
    expect(ended.claim).toBe(
      'An image gets a certificate that is wrong about the smoothed classifier with probability at most 0.001.',
    );
    expect(ended.noise).toBe('σ = 0.5');
    const { jobs, nextPageToken } = await api.json<JobsAnswer>('/jobs');
    expect([jobs, nextPageToken]).toEqual([[ended], '']);
  });

  it('gives the files of results that the service has, byte for byte', async () => {
    const { id } = await create();
    bed.worker();
    await endOf(service, id);
    const results = await bed.results(id);
    const jsonl = await api.ask(`/api/v1/jobs/${id}/results.jsonl`);
    expect(jsonl.body).toBe(results.jsonl);
    expect(jsonl.headers['content-disposition']).toBe('attachment; filename="results.jsonl"');
    expect((await api.ask(`/api/v1/jobs/${id}/results.tsv`)).body).toBe(results.tsv);
    const csv = (await api.ask(`/api/v1/jobs/${id}/results.csv`)).body.trimEnd().split('\n');
    expect(csv).toHaveLength(7);
    expect(csv[0]).toMatch(/^image,file,label,/);
    expect((await api.ask(`/api/v1/jobs/${id}/results.jsonl`, {}, 'HEAD')).body).toBe('');
  });

  it('counts and lists the images of a job as its rows say', async () => {
    const { id } = await create();
    bed.worker();
    await endOf(service, id);
    const rows = (await bed.results(id)).jsonl
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);
    const all = await api.json<ImagesAnswer>(`/jobs/${id}/images?sort=radius&descending=true&count=200`);
    const radii = rows.map(({ radius }) => radius).sort((a, b) => b - a);
    expect(all.images.map(({ radius }) => radius)).toEqual(radii);
    expect(all.total).toBe(6);
    const some = await api.json<ImagesAnswer>(`/jobs/${id}/images?sort=samples&from=2&count=3`);
    const samples = rows.map((row) => row.samples).sort((a, b) => a - b);
    expect(some.images.map((image) => image.samples)).toEqual(samples.slice(2, 5));
    const isCertified = ({ outcome }: Row) => outcome === 'certified';
    for (const [kind, holds] of [
      ['certified', isCertified],
      ['certified-right', (row: Row) => isCertified(row) && row.correct === true],
      ['certified-wrong', (row: Row) => isCertified(row) && row.correct === false],
      ['abstained', ({ outcome }: Row) => outcome === 'abstained'],
      ['failed', ({ outcome }: Row) => outcome === 'failed'],
    ] as const) {
      const found = await api.json<ImagesAnswer>(`/jobs/${id}/images?outcome=${kind}`);
      expect([kind, found.images.map(({ image }) => image)]).toEqual([
        kind,
        rows.filter(holds).map(({ image }) => image),
      ]);
    }
  });

  it('takes each row once while images are decided, and computes figures once a sequence', async () => {
    const { id } = await create();
    let held = true;
    const certified = async () => (await service.getJob(id)).progress.certified;
    const onTask = async () => {
      if ((await certified()) > 0) await happens(() => !held);
      return true;
    };
    bed.worker({ slots: 1, onTask });
    await happens(async () => (await certified()) > 0);
    const some = await api.json<FiguresAnswer<Figure>>(`/jobs/${id}/figures`);
    expect(some.figures.length).toBeGreaterThan(0);
    const { lines } = api.results.told;
    expect(lines).toBeGreaterThan(0);
    held = false;
    const { progress } = await endOf(service, id);
    const all = await api.json<FiguresAnswer<Figure>>(`/jobs/${id}/figures`);
    expect(all.sequence).toBe(progress.sequence);
    const { right, wrong, certified: at } = all.numbers!;
    expect(right! + wrong!).toBe(progress.certified);
    expect(at[0]).toEqual({ radius: 0, images: right });
    const { figures } = api.results.told;
    await api.json(`/jobs/${id}/figures`);
    await api.json(`/jobs/${id}/images`);
    expect(api.results.told).toMatchObject({ figures, forgotten: 0 });
    const images = await api.json<ImagesAnswer>(`/jobs/${id}/images?count=200`);
    expect(images.images.map(({ image }) => image)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('reads all results again after the reader has lost them', async () => {
    const { id } = await create();
    bed.worker();
    await endOf(service, id);
    const before = await api.json(`/jobs/${id}/figures`);
    api.results.lose();
    expect(await api.json(`/jobs/${id}/figures`)).toEqual(before);
    expect(api.results.told).toMatchObject({ begun: 2, lines: 12, figures: 2 });
  });

  it('says with 304 that nothing is new', async () => {
    const { id } = await create();
    await happens(async () => (await service.getJob(id)).waiting?.code === 'no-worker');
    const { headers } = await api.ask(`/api/v1/jobs/${id}`);
    const again = await api.ask(`/api/v1/jobs/${id}`, { 'if-none-match': String(headers['etag']) });
    expect([again.status, again.body]).toEqual([304, '']);
    await api.ask(`/api/v1/jobs/${id}/cancel`, CHANGE, 'POST');
    expect((await api.ask(`/api/v1/jobs/${id}`, { 'if-none-match': String(headers['etag']) })).status).toBe(
      200,
    );
  });

  it('cancels a job', async () => {
    const { id } = await create();
    const { status, body } = await api.ask(`/api/v1/jobs/${id}/cancel`, CHANGE, 'POST');
    expect([status, (JSON.parse(body) as JobAnswer).state]).toEqual([200, 'cancelling']);
    expect((await endOf(service, id)).state).toBe('cancelled');
  });

  it('lists jobs and workers by pages', async () => {
    for (const name of ['a', 'b', 'c']) await create(name);
    const first = await api.json<JobsAnswer>('/jobs?page_size=2');
    const second = await api.json<JobsAnswer>(`/jobs?page_size=2&page_token=${first.nextPageToken}`);
    const ids = [...first.jobs, ...second.jobs].map(({ id }) => id);
    expect([first.jobs.length, new Set(ids).size, second.nextPageToken]).toEqual([2, 3, '']);
    bed.worker();
    const { workers } = await api.json<WorkersAnswer>('/workers');
    expect(workers).toMatchObject([{ worker: 'w', device: 'cpu', processes: 2, draining: false }]);
  });

  it('answers while another coordinator serves: the reason, and 503 for jobs; and goes on after a restart', async () => {
    const { id } = await create();
    const standby = await ApiBed.open(bed.manager({ lease: new ManualLease() }));
    expect(await standby.json<ServerAnswer>('/server')).toMatchObject({
      serving: false,
      waiting: { code: 'standby' },
    });
    const { status, headers, body } = await standby.ask('/api/v1/jobs');
    expect([status, headers['retry-after']]).toEqual([503, '2']);
    expect(JSON.parse(body) as ErrorAnswer).toMatchObject({
      error: { code: 'NOT_SERVING' },
      waiting: { code: 'standby' },
    });
    await standby.close();
    await bed.stop();
    expect((await api.ask(`/api/v1/jobs/${id}`)).status).toBe(503);
    await api.close();
    service = await bed.serving();
    api = await ApiBed.open(service);
    expect(await api.json(`/jobs/${id}`)).toMatchObject({ id, state: 'pending' });
  });

  it.each([
    ['/jobs/j-00000000000000000000', 404, 'JOB_NOT_FOUND'],
    ['/jobs/j-00000000000000000000/figures', 404, 'JOB_NOT_FOUND'],
    ['/nothing', 404, 'NOT_FOUND'],
    ['/jobs?page_size=0', 400, 'REQUEST_INVALID'],
    ['/jobs?page_size=1001', 400, 'REQUEST_INVALID'],
    ['/jobs?pagesize=1', 400, 'REQUEST_INVALID'],
    ['/jobs?page_token=x', 400, 'REQUEST_INVALID'],
    ['/jobs/j-1/images?count=201', 400, 'REQUEST_INVALID'],
    ['/jobs/j-1/images?sort=name', 400, 'REQUEST_INVALID'],
    ['/jobs/j-1/images?from=-1', 400, 'REQUEST_INVALID'],
    ['/jobs/j-1/images?descending=yes', 400, 'REQUEST_INVALID'],
    ['/jobs/j-1/images?from=1&from=2', 400, 'REQUEST_INVALID'],
  ])('refuses %s with %i %s, a sentence and a remedy', async (path, status, code) => {
    const found = await api.ask(`/api/v1${path}`);
    const { error } = JSON.parse(found.body) as ErrorAnswer;
    expect([found.status, error.code]).toEqual([status, code]);
    expect([error.message, error.remedy].every((text) => /^[A-Z].*\.$/s.test(text) || text !== '')).toBe(
      true,
    );
  });
});
