import { createReadStream } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CertificationClient } from '../../cli/client/certification-client.js';
import { GrpcServer } from '../../coordinator/grpc/server.js';
import { Tokens } from '../../adapters/http/tokens.js';
import { SmoothcertError } from '../../shared/errors.js';
import { systemClock } from '../../adapters/local/system-clock.js';
import { jobDigest } from '../../shared/job.js';
import { jobIdOf } from '../../coordinator/jobs/new-job-id.js';
import type { CertificationService } from '../../coordinator/jobs/certification-service.js';
import { certifiedJob } from '../harness/certified-job.js';
import { runCommand, startCommand } from '../harness/command.js';
import { PICTURES, certifyWithReport, type Flags } from '../harness/results.js';
import {
  MODEL,
  ServiceBed,
  VOTER,
  endOf,
  expectedResults,
  happens,
  prepared,
  sha256,
  type VoteWorker,
  type WorkerOptions,
} from '../support/service-bed.js';
import { voterOf } from '../support/jobs.js';
import { folderOfEachTest } from '../support/temporary-folder.js';
import { never } from '../support/never.js';

/** The commands of a client against the real service over TCP; votes are a voter's, where a model would be run. */

let bed: ServiceBed;
const folder = folderOfEachTest();
let service: CertificationService;
let server: GrpcServer;
beforeEach(async () => {
  bed = await ServiceBed.open();
  service = await bed.serving({ clock: systemClock });
  server = await listen(0);
});
afterEach(async () => {
  await server.close(0);
  await bed.close();
});

const listen = (port: number, tokens: Tokens | null = null) =>
  GrpcServer.start({
    service,
    address: { host: '127.0.0.1', port },
    tls: null,
    tokens,
    report: (error) => {
      throw error;
    },
  });

const address = () => `127.0.0.1:${server.address.port}`;
const client = (waitMs = 30_000, waits: string[] = []) =>
  CertificationClient.open({ address: address(), tokenFile: null, tls: null, waitMs }, never, ({ code }) =>
    waits.push(code),
  );

const JOB_FLAGS: Flags = { ...PICTURES, sigma: 0.5, seed: 7, 'max-samples': 1024, bound: 'anytime' };

/** The arguments of `submit` of these flags to the server. */
const submitArgs = (flags: Flags = {}): string[] => [
  'submit',
  ...certifyWithReport({ ...JOB_FLAGS, ...flags, server: address() }).slice(1),
];

/** A worker that finds the submitted model to be as the fixture is. */
async function worker(more: Partial<WorkerOptions> = {}): Promise<VoteWorker> {
  const modelDigest = sha256(await readFile(PICTURES.model));
  return bed.worker({ prepare: () => prepared({ modelDigest }), ...more });
}

const run = (...args: string[]) => runCommand([...args, '--server', address()]);
const read = (name: string) => readFile(folder.file(`out/${name}`), 'utf8');
const onlyJob = async () => (await service.listJobs(10, '')).jobs[0]!;

