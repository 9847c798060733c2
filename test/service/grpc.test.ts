import { createHash, randomBytes } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { jobExists, notServing, tooManyJobs } from '../../coordinator/jobs/service-errors.js';
import { missing } from '../../adapters/local/artifact-folder.js';
import { RequestError, SmoothcertError } from '../../shared/errors.js';
import { specToWire } from '../../shared/wire/spec-message.js';
import { jobOfWire, rowOfWire, updateOfWire, workerOfWire, type MethodName } from '../../api/wire/service.js';
import type { WorkerView } from '../../api/worker-view.js';
import { presenceOf } from '../support/stored-state.js';
import { seededRandom } from '../harness/processes.js';
import { encoded, methods, type RawClient } from './grpc-client.js';
import { JOB, openFixture, type Fixture } from './grpc-fixture.js';
import { type MemoryService, rowOf, SPEC, viewOf } from './memory-service.js';

const NAMES = Object.keys(methods) as MethodName[];
let service: MemoryService;
let client: RawClient;
let fixture: Fixture;

beforeEach(async () => {
  fixture = await openFixture();
  ({ service, client } = fixture);
});
afterEach(() => fixture.close());

async function* whole(bytes: Uint8Array) {
  yield await Promise.resolve(bytes);
}

describe('the calls', () => {
  it('create a job, or only check it', async () => {
    const request = { spec: specToWire(SPEC), requestId: 'mine' };
    const [made] = await client.ask('createJob', { ...request, validateOnly: false });
    expect(jobOfWire(made!.job)).toEqual(viewOf(`j-${'0'.repeat(20)}`, { requestId: 'mine' }));
    const [checked] = await client.ask('createJob', { ...request, validateOnly: true });
    expect(checked!.job!.id).toBe('');
    expect(service.created).toEqual([
      { spec: SPEC, requestId: 'mine', validateOnly: false },
      { spec: SPEC, requestId: 'mine', validateOnly: true },
    ]);
  });

  it('get and cancel a job', async () => {
    const [got] = await client.ask('getJob', { id: JOB });
    expect(jobOfWire(got!.job)).toEqual(viewOf(JOB));
    const [cancelled] = await client.ask('cancelJob', { id: JOB });
    expect(jobOfWire(cancelled!.job).state).toBe('cancelling');
    expect(service.cancelled).toEqual([JOB]);
  });

  it('list jobs by pages, smaller ones where a message would be too large', async () => {
    const ids = Array.from({ length: 2_500 }, (_, i) => `j-${i.toString(16).padStart(20, '0')}`);
    service.jobs.clear();
    for (const id of ids) service.jobs.set(id, viewOf(id, { waitingFor: 'x'.repeat(4_096) }));
    const listed: string[] = [];
    const sizes: number[] = [];
    let pageToken = '';
    do {
      const [page] = await client.ask('listJobs', { pageSize: 1_000, pageToken });
      listed.push(...page!.jobs.map(({ id }) => id!));
      sizes.push(page!.jobs.length);
      pageToken = page!.nextPageToken;
    } while (pageToken !== '');
    expect(listed).toEqual(ids);
    expect(sizes[0]).toBeGreaterThan(500);
    expect(sizes[0]).toBeLessThan(1_000);
  });

  it('list a thousand workers with long refusals by pages that each fit into a message', async () => {
    const names = Array.from({ length: 1_000 }, (_, i) => `w-${String(i).padStart(4, '0')}`);
    const text = 'x'.repeat(4_096);
    const refusal = { worker: 'w', code: 'INTERNAL', message: text, remedy: text } as const;
    const refusals = Array.from({ length: 16 }, (_, i) => ({ job: `j-${i}`, refusal }));
    service.presences.push(...names.map((name) => ({ ...presenceOf(name), silentMs: 250, refusals })));
    const listed: WorkerView[] = [];
    let pages = 0;
    let pageToken = '';
    do {
      const [page] = await client.ask('listWorkers', { pageSize: 1_000, pageToken });
      listed.push(...page!.workers.map(workerOfWire));
      pages += 1;
      pageToken = page!.nextPageToken;
    } while (pageToken !== '');
    expect(listed.map(({ worker }) => worker)).toEqual(names);
    expect(listed[7]).toMatchObject({ processes: 2, lastSeenMs: 1_699_999_999_750 });
    expect(listed[7]!.refusals[3]!.refusal.message).toHaveLength(512);
    expect(pages).toBeLessThan(5);
  });

  it('watch a job to its end', async () => {
    service.messages = 5;
    const answers = await client.ask('watchJob', { id: JOB, afterSequence: 40 });
    const updates = answers.map(updateOfWire);
    expect(updates.map(({ sequence }) => sequence)).toEqual([41, 42, 43, 44, 45]);
    expect(updates.map(({ snapshot }) => snapshot)).toEqual([true, false, false, false, false]);
    expect(updates[2]!.decided).toEqual([{ image: 3, outcome: 'certified', class: 1, radius: 0.5 }]);
    expect(updates[0]!.job).toEqual(viewOf(JOB));
  });

  it('stream certificates', async () => {
    const rows = await client.ask('streamCertificates', { id: JOB, fromImage: 7 });
    expect(rows.map(rowOfWire)).toEqual([7, 8, 9].map(rowOf));
  });

  it('say what there is of artifacts, by pages', async () => {
    const contents = [1, 2, 3].map((n) => randomBytes(1_000 * n));
    const digests = contents.map((bytes) => createHash('sha256').update(bytes).digest('hex'));
    for (const [i, digest] of digests.entries()) {
      await service.artifacts.put({ digest, kind: 'file', bytes: 1_000 * (i + 1) }, 0, whole(contents[i]!));
    }
    const [got] = await client.ask('getArtifact', { digest: digests[1]! });
    expect(got).toMatchObject({ complete: true, receivedBytes: 2_000 });
    const [none] = await client.ask('getArtifact', { digest: 'f'.repeat(64) });
    expect(none).toMatchObject({ complete: false, receivedBytes: 0 });
    const [first] = await client.ask('listArtifacts', { pageSize: 2 });
    const [second] = await client.ask('listArtifacts', { pageSize: 2, pageToken: first!.nextPageToken });
    const listed = [...first!.artifacts, ...second!.artifacts].map(({ digest }) => digest);
    expect(listed).toEqual([...digests].sort());
    expect(second!.nextPageToken).toBe('');
  });
});

