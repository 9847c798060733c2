import { readFile, readdir } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { CertificateRow } from '../../api/job-view.js';
import { GrpcServer } from '../../coordinator/grpc/server.js';
import { systemClock } from '../../adapters/local/system-clock.js';
import { connect } from '../../library/connect.js';
import { runCommand } from '../harness/command.js';
import { PICTURES, certifyArgs, type Flags } from '../harness/results.js';
import { ServiceBed, endOf, happens, prepared, sha256 } from '../support/service-bed.js';
import { folderOfEachTest } from '../support/temporary-folder.js';
import { openFixture } from './grpc-fixture.js';

/** Answers of a server that the commands of a client refuse: another job than was asked for, and rows of a job that was refuted since. */

const folder = folderOfEachTest();
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const FLAGS: Flags = { ...PICTURES, sigma: 0.5, seed: 7, 'max-samples': 1024, bound: 'anytime' };
const submit = (port: number, flags: Flags) => {
  const server = `127.0.0.1:${port}`;
  return runCommand(['submit', ...certifyArgs({ ...FLAGS, ...flags, server }).slice(1)]);
};

describe('a server that skips a field that it does not know', () => {
  /** A server of a version that knew Gaussian noise only. */
  const earlier = async () => {
    const fixture = await openFixture();
    closing.push(() => fixture.close());
    const { service, server } = fixture;
    const create = service.createJob.bind(service);
    service.createJob = (request) => create({ ...request, spec: { ...request.spec, noise: 'gaussian' } });
    return { service, port: server.address.port };
  };
  const REFUSED =
    /^Error PROTOCOL_MISMATCH: The server made another job, j-0{20}, than was asked for: noise \("laplace" asked for, "gaussian" there\)\. /m;

  it('gets its job cancelled, and submit ends with an error and no id', async () => {
    const { service, port } = await earlier();
    const { code, stdout, stderr } = await submit(port, { noise: 'laplace', detach: true });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(REFUSED);
    expect(service.created).toHaveLength(1);
    expect(service.cancelled).toEqual([`j-${'0'.repeat(20)}`]);
  });

  it('keeps the job of a request that was named, which may be an earlier one', async () => {
    const { service, port } = await earlier();
    const refused = await submit(port, { noise: 'laplace', detach: true, 'request-id': 'mine' });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(REFUSED);
    expect(refused.stderr).toMatch(/\nCancel it with smoothcert cancel j-0{20}, unless it is wanted\. /);
    expect(service.cancelled).toEqual([]);
  });

  it('is of use where it knows all that is asked for', async () => {
    const { service, port } = await earlier();
    expect(await submit(port, { detach: true })).toMatchObject({ code: 0, stdout: `j-${'0'.repeat(20)}\n` });
    expect(service.cancelled).toEqual([]);
  });
});

/** The real service over TCP; votes are a voter's, where a model would be run. */
async function servedBed() {
  const bed = await ServiceBed.open();
  closing.push(() => bed.close());
  const service = await bed.serving({ clock: systemClock });
  const report = (error: unknown) => {
    throw error;
  };
  const address = { host: '127.0.0.1', port: 0 };
  const server = await GrpcServer.start({ service, address, tls: null, tokens: null, report });
  closing.push(() => server.close(0));
  return { bed, service, port: server.address.port };
}

describe('the rows that the library takes of a server', () => {
  const rowsOf = async (port: number, id: string) => {
    const server = await connect({ server: `127.0.0.1:${port}` });
    try {
      const rows: unknown[] = [];
      for await (const row of server.certificates(id)) rows.push(row);
      return rows;
    } finally {
      server.close();
    }
  };

  it('are those of results.jsonl, and none that contradicts itself or its job', async () => {
    const { bed, service, port } = await servedBed();
    bed.worker({ prepare: async () => prepared({ modelDigest: sha256(await readFile(PICTURES.model)) }) });
    const [id] = (await submit(port, { detach: true })).stdout.split('\n') as [string];
    await endOf(service, id);
    const { jsonl } = await bed.results(id);
    const written = jsonl.trimEnd().split('\n');
    expect(await rowsOf(port, id)).toEqual(written.map((line) => JSON.parse(line) as unknown));

    const honest = service.certificates.bind(service);
    const forgeries: readonly ((row: CertificateRow) => CertificateRow)[] = [
      (row) => ({ ...row, json: row.json.replace(/"radius":[^,]+/, '"radius":9') }),
      (row) => ({ ...row, json: row.json.replace(/"class":[^,]+/, '"class":99') }),
      (row) => ({ ...row, radius: 9 }),
      (row) => ({ ...row, json: '{}' }),
    ];
    for (const forged of forgeries) {
      service.certificates = async function* (...asked) {
        for await (const row of honest(...asked)) yield forged(row);
      };
      await expect(rowsOf(port, id)).rejects.toMatchObject({ code: 'MESSAGE_MALFORMED' });
    }
  });
});

describe('the rows that were taken of a job', () => {
  it('are removed when they are asked for again and an audit has refuted the job since', async () => {
    const { bed, service, port } = await servedBed();

    let refuting = false;
    const someDecided = async (job: string) => {
      const { certified, abstained } = (await service.getJob(job)).progress;
      return certified + abstained > 0;
    };
    const modelDigest = sha256(await readFile(PICTURES.model));
    bed.worker({
      prepare: () => prepared({ modelDigest }),
      slots: 1,
      onTask: async ({ job }) => {
        if (await someDecided(job)) await happens(() => refuting);
        return true;
      },
      change: (record) => {
        const [first] = record.counted;
        if (!refuting || !first) return record;
        const code = 'MODEL_NOT_DETERMINISTIC' as const;
        const failed = [{ shard: first.shard, code, detail: 'It changed.' }];
        return { ...record, counted: record.counted.slice(1), failed };
      },
    });
    const [id] = (await submit(port, { detach: true })).stdout.split('\n') as [string];
    await happens(() => someDecided(id));
    const out = folder.file('out');
    const results = () => runCommand(['results', id, '--out', out, '--server', `127.0.0.1:${port}`]);
    expect(await results()).toMatchObject({ code: 0 });
    expect((await readFile(`${out}/results.jsonl`, 'utf8')).length).toBeGreaterThan(0);
    refuting = true;
    await endOf(service, id);
    const refused = await results();
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(/^Error MODEL_NOT_DETERMINISTIC: It changed\.\n/);
    expect(await readdir(out)).toEqual(['job.json']);
  });
});
