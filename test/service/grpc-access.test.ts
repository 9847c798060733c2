import { once } from 'node:events';
import { rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { credentials, Metadata, status, type MethodDefinition } from '@grpc/grpc-js';
import { load } from '@grpc/proto-loader';
import { service as healthService } from 'grpc-health-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SERVICE_NAME } from '../../coordinator/grpc/definition.js';
import { GrpcServer } from '../../coordinator/grpc/server.js';
import { Tls } from '../../adapters/http/tls.js';
import { Tokens } from '../../adapters/http/tokens.js';
import { contentsOf, HAS_OPENSSL, TestAuthority } from './certificates.js';
import { encoded, methods, RawClient } from './grpc-client.js';
import { JOB, openFixture, type Fixture } from './grpc-fixture.js';
import { folderOfEachTest } from '../support/temporary-folder.js';

const REFLECTION = new URL(
  '../../node_modules/@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto',
  import.meta.url,
).pathname;

const folder = folderOfEachTest();
let fixture: Fixture;
let clients: RawClient[];
beforeEach(() => {
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.close();
  await fixture.close();
});

function clientWith(token: string | null, channel = credentials.createInsecure()): RawClient {
  const client = new RawClient(fixture.server.address, channel, token);
  clients.push(client);
  return client;
}
const asked = (client: RawClient) =>
  client.send('getJob', encoded('getJob', { id: JOB }), { deadline: Date.now() + 10_000 });

type Json = Record<string, unknown>;
const definitionOf = (service: unknown, method: string) =>
  (service as Record<string, MethodDefinition<object, object>>)[method]!;

function healthOf(client: RawClient, service: string): Promise<unknown> {
  const { path: at, requestSerialize, responseDeserialize } = definitionOf(healthService, 'Check');
  return new Promise((resolve) => {
    client.makeUnaryRequest(at, requestSerialize, responseDeserialize, { service }, (error, answer) =>
      resolve(error ? error.code : (answer as Json)['status']),
    );
  });
}

async function reflected(client: RawClient, requests: Json[]): Promise<Json[]> {
  const found = await load(REFLECTION);
  const definition = definitionOf(found['grpc.reflection.v1.ServerReflection'], 'ServerReflectionInfo');
  const { path: at, requestSerialize, responseDeserialize } = definition;
  const call = client.makeBidiStreamRequest(at, requestSerialize, responseDeserialize, client.metadata(), {});
  for (const request of requests) call.write(request);
  call.end();
  const answers: Json[] = [];
  for await (const answer of call as AsyncIterable<Json>) answers.push(answer);
  return answers;
}

describe('tokens', () => {
  beforeEach(async () => {
    await writeFile(folder.file('tokens'), 'first-token\n\nsecond-token\n');
    fixture = await openFixture({ tokens: await Tokens.open(folder.file('tokens')) });
  });

  it.each([
    ['none', null, status.UNAUTHENTICATED],
    ['a wrong one', 'third-token', status.UNAUTHENTICATED],
    ['the beginning of one', 'first-toke', status.UNAUTHENTICATED],
    ['an empty one', '', status.UNAUTHENTICATED],
    ['the first', 'first-token', status.OK],
    ['the second', 'second-token', status.OK],
  ])('with %s', async (_, token, code) => {
    expect((await asked(clientWith(token))).code).toBe(code);
  });

  it.each(Object.keys(methods) as (keyof typeof methods)[])('are wanted of %s', async (method) => {
    const outcome = await clientWith(null).send(method, Buffer.from([0xff]));
    expect(outcome).toMatchObject({ code: status.UNAUTHENTICATED, rich: { reason: 'UNAUTHENTICATED' } });
    expect(fixture.service.created).toEqual([]);
  });

  it('two at a time are none', async () => {
    const client = clientWith('first-token');
    client.metadata = () => {
      const metadata = new Metadata();
      for (const token of ['first-token', 'x']) metadata.add('authorization', `Bearer ${token}`);
      return metadata;
    };
    expect((await asked(client)).code).not.toBe(status.OK);
  });

  it('count from the next call on when the file changes', async () => {
    const [first, third] = [clientWith('first-token'), clientWith('third-token')];
    expect([(await asked(first)).code, (await asked(third)).code]).toEqual([
      status.OK,
      status.UNAUTHENTICATED,
    ]);
    await writeFile(folder.file('new'), 'third-token\n');
    await rename(folder.file('new'), folder.file('tokens'));
    expect([(await asked(first)).code, (await asked(third)).code]).toEqual([
      status.UNAUTHENTICATED,
      status.OK,
    ]);
    await rm(folder.file('tokens'));
    expect((await asked(third)).code).toBe(status.UNAUTHENTICATED);
  });

  it('are not wanted of health checks, but of reflection', async () => {
    expect(await healthOf(clientWith(null), '')).toBe('SERVING');
    await expect(reflected(clientWith(null), [{ listServices: '*' }])).rejects.toMatchObject({
      code: status.UNAUTHENTICATED,
    });
    expect(await reflected(clientWith('first-token'), [{ listServices: '*' }])).toHaveLength(1);
  });
});

describe.skipIf(!HAS_OPENSSL)('TLS', () => {
  it('lets in who trusts the server', async () => {
    const [ours, other] = [new TestAuthority(folder.path, 'ours'), new TestAuthority(folder.path, 'other')];
    const issued = ours.issue('server');
    fixture = await openFixture({ tls: Tls.open({ ...issued, clientCa: null }) });
    const { ca } = contentsOf(issued);
    expect((await asked(clientWith(null, credentials.createSsl(ca)))).code).toBe(status.OK);
    const wrong = contentsOf(other.issue('server')).ca;
    expect((await asked(clientWith(null, credentials.createSsl(wrong)))).code).toBe(status.UNAVAILABLE);
    expect((await asked(clientWith(null))).code).toBe(status.UNAVAILABLE);
    expect((await asked(clientWith(null, credentials.createSsl(ca)))).code).toBe(status.OK);
  });

  it('lets in only whom the server trusts, if it is mutual', async () => {
    const [ours, other] = [new TestAuthority(folder.path, 'ours'), new TestAuthority(folder.path, 'other')];
    const issued = ours.issue('server');
    fixture = await openFixture({ tls: Tls.open({ ...issued, clientCa: ours.ca }) });
    const { ca } = contentsOf(issued);
    const known = contentsOf(ours.issue('client'));
    const unknown = contentsOf(other.issue('client'));
    expect((await asked(clientWith(null, credentials.createSsl(ca, known.key, known.cert)))).code).toBe(
      status.OK,
    );
    expect((await asked(clientWith(null, credentials.createSsl(ca)))).code).toBe(status.UNAVAILABLE);
    expect((await asked(clientWith(null, credentials.createSsl(ca, unknown.key, unknown.cert)))).code).toBe(
      status.UNAVAILABLE,
    );
  });
});

describe.skipIf(!HAS_OPENSSL)('a certificate', () => {
  it('and a key that is not its own are refused, as are authorities that are none', async () => {
    fixture = await openFixture();
    const ours = new TestAuthority(folder.path, 'ours');
    const [one, two] = [ours.issue('one'), ours.issue('two')];
    expect(() => Tls.open({ cert: one.cert, key: two.key, clientCa: null })).toThrow(
      `${two.key} holds no key in PEM for ${one.cert}.`,
    );
    expect(() => Tls.open({ ...one, clientCa: one.key })).toThrow(`${one.key} holds no certificate in PEM.`);
  });
});

describe('health', () => {
  it('follows the service, for it and for the server', async () => {
    fixture = await openFixture();
    const client = clientWith(null);
    expect(await healthOf(client, '')).toBe('SERVING');
    expect(await healthOf(client, SERVICE_NAME)).toBe('SERVING');
    expect(await healthOf(client, 'something.Else')).toBe(status.NOT_FOUND);
    fixture.service.serving = false;
    expect(await healthOf(client, '')).toBe('NOT_SERVING');
    expect(await healthOf(client, SERVICE_NAME)).toBe('NOT_SERVING');
  });

  it('can be watched, until the server goes', async () => {
    fixture = await openFixture();
    const { path: at, requestSerialize, responseDeserialize } = definitionOf(healthService, 'Watch');
    const request = { service: SERVICE_NAME };
    const call = clientWith(null).makeServerStreamRequest(at, requestSerialize, responseDeserialize, request);
    const seen: unknown[] = [];
    const reactions = [
      () => (fixture.service.serving = false),
      () => (fixture.service.serving = true),
      () => fixture.server.close(30_000),
    ];
    const ending = (async () => {
      for await (const { status: now } of call as AsyncIterable<Json>) {
        seen.push(now);
        void reactions.shift()?.();
      }
    })();
    await expect(ending).rejects.toMatchObject({ code: status.UNAVAILABLE });
    expect(seen).toEqual(['SERVING', 'NOT_SERVING', 'SERVING', 'NOT_SERVING']);
  });
});

describe('reflection', () => {
  it('tells what the server offers', async () => {
    fixture = await openFixture();
    const [listed, described] = await reflected(clientWith(null), [
      { listServices: '*' },
      { fileContainingSymbol: `${SERVICE_NAME}.WatchJob` },
    ]);
    const { service } = listed!['listServicesResponse'] as { service: { name: string }[] };
    expect(service.map(({ name }) => name).sort()).toEqual(['grpc.health.v1.Health', SERVICE_NAME]);
    const { fileDescriptorProto } = described!['fileDescriptorResponse'] as { fileDescriptorProto: Buffer[] };
    const text = Buffer.concat(fileDescriptorProto).toString('latin1');
    for (const name of ['CertificationService', 'JobSpec', 'Timestamp', 'Status'])
      expect(text).toContain(name);
  });
});

/** Resolves when the server hangs up on these bytes. */
async function hungUp(bytes: string): Promise<void> {
  const { host, port } = fixture.server.address;
  const socket = connect(port, host);
  socket.on('error', () => undefined);
  socket.resume().write(bytes);
  await once(socket, 'close');
}

describe('an address', () => {
  it('at which something else than gRPC is spoken goes on serving', async () => {
    fixture = await openFixture();
    for (const bytes of [
      'GET / HTTP/1.1\r\nhost: x\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nxxxxxxxxxxxxxxxx',
    ]) {
      await hungUp(bytes.padEnd(64, '\0'));
    }
    expect((await asked(clientWith(null))).code).toBe(status.OK);
    expect(fixture.reported).toEqual([]);
  });

  it('that is in use is named in one sentence', async () => {
    fixture = await openFixture();
    const { address } = fixture.server;
    const second = GrpcServer.start({
      service: fixture.service,
      address,
      tls: null,
      tokens: null,
      report: () => undefined,
    });
    await expect(second).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: `The gRPC service cannot listen at 127.0.0.1:${address.port}: it is in use by another process.`,
    });
    expect((await asked(clientWith(null))).code).toBe(status.OK);
  });
});