describe('errors', () => {
  const spec = specToWire(SPEC);

  it.each([
    [jobExists('x'), 'createJob', status.ALREADY_EXISTS],
    [tooManyJobs(64, 0), 'createJob', status.RESOURCE_EXHAUSTED],
    [missing('a'.repeat(64)), 'createJob', status.FAILED_PRECONDITION],
    [missing('a'.repeat(64)), 'getJob', status.NOT_FOUND],
    [notServing(), 'getJob', status.UNAVAILABLE],
    [new SmoothcertError('MODEL_INPUT_UNSUPPORTED', 'No.', 'Do.'), 'createJob', status.FAILED_PRECONDITION],
    [new SmoothcertError('CHILD_DIED', 'It died.', 'Do.'), 'getJob', status.INTERNAL],
  ] as const)('%s of %s has a status, a reason and a remedy', async (fault, method, code) => {
    service.fault = fault;
    const request = method === 'createJob' ? encoded(method, { spec }) : encoded(method, { id: JOB });
    const outcome = await client.send(method, request);
    expect(outcome).toMatchObject({ code, details: fault.message });
    expect(outcome.rich).toEqual({
      code,
      message: fault.message,
      reason: fault.code,
      metadata: { remedy: fault.remedy },
      violations: [],
    });
  });

  it('name every field that is wrong', async () => {
    const wrong = { ...spec, sigma: -1, model: { ...spec.model, digest: 'x' } };
    const { code, rich } = await client.send('createJob', encoded('createJob', { spec: wrong }));
    expect(code).toBe(status.INVALID_ARGUMENT);
    expect(rich!.reason).toBe('REQUEST_INVALID');
    expect(rich!.violations.map(({ field }) => field).sort()).toEqual(['spec.model.digest', 'spec.sigma']);
    for (const [method, request] of [
      ['getArtifact', encoded('getArtifact', { digest: '../etc/passwd' })],
      ['listArtifacts', encoded('listArtifacts', { pageToken: '../etc' })],
      ['listJobs', encoded('listJobs', { pageToken: 'x' })],
    ] as const) {
      const outcome = await client.send(method, request);
      expect(outcome).toMatchObject({ code: status.INVALID_ARGUMENT, rich: { reason: 'REQUEST_INVALID' } });
      expect(outcome.rich!.violations).toHaveLength(1);
    }
  });

  it('in the middle of a watch come after what was sent', async () => {
    service.once('watched', () => (service.fault = notServing()));
    const { code, rich, answers } = await client.send('watchJob', encoded('watchJob', { id: JOB }));
    expect({ code, reason: rich?.reason, answers: answers.length }).toEqual({
      code: status.UNAVAILABLE,
      reason: 'NOT_SERVING',
      answers: 1,
    });
  });

  it('of nobody’s making are told in general words, and reported', async () => {
    service.fault = new TypeError('secret: /home/somebody/x is not a function');
    for (const method of ['getJob', 'watchJob', 'streamCertificates'] as const) {
      const { code, details, rich } = await client.send(method, encoded(method, { id: JOB }));
      expect({ code, reason: rich?.reason }).toEqual({ code: status.INTERNAL, reason: 'INTERNAL' });
      expect(JSON.stringify([details, rich])).not.toMatch(/secret|somebody|\.ts/);
    }
    expect(fixture.reported).toEqual([service.fault, service.fault, service.fault]);
  });

  it('may be of any length and any characters', async () => {
    const faults = [
      new SmoothcertError(
        'JOB_NOT_FOUND',
        `half \ud800 ${'é\n"\u0000'.repeat(5_000)} \udc00`,
        '\udfff'.repeat(9_999),
      ),
      new RequestError([{ field: 'x\ud800'.repeat(5_000), description: '\ud83d\ude00'.repeat(5_000) }]),
      new RequestError(
        Array.from({ length: 500 }, (_, i) => ({ field: `f${i}`, description: 'is wrong' })) as never,
      ),
    ];
    for (const fault of faults) {
      service.fault = fault;
      const { rich } = await client.send('getJob', encoded('getJob', { id: JOB }));
      expect(rich!.reason).toBe(fault.code);
    }
  });

  it.each(NAMES)('%s: bytes that are no message are the client’s fault', async (method) => {
    for (const bytes of [
      [0x0a, 0xff, 0xff],
      [0x0a, 0x05, 0x41],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      [0x0f],
    ]) {
      const { code, rich } = await client.send(method, Buffer.from(bytes));
      expect({ code, reason: rich?.reason }).toEqual({
        code: status.INVALID_ARGUMENT,
        reason: 'MESSAGE_MALFORMED',
      });
      expect(rich!.metadata['remedy']).not.toBe('');
    }
    expect(fixture.reported).toEqual([]);
  });

  it.each(NAMES)('%s: no bytes make the server fail', async (method) => {
    service.messages = 1;
    const below = seededRandom(20_261 + NAMES.indexOf(method));
    const seen = new Set<status>();
    for (let i = 0; i < 60; i++) {
      const bytes = Buffer.from(Array.from({ length: below(40) }, () => below(256)));
      seen.add((await client.send(method, bytes)).code);
    }
    const allowed = [status.OK, status.INVALID_ARGUMENT, status.NOT_FOUND];
    expect([...seen].filter((code) => !allowed.includes(code))).toEqual([]);
    expect(seen).toContain(status.INVALID_ARGUMENT);
    expect(fixture.reported).toEqual([]);
  });

  it.each(NAMES)('%s: a message of more than 4 MiB is refused', async (method) => {
    const { code } = await client.send(method, Buffer.alloc(4 * 2 ** 20 + 1));
    expect(code).toBe(status.RESOURCE_EXHAUSTED);
    expect(await client.ask('getJob', { id: JOB })).toHaveLength(1);
  });
});
