import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { FiguresAnswer, ImagesAnswer, JobAnswer } from '../../api/page-api.js';
import type { Figure } from '../../report/figures/figure.js';
import { runCommand } from '../harness/command.js';
import { freePort } from '../harness/nats-server.js';
import { Part } from '../harness/parts.js';
import { PICTURES, certifyArgs } from '../harness/results.js';
import { folderOfEachTest } from '../support/temporary-folder.js';

const folder = folderOfEachTest();

/** The built command: figures in their thread, pictures by sharp and the noise generator, the report in its process. */
test('serve shows a job over HTTP: page, figures, images, pictures, files, report; and goes on after a restart', async () => {
  const [grpc, http] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const begin = () =>
    new Part('serve', [
      'serve',
      '--store',
      folder.file('store'),
      '--grpc',
      grpc,
      '--http',
      http,
      '--processes',
      '1',
    ]);
  const get = (path: string) => fetch(`http://${http}${path}`);
  const json = async <T>(path: string) => (await (await get(`/api/v1${path}`)).json()) as T;
  let server = begin();
  try {
    await server.says(/Ready/);
    await server.says(new RegExp(`Page: http://${http}/`));
    const out = folder.file('out');
    const flags = { ...PICTURES, sigma: 0.25, images: '0:6', seed: 5, 'max-samples': 512, out };
    const [, ...args] = certifyArgs(flags);
    const submitted = await runCommand(['submit', ...args, '--server', grpc, '--no-report']);
    expect(submitted.code, submitted.stderr).toBe(0);
    const [{ id }] = (await json<{ jobs: [JobAnswer] }>('/jobs')).jobs;
    expect(await (await get('/')).text()).toContain('<!doctype html>');
    expect(await (await get(`/api/v1/jobs/${id}/results.jsonl`)).text()).toBe(
      await readFile(`${out}/results.jsonl`, 'utf8'),
    );
    expect(await (await get(`/api/v1/jobs/${id}/results.csv`)).text()).toBe(
      await readFile(`${out}/results.csv`, 'utf8'),
    );
    const written = JSON.parse(await readFile(`${out}/job.json`, 'utf8')) as { job_digest: string };
    const given = (await (await get(`/api/v1/jobs/${id}/job.json`)).json()) as { job_digest: string };
    expect(given.job_digest).toBe(written.job_digest);
    const before = await json<FiguresAnswer<Figure>>(`/jobs/${id}/figures`);
    expect(before.figures.length).toBeGreaterThan(3);
    const images = await json<ImagesAnswer>(`/jobs/${id}/images`);
    expect(images.total).toBe(6);
    const [plain, noisy] = await Promise.all(
      ['', '?noisy'].map(async (query) => {
        const answer = await get(`/api/v1/jobs/${id}/images/3.png${query}`);
        expect(answer.headers.get('content-type')).toBe('image/png');
        return sharp(await answer.arrayBuffer())
          .raw()
          .toBuffer({ resolveWithObject: true });
      }),
    );
    expect([plain!.info.width, plain!.info.height]).toEqual([8, 8]);
    expect(noisy!.data.equals(plain!.data)).toBe(false);
    expect((await get(`/api/v1/jobs/${id}/images/6.png`)).status).toBe(404);
    const report = await get(`/api/v1/jobs/${id}/report.html`);
    expect(report.headers.get('content-security-policy')).toMatch(/^sandbox /);
    expect(await report.text()).toMatch(/^<!doctype html>/i);
    await server.end('SIGKILL');
    server = begin();
    await server.says(/Ready/);
    expect(await json<FiguresAnswer<Figure>>(`/jobs/${id}/figures`)).toEqual(before);
    expect(await server.end()).toBe(0);
  } finally {
    await server[Symbol.asyncDispose]();
  }
});