describe('submit', () => {
  it('makes the job that certify makes of the same flags, and writes the files that certify writes', async () => {
    await worker();
    const flags = {
      images: '1::2',
      'input-scale': 255,
      mean: '1,2,3',
      'min-gain': 'quick',
      'no-check': true,
      out: folder.file('out'),
    } as const;
    const { code, stdout, stderr } = await runCommand(submitArgs(flags));
    expect({ code, stderr: stderr.replace(/j-[0-9a-f]+/, 'j-0') }).toEqual({ code: 0, stderr: 'Job j-0.\n' });

    const { id, job } = await onlyJob();
    const { job: written, job_digest: digest } = JSON.parse(await read('job.json')) as {
      job: unknown;
      job_digest: string;
    };
    expect(written).toEqual(job);
    expect(digest).toBe(jobDigest(job!));
    expect(digest).toBe(jobDigest(await certifiedJob(folder, { ...JOB_FLAGS, ...flags })));
    expect(stdout).toMatch(
      new RegExp(
        `^Done: results.tsv, results.csv, results.jsonl and job.json are in .*/out \\(σ = 0.5, α = 0.001, gain with anytime\\)\\.\n`,
      ),
    );
    expect(stdout).toMatch(/\n {2}images +\d+\n {2}certified +\d+ \(\d+ right, \d+ wrong\)\n/);
    expect(await service.getJob(id)).toMatchObject({ state: 'succeeded' });
    expect((await bed.results(id)).jsonl).toBe(await read('results.jsonl'));
    expect((await bed.results(id)).tsv).toBe(await read('results.tsv'));
    expect((await readdir(folder.file('out'))).sort()).toEqual([
      'images.jsonl',
      'job.json',
      'report.html',
      'results.csv',
      'results.jsonl',
      'results.tsv',
    ]);
  });

  it('sends nothing twice, and the same request is the same job', async () => {
    await worker();
    const out = folder.file('out');
    const flags: Flags = { 'request-id': 'mine', json: true, out };
    const first = await runCommand(submitArgs(flags));
    const opened: string[] = [];
    const put = bed.artifacts.put.bind(bed.artifacts);
    bed.artifacts.put = (artifact, ...rest) => {
      opened.push(artifact.digest);
      return put(artifact, ...rest);
    };
    const again = await runCommand(submitArgs(flags));
    expect(again).toEqual(first);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ id: jobIdOf('mine'), state: 'succeeded', out });
    expect(opened).toEqual([]);

    // Without the request's name it is another job, for which this folder is not.
    const other = await runCommand(submitArgs({ out }));
    expect(other).toMatchObject({ code: 2, stdout: '' });
    expect(other.stderr).toMatch(/^Error JOB_DIFFERS: .*out holds the results of another job\.\n/);
    const different = await runCommand(submitArgs({ ...flags, sigma: 0.25 }));
    expect(different).toMatchObject({ code: 2, stdout: '' });
    expect(different.stderr).toMatch(/^Error JOB_EXISTS: /);
    expect((await service.listJobs(10, '')).jobs).toHaveLength(1);
  });

  it('goes on through a restart of the server', async () => {
    let blocked = 0;
    let free = false;
    await worker({
      onTask: async () => {
        blocked += 1;
        await happens(() => free);
        return true;
      },
    });
    await using command = startCommand(submitArgs({ out: folder.file('out') }));
    await happens(() => blocked > 0);
    const { port } = server.address;
    await server.close(0);
    await happens(() => command.written.stderr.includes('Waiting up to 300 s for it.'));
    free = true;
    server = await listen(port);
    const { code, stdout } = await command.exited;
    expect({ code, begin: stdout.slice(0, 5) }).toEqual({ code: 0, begin: 'Done:' });
    const expected = expectedResults((await onlyJob()).job!);
    // The pictures have labels of their own.
    const withoutLabels = (text: string) => text.replaceAll(/"(label|correct)":[^,]*,/g, '');
    expect(withoutLabels(await read('results.jsonl'))).toBe(withoutLabels(expected.jsonl));
  });

  it('leaves the job to the server on Ctrl-C, and watch, results and cancel go on from there', async () => {
    let blocked = false;
    let free = false;
    await worker({
      onTask: async () => {
        blocked = true;
        await happens(() => free);
        return true;
      },
    });
    await using command = startCommand(submitArgs({ out: folder.file('out') }));
    await happens(() => blocked);
    const { id } = await onlyJob();
    await happens(() => command.written.stderr.includes(id));
    command.kill('SIGINT');
    const left = await command.exited;
    expect(left).toMatchObject({ code: 130, stdout: '' });
    expect(left.stderr).toContain(`The job ${id} goes on without this command.\n`);
    expect(left.stderr).toContain(`smoothcert cancel ${id} --server ${address()}`);
    expect(await readdir(folder.path)).toEqual([]);

    const partial = await run('results', id, '--out', folder.file('out'));
    expect(partial.stdout).toContain(`The job ${id} is running. So far, results.tsv`);
    expect(await read('results.jsonl')).toBe('');
    free = true;
    const watched = await run('watch', id);
    expect(watched).toMatchObject({ code: 0 });
    const results = await run('results', id, '--out', folder.file('out'));
    expect(results.code).toBe(0);
    expect(await read('results.jsonl')).toBe((await bed.results(id)).jsonl);
    const summary = results.stdout.replace(/^Report: .*\n/m, '');
    expect(watched.stdout.split('\n').slice(1)).toEqual(summary.split('\n').slice(1));
  });

  it('says which images failed with exit code 3, and why a model is refused with 2', async () => {
    const bad = await worker({ voter: (image, sample) => (image === 1 ? -1 : VOTER(image, sample)) });
    const partly = await runCommand(submitArgs({ images: ':3' }));
    expect(partly.stdout).toMatch(/\n {2}failed +1 \(MODEL_OUTPUT_NOT_FINITE\)\n/);
    expect(partly.code).toBe(3);
    await bad.stop();

    await worker({ prepare: () => Promise.reject(refusal()) });
    const refused = await runCommand(submitArgs({ images: ':3', seed: 8 }));
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('Error MODEL_OUTPUT_UNSUPPORTED: It has two outputs.\nName one.\n');
  });

  it('prints the id alone with --detach, and the seed that the server drew otherwise', async () => {
    const { code, stdout, stderr } = await runCommand(submitArgs({ detach: true, 'request-id': 'mine' }));
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${jobIdOf('mine')}\n`, stderr: '' });
    await worker();
    const drawn = await runCommand(submitArgs({ seed: undefined }));
    const { spec } = await onlyJob();
    expect(drawn.stderr).toContain(`Seed ${spec.seed!}, drawn at random.\n`);
  });
});

const refusal = () => new SmoothcertError('MODEL_OUTPUT_UNSUPPORTED', 'It has two outputs.', 'Name one.');

describe('what a server has', () => {
  it('is listed, shown and cancelled', async () => {
    expect(await run('jobs')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: `The server at ${address()} has no jobs.\n`,
    });
    await service.createJob({ spec: bed.spec(), requestId: 'one', validateOnly: false });
    const id = jobIdOf('one');
    const { stdout: list } = await run('jobs');
    const [title, line, , why] = list.split('\n');
    expect(title).toMatch(/^ID +σ +MODEL +DATA +RULE +STATE +DONE +IMAGES +CREATED$/);
    expect(line).toMatch(
      new RegExp(
        `^${id}  0.5  ${sha256(MODEL).slice(0, 12)} .* pending, no-worker  0 %   0/\\d+ +1970-01-01T00:16:40Z$`,
      ),
    );
    expect(why).toBe(
      `${id} waits: No worker with the device cpu is there. Start a worker with --device cpu. It goes on by itself then.`,
    );
    expect(JSON.parse((await run('jobs', '--json')).stdout)).toMatchObject([
      { id, state: 'pending', name: null, waiting: { code: 'no-worker' }, outlook: null },
    ]);
    const shown = (await run('job', id)).stdout;
    expect(shown).toMatch(/\n {2}waiting for +No worker with the device cpu is there\.\n/);
    expect(shown).toMatch(new RegExp(`\n {2}model +${sha256(MODEL)}\n`));
    expect(JSON.parse((await run('job', id, '--json')).stdout)).toMatchObject({
      id,
      requestId: 'one',
      state: 'pending',
      created: '1970-01-01T00:16:40.000Z',
      job: null,
      spec: { sigma: 0.5, model: { digest: sha256(MODEL) } },
    });
    const cancelled = await run('cancel', id);
    expect(cancelled.stdout).toMatch(new RegExp(`^The job ${id} is cancell(ing|ed)\\.\n$`));
    await endOf(service, id);
    expect(await run('watch', id)).toMatchObject({ code: 2, stdout: '' });
    const results = await run('results', id);
    expect(results.stderr).toContain('Error CANCELLED: ');
    expect((await run('cancel', id)).code).toBe(0);
  });

  it('is watched as lines of JSON', async () => {
    await service.createJob({ spec: bed.spec(), requestId: 'one', validateOnly: false });
    bed.worker();
    const { code, stdout } = await run('watch', jobIdOf('one'), '--json');
    expect(code).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { state: string; decided: [] });
    expect(lines.at(-1)).toMatchObject({ state: 'succeeded', progress: { images: 6 } });
    expect(lines.flatMap(({ decided }) => decided)).toHaveLength(6);
  });

  it('is asked for at other radii, but for those of target', async () => {
    await service.createJob({ spec: bed.spec(), requestId: 'one', validateOnly: false });
    bed.worker({ voter: voterOf(3, () => 1) });
    await endOf(service, jobIdOf('one'));
    const { stdout } = await run('results', jobIdOf('one'), '--radii', '0.1,9', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ accuracy: [{ radius: 0.1 }, { radius: 9, share: 0 }] });
    const target = { stop: { kind: 'target', radii: ['0.1'] } } as const;
    await service.createJob({ spec: bed.spec(target), requestId: 'two', validateOnly: false });
    const refused = await run('results', jobIdOf('two'), '--radii', '0.2');
    expect(refused.stderr).toMatch(/^Error OPTION_INVALID: .* the radii that it asked for and no others\.\n/);
  });

  it('are artifacts, which are sent and listed', async () => {
    const model = await run('artifacts', 'put', PICTURES.model);
    const digest = sha256(await readFile(PICTURES.model));
    expect(model).toMatchObject({ code: 0, stdout: `${digest}  model\n`, stderr: '' });
    const data = await run('artifacts', 'put', PICTURES.data, '--images', ':3', '--json');
    const { artifacts, reference } = JSON.parse(data.stdout) as {
      artifacts: { digest: string; kind: string; bytes: number }[];
      reference: { digest: string };
    };
    expect(artifacts).toMatchObject([{ kind: 'data-set', digest: reference.digest }]);
    const list = JSON.parse((await run('artifacts', 'list', '--json')).stdout) as { artifacts: unknown[] };
    expect(list.artifacts).toHaveLength(4);
    const rows = (await run('artifacts', 'list')).stdout.split('\n').map((row) => row.split(/ +/));
    expect(rows).toContainEqual([reference.digest, 'data-set', String(artifacts[0]!.bytes)]);
  });
});

describe('a client', () => {
  it('sends on from what the server has', async () => {
    const content = Buffer.alloc(5_000_000, 'x');
    const file = folder.file('big');
    await writeFile(file, content);
    const artifact = { digest: sha256(content), kind: 'file', bytes: content.length } as const;
    async function* cut() {
      yield await Promise.resolve(content.subarray(0, 2_000_000));
      throw new Error('the connection ended');
    }
    await expect(bed.artifacts.put(artifact, 0, cut())).rejects.toThrow();
    const received = await bed.artifacts.receivedBytes(artifact.digest);
    expect(received).toBeGreaterThan(0);
    using one = await client();
    const from: number[] = [];
    const sent: number[] = [];
    await one.upload(
      artifact,
      (start) => {
        from.push(start);
        return createReadStream(file, { start, highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>;
      },
      (bytes) => sent.push(bytes),
    );
    expect(from).toEqual([received]);
    expect(sent.at(-1)).toBe(content.length);
    expect(await bed.artifacts.find(artifact.digest)).toEqual(artifact);
  });

  it('tells the errors of a server in its words, with the flag that is to blame', async () => {
    using one = await client();
    await expect(one.getJob(`j-${'0'.repeat(20)}`)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    await expect(one.createJob(bed.spec({ alpha: 0.5 }), 'one')).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: expect.stringMatching(/^--alpha \(spec\.alpha\) /) as unknown,
    });
  });

  it('waits for a server that is not serving yet, and for none that never was there longer than it may', async () => {
    const waits: string[] = [];
    using one = await client(30_000, waits);
    await bed.stop();
    const asked = one.getJob(`j-${'0'.repeat(20)}`);
    await happens(() => waits.length > 0);
    const { port } = server.address;
    await server.close(0);
    service = await bed.serving({ clock: systemClock });
    server = await listen(port);
    await expect(asked).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    expect(waits[0]).toBe('NOT_SERVING');

    await server.close(0);
    const { code, stdout, stderr } = await run('jobs', '--wait-seconds', '0');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^Error SERVER_UNREACHABLE: No server answers at ${address()} `));
  });

  it('shows its token', async () => {
    const file = folder.file('token');
    await writeFile(file, 'secret\n');
    await server.close(0);
    server = await listen(0, await Tokens.open(file));
    expect((await run('jobs')).stderr).toContain('Error UNAUTHENTICATED: ');
    expect((await run('jobs', '--token-file', file)).code).toBe(0);
  });
});
