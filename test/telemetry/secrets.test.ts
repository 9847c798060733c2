import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stackOf } from '../../adapters/telemetry/logs/lines.js';
import { UriFetcher } from '../../coordinator/artifacts/uri-fetcher.js';
import { ArtifactFolder } from '../../adapters/local/artifact-folder.js';
import { connectNats, type NatsOptions } from '../../adapters/nats/link/connect.js';
import { EVENTS, type EventName } from '../../shared/telemetry/events.js';
import { Cluster } from '../harness/cluster.js';
import { runCommand } from '../harness/command.js';
import { project } from '../harness/local-job.js';
import { freePort, hasNatsServer } from '../harness/nats-server.js';
import { Part } from '../harness/parts.js';

/** None of them has a form by which it could be known for a secret. */
const SECRET = {
  password: 'zq4pass',
  wrongPassword: 'zq4wrong',
  token: 'zq4token',
  callToken: 'zq4call',
  wrongCallToken: 'zq4other',
  user: 'zq4user',
  signature: 'zq4sign',
  key: 'zq4key',
  seed: 'zq4seed',
} as const;
/** The beginning of all of them. */
const MARK = 'zq4';
const addressAt = (host: string): string =>
  `http://${SECRET.user}:${SECRET.password}@${host}/x?X-Amz-Signature=${SECRET.signature}`;
const ADDRESS = addressAt('127.0.0.1:1');

let cluster: Cluster;
const file = async (name: string, content: string): Promise<string> => {
  await writeFile(cluster.folder.file(name), content);
  return cluster.folder.file(name);
};
const start = (name: string, args: readonly string[], nodeArgs: readonly string[] = []): Part => {
  const part = new Part(name, [...args, '--verbose'], {}, nodeArgs);
  cluster.parts.push(part);
  return part;
};

/** Every line is one of ours, whole; what is below it is indented. */
function expectLines(text: string, format: 'pretty' | 'json'): EventName[] {
  expect(text).not.toContain(MARK);
  // eslint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  const lines = text.split('\n').slice(0, -1);
  if (format === 'json') {
    return lines.map((line) => {
      const { event, level } = JSON.parse(line) as { event: EventName; level: string };
      expect(EVENTS[event]).toMatchObject({ level });
      return event;
    });
  }
  expect(
    lines.filter((line) => !/^(\d{4}-\d\d-\d\dT[\d:.]{12}Z (info|warn|error) | {4})/.test(line)),
  ).toEqual([]);
  return [];
}

