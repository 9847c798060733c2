import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../harness/cluster.js';
import { runCommand } from '../harness/command.js';
import { DIGITS_JOB } from '../harness/local-job.js';
import { freePort, hasNatsServer } from '../harness/nats-server.js';
import { Part } from '../harness/parts.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** A job of a second or two. */
const JOB = [...DIGITS_JOB, '--seed', '11', '--images', '::10'];

const folder = folderOfAllTests();
let certified: string;
let digest: unknown;

beforeAll(async () => {
  const out = folder.file('certified');
  const { code, stderr } = await runCommand(['certify', ...JOB, '--out', out]);
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('Error')]);
  certified = await readFile(`${out}/results.jsonl`, 'utf8');
  digest = await digestIn(out);
});

async function digestIn(out: string): Promise<unknown> {
  return (JSON.parse(await readFile(`${out}/job.json`, 'utf8')) as { job_digest: unknown }).job_digest;
}

describe.runIf(hasNatsServer)('a cluster gives the certificates of certify, byte for byte', () => {
  it.each([1, 2, 5])('with %i workers', async (workers) => {
    await using cluster = await Cluster.start();
    const coordinator = await cluster.coordinator();
    for (let k = 0; k < workers; k++) cluster.worker(`w${k}`);
    const { code, rows, out } = await cluster.submit(coordinator, JOB);
    expect(code).toBe(0);
    expect(rows).toBe(certified);
    expect(await digestIn(out)).toBe(digest);
  });

  it('and the predictions of predict', async () => {
    await using cluster = await Cluster.start();
    const coordinator = await cluster.coordinator();
    for (let k = 0; k < 2; k++) cluster.worker(`w${k}`);
    const { code, rows, out } = await cluster.submit(coordinator, [...JOB, '--stop', 'predict']);
    expect(code).toBe(0);
    const local = folder.file('predicted');
    await runCommand(['predict', ...JOB, '--out', local]);
    expect(rows).toBe(await readFile(`${local}/results.jsonl`, 'utf8'));
    expect(await digestIn(out)).toBe(await digestIn(local));
  });

  it('with two coordinators, and workers that come and go', async () => {
    await using cluster = await Cluster.start();
    const coordinator = await cluster.coordinator();
    await coordinator.says(/Serving/);
    const standby = await cluster.coordinator();
    const first = cluster.worker('first');
    await first.says(/Ready/);
    const submitted = cluster.submit(coordinator, [...JOB, '--min-gain', '0.005']);
    await first.says(/Looked at the model/);
    const second = cluster.worker('second');
    await second.says(/Ready/);
    expect(await first.end()).toBe(0);
    cluster.worker('third');
    const { code, rows } = await submitted;
    expect(code).toBe(0);
    const out = folder.file('thorough');
    await runCommand(['certify', ...JOB, '--min-gain', '0.005', '--out', out]);
    expect(rows).toBe(await readFile(`${out}/results.jsonl`, 'utf8'));
    expect(standby.running).toBe(true);
    expect(standby.log).not.toContain('Serving:');
    expect(await coordinator.end()).toBe(0);
  });
});

it('serve gives the certificates of certify and the predictions of predict, byte for byte', async () => {
  const grpc = `127.0.0.1:${await freePort()}`;
  const args = [
    'serve',
    '--store',
    folder.file('store'),
    '--grpc',
    grpc,
    '--http',
    `127.0.0.1:${await freePort()}`,
  ];
  await using server = new Part('serve', args);
  await server.says(/Ready/);
  const out = folder.file('served');
  const { code } = await runCommand(['submit', ...JOB, '--server', grpc, '--out', out]);
  expect(code).toBe(0);
  expect(await readFile(`${out}/results.jsonl`, 'utf8')).toBe(certified);
  expect(await digestIn(out)).toBe(digest);
  const predicted = folder.file('served-classes');
  const submitted = await runCommand([
    'submit',
    ...JOB,
    '--stop',
    'predict',
    '--server',
    grpc,
    '--out',
    predicted,
  ]);
  expect(submitted).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^ {2}predicted {2,}\d/m) as unknown,
  });
  const local = folder.file('classes');
  await runCommand(['predict', ...JOB, '--out', local]);
  for (const name of ['results.jsonl', 'results.tsv']) {
    const here = (await readFile(`${local}/${name}`, 'utf8')).replaceAll(/\t[\d.]+$/gm, '');
    expect((await readFile(`${predicted}/${name}`, 'utf8')).replaceAll(/\t[\d.]+$/gm, '')).toBe(here);
  }
  expect(await digestIn(predicted)).toBe(await digestIn(local));
  const jobs = await runCommand(['jobs', '--server', grpc]);
  expect(jobs.stdout).toMatch(/succeeded .* 30\/30 /);
  const id = /^(j-\S+)/m.exec(jobs.stdout)![1]!;
  expect((await runCommand(['job', id, '--server', grpc])).stdout).toMatch(/^ {2}predicted +\d+$/m);
  const watched = await runCommand(['watch', id, '--server', grpc]);
  expect(watched.stdout).toMatch(/^ {2}accuracy +\d/m);
  const radii = await runCommand(['results', id, '--radii', '0.1', '--server', grpc]);
  expect(radii).toMatchObject({ code: 2, stderr: expect.stringMatching(/holds predictions/) as unknown });
  expect(await server.end()).toBe(0);
});
