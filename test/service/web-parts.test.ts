import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FiguresAnswer } from '../../api/page-api.js';
import type * as Results from '../../cli/service/web/threaded-results.js';
import type * as Reports from '../../cli/service/web/report-maker.js';
import { jobFileText } from '../../cli/certify/job-file.js';
import type { ViewWithJob } from '../../coordinator/http/api/results-feed.js';
import type { JobManager } from '../../coordinator/jobs/job-manager.js';
import { jobNotes } from '../support/job-notes.js';
import { resultJob } from '../support/result-files.js';
import { FADING, linesOf } from '../support/result-sets.js';
import { ServiceBed, endOf } from '../support/service-bed.js';
import { folderOfEachTest } from '../support/temporary-folder.js';

/** Parts of the API that work in a thread or a process of their own: as built, since those run the built files. */
const built = (name: string): Promise<unknown> =>
  import(new URL(`../../dist/cli/service/web/${name}.js`, import.meta.url).href);
const { ThreadedResults } = (await built('threaded-results')) as typeof Results;
const { ReportMaker } = (await built('report-maker')) as typeof Reports;

describe('results in their thread', () => {
  const QUERY = { sort: 'image', descending: false, outcome: 'all', from: 0, count: 60 } as const;
  const job = resultJob({ images: 3, maxSamples: 256 });
  const lines = linesOf(job, FADING);
  const totalOf = (json: string) => (JSON.parse(json) as { total: number }).total;
  let faults: unknown[];
  let lost: number;
  let results: Results.ThreadedResults;
  beforeEach(() => {
    [faults, lost] = [[], 0];
    results = new ThreadedResults((error) => void faults.push(error));
    results.onLost(() => (lost += 1));
  });
  afterEach(() => results.close());

  it('answer questions each by its own, in whatever order they are asked', async () => {
    results.begin('a', job, 3);
    results.add('a', lines);
    results.begin('b', job, 3);
    results.add('b', lines.slice(1));
    const [a, figures, b, none] = await Promise.all([
      results.images('a', QUERY),
      results.figures('a', { samples: 256, sequence: 3 }),
      results.images('b', QUERY),
      results.images('c', QUERY),
    ]);
    expect([a, b, none].map(totalOf)).toEqual([3, 2, 0]);
    expect((JSON.parse(figures) as FiguresAnswer<unknown>).figures.length).toBeGreaterThan(0);
  });

  it('tell when a thread has died, refuse what was asked of it, and begin anew', async () => {
    results.begin('a', job, 3);
    results.add('a', ['{"image":']);
    await expect(results.images('a', QUERY)).rejects.toMatchObject({ code: 'SERVER_BUSY', retryable: true });
    expect(faults).toMatchObject([{ name: 'SyntaxError' }]);
    expect(lost).toBe(1);
    expect(totalOf(await results.images('a', QUERY))).toBe(0);
    results.begin('a', job, 3);
    results.add('a', lines);
    expect(totalOf(await results.images('a', QUERY))).toBe(3);
  });

  it('refuse more questions than may wait', async () => {
    const asked = Array.from({ length: 257 }, () => results.images('a', QUERY));
    const said = await Promise.allSettled(asked);
    expect(said.map(({ status }) => status).slice(0, 256)).toEqual(Array(256).fill('fulfilled'));
    expect(said[256]).toMatchObject({ status: 'rejected', reason: { code: 'SERVER_BUSY' } });
  });
});

describe('reports', () => {
  const NEVER = new AbortController().signal;
  const folder = folderOfEachTest();
  const before = process.env['TMPDIR'];
  let bed: ServiceBed;
  let service: JobManager;
  let view: ViewWithJob;
  let text: string;
  let written: number;
  let maker: Reports.ReportMaker;
  beforeEach(async () => {
    bed = await ServiceBed.open();
    service = await bed.serving();
    bed.worker();
    const { id } = await service.createJob({ spec: bed.spec(), requestId: 'one', validateOnly: false });
    const ended = await endOf(service, id);
    view = { ...ended, job: ended.job! };
    process.env['TMPDIR'] = folder.path;
    text = jobFileText(view.job, jobNotes());
    written = 0;
    maker = new ReportMaker({
      // Every job that the maker is asked about has the rows of this one.
      service: {
        artifacts: bed.artifacts,
        certificates: (_, fromImage, signal) => service.certificates(id, fromImage, signal),
      },
      jobFile: () => {
        written += 1;
        return Promise.resolve(text);
      },
    });
  });
  afterEach(async () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    await bed.close();
  });
  const foldersNow = () => readdirSync(folder.path);

  it('are written once for all who ask, and again when the job has gone on', async () => {
    const made = await Promise.all([maker.report(view, NEVER), maker.report(view, NEVER)]);
    expect(written).toBe(1);
    const html = await readFile(made[0].file);
    expect(html.toString('utf8')).toMatch(/^<!doctype html>/i);
    expect(made.map(({ bytes }) => bytes)).toEqual([html.length, html.length]);
    const progress = { ...view.progress, sequence: view.progress.sequence + 1 };
    const next = await maker.report({ ...view, progress }, NEVER);
    expect(written).toBe(2);
    // Who reads the old one still has it.
    expect([existsSync(made[0].file), existsSync(next.file)]).toEqual([true, true]);
    made[0].release();
    made[0].release();
    expect(existsSync(made[1].file)).toBe(true);
    next.release();
    await maker.close();
    expect(existsSync(next.file)).toBe(false);
    expect(foldersNow()).toHaveLength(1);
    made[1].release();
    await expect.poll(foldersNow, { timeout: 60_000 }).toEqual([]);
  });

  it('that fail say why, leave nothing behind, and are tried again', async () => {
    const good = text;
    text = '{}';
    await expect(maker.report(view, NEVER)).rejects.toMatchObject({ code: 'JOB_FILE_DAMAGED', exitCode: 2 });
    expect(foldersNow()).toEqual([]);
    text = good;
    (await maker.report(view, NEVER)).release();
    expect(written).toBe(2);
    await maker.close();
    expect(foldersNow()).toEqual([]);
  });

  it('that nobody waits for are given up while they are written, and do not begin behind that', async () => {
    const gone = new AbortController();
    const jobFile = () => {
      gone.abort();
      return Promise.resolve(text);
    };
    const left = new ReportMaker({ service, jobFile });
    await expect(left.report(view, gone.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(foldersNow()).toEqual([]);
    await expect(maker.report(view, gone.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(written).toBe(0);
  });

  it('of four jobs are kept, the newest', async () => {
    const files: string[] = [];
    for (const id of ['j-1', 'j-2', 'j-3', 'j-4', 'j-5']) {
      const made = await maker.report({ ...view, id }, NEVER);
      files.push(made.file);
      made.release();
    }
    expect(files.map((file) => existsSync(file))).toEqual([false, true, true, true, true]);
    await maker.close();
    expect(foldersNow()).toEqual([]);
  });
});