describe.runIf(hasNatsServer)('no secret is written', () => {
  beforeAll(async () => {
    const login = { user: 'me', password: SECRET.password };
    const config = `authorization { user: ${login.user}, password: ${login.password} }`;
    cluster = await Cluster.start({ config, login });
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  it('where a process refuses to start', async () => {
    const nats = cluster.nats.url;
    const store = [
      '--store',
      cluster.folder.file('refused'),
      '--grpc',
      '127.0.0.1:0',
      '--http',
      '127.0.0.1:0',
    ];
    const token = await file('token', SECRET.token);
    const key = await file('key', `-----BEGIN PRIVATE KEY-----\n${SECRET.key}\n-----END PRIVATE KEY-----\n`);
    const cases: readonly (readonly [code: string, args: readonly string[]])[] = [
      ['NATS_FORBIDDEN', ['worker', '--nats', `nats://me:${SECRET.wrongPassword}@${nats}`]],
      ['NATS_FORBIDDEN', ['coordinator', ...store, '--nats', nats, '--nats-token-file', token]],
      ['OPTION_INVALID', ['coordinator', ...store, '--nats', nats, '--allow-uri', ADDRESS]],
      ['OPTION_INVALID', ['coordinator', ...store, '--token-file', await file('words', `${SECRET.token} x`)]],
      ['OPTION_INVALID', ['serve', ...store, '--tls-cert', project('README.md'), '--tls-key', key]],
    ];
    await Promise.all(
      cases.map(async ([code, args], at) => {
        const json = at % 2 === 0;
        const finished = await runCommand([...args, '--log-format', json ? 'json' : 'pretty', '--verbose']);
        const { stdout, stderr } = finished;
        expect([finished.code, stdout]).toEqual([2, '']);
        expect(stderr).not.toContain(MARK);
        if (json) {
          expect(expectLines(stderr, 'json').at(-1)).toBe('fatal');
          expect(JSON.parse(stderr.trim().split('\n').at(-1)!)).toMatchObject({
            code,
            stack: expect.stringContaining('    at ') as unknown,
          });
        } else
          expect(stderr).toMatch(new RegExp(`^Error ${code}: .*\\n.*\\nSmoothcertError: .*\\n    at `, 'm'));
      }),
    );
  });

  it('where a key, or an address, is of no use', async () => {
    const seed = await file('seed', SECRET.seed);
    const creds = await file(
      'creds',
      `-----BEGIN NATS USER JWT-----\n${SECRET.seed}\n------END NATS USER JWT------`,
    );
    const of = (more: Partial<NatsOptions>) =>
      connectNats({ servers: [cluster.nats.url], name: 'x', times: { connectMs: 300 }, ...more });
    const artifacts = await ArtifactFolder.open(cluster.folder.file('fetched'));
    const fetcher = new UriFetcher(artifacts, ['http://127.0.0.1:1/']);
    const wanted = { digest: 'a'.repeat(64), kind: 'file' } as const;
    const tries = await Promise.allSettled([
      of({ nkeySeed: seed }),
      of({ creds }),
      of({ user: 'me', password: SECRET.wrongPassword }),
      of({ tls: { cert: seed, key: seed } }),
      fetcher.fetch(wanted, `http://127.0.0.1:1/x?X-Amz-Signature=${SECRET.signature}`),
      fetcher.fetch(wanted, ADDRESS),
      fetcher.fetch(wanted, `ftp://me:${SECRET.password}@host/`),
    ]);
    for (const outcome of tries) {
      expect(outcome.status).toBe('rejected');
      const reason: unknown = (outcome as PromiseRejectedResult).reason;
      expect(String(reason) + stackOf(reason).join('\n')).not.toContain(MARK);
    }
  });

  it('and no line is forged, while a cluster serves, refuses, fails and breaks', async () => {
    const address = `nats://me:${SECRET.password}@${cluster.nats.url}`;
    const [grpc, http] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    const where = ['--grpc', grpc, '--http', http, '--store', cluster.folder.file('store')];
    const tokens = await file('tokens', `${SECRET.callToken}\n`);
    const other = await file('other-token', SECRET.wrongCallToken);
    const format = ['--log-format', 'json'];
    const coordinator = start('coordinator', [
      'coordinator',
      '--nats',
      address,
      ...where,
      '--token-file',
      tokens,
      ...format,
    ]);
    // What nobody foresaw: an error outside of any call, at a signal.
    const said = JSON.stringify(`${ADDRESS}\n2026-01-01T00:00:00.000Z info x`);
    const bug = await file('bug.mjs', `process.on('SIGUSR2', () => { throw new Error(${said}); });`);
    const login = ['--nats-user', 'me', '--nats-password-file', await file('password', SECRET.password)];
    const artifacts = ['--artifacts', addressAt(http), '--token-file', tokens];
    const mine = ['--processes', '1', '--cache', cluster.folder.file('cache'), '--log-format', 'pretty'];
    const worker = start(
      'worker',
      ['worker', '--nats', cluster.nats.url, ...login, ...artifacts, ...mine],
      ['--import', bug],
    );
    await Promise.all([coordinator.says(/"event":"lease-taken"/), worker.says(/Ready/)]);

    const job = [
      '--model',
      project('examples/digits/digits.onnx'),
      '--data',
      project('examples/digits/digits.npz'),
    ];
    const asking = ['--sigma', '0.25', '--images', '0', '--server', grpc, '--detach', '--wait-seconds', '1'];
    const forged = 'r\n{"level":"info","event":"forged"}\n2026-01-01T00:00:00.000Z info forged\u001b[2J';
    const submit = (token: string) =>
      runCommand(['submit', ...job, ...asking, '--token-file', token, '--request-id', forged, '--verbose']);
    const [refused, accepted] = await Promise.all([submit(other), submit(tokens)]);
    expect([refused.code, accepted.code]).toEqual([2, 0]);
    const unwelcome = await fetch(`http://${http}/x`, {
      headers: { authorization: `Bearer ${SECRET.wrongCallToken}` },
    });
    expect(unwelcome.status).toBe(401);
    await coordinator.says(/"event":"job-created"/);
    await coordinator.says(/"event":"job-waiting"[^\n]*could not look at the model/);
    const id = accepted.stdout.trim();
    const shown = await runCommand(['job', id, '--server', grpc, '--token-file', tokens, '--json']);
    expect(shown.code).toBe(0);

    const link = await cluster.nats.connect();
    for (let k = 0; k < 100; k++) link.connection.publish('sc1.presence.x', `garbage ${k}`);
    await coordinator.says(/"event":"messages-malformed"/);

    worker.signal('SIGUSR2');
    expect((await worker.exited).code).toBe(1);
    await cluster.nats.kill();
    await coordinator.says(/"event":"nats-away"/);
    expect(worker.log).toContain(
      `error Something unforeseen ended this process. (http://[redacted]@127.0.0.1:1/x?[redacted]\\n2026-01-01`,
    );
    expectLines(worker.log, 'pretty');
    const events = expectLines(coordinator.log, 'json');
    for (const once of ['call-refused', 'messages-malformed'] as const) {
      expect(events.filter((event) => event === once)).toHaveLength(1);
    }
    expect(events).toEqual(expect.arrayContaining(['listening', 'job-created', 'job-preparing']));
    for (const { stdout, stderr } of [refused, accepted, shown]) expect(stdout + stderr).not.toContain(MARK);
    const created = coordinator.log.split('\n').find((line) => line.includes('"job-created"'))!;
    expect(JSON.parse(created)).toMatchObject({
      job: id,
      images: 1,
      message: expect.stringContaining('r\\n{"level') as unknown,
    });
  });
});
