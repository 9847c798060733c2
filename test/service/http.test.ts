import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request as plainRequest, type ServerResponse } from 'node:http';
import { request as secureRequest, type RequestOptions } from 'node:https';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { serveArtifact } from '../../coordinator/http/artifact-downloads.js';
import { HTTP_LIMITS, HttpServer, type HttpServerOptions } from '../../adapters/http/http-server.js';
import { Tls } from '../../adapters/http/tls.js';
import { Tokens } from '../../adapters/http/tokens.js';
import { ArtifactFolder } from '../../adapters/local/artifact-folder.js';
import { metricsPage } from '../../adapters/telemetry/prometheus/page.js';
import { PrometheusMetrics } from '../../adapters/telemetry/prometheus/prometheus-metrics.js';
import { Scrape } from '../support/scrape.js';
import { contentsOf, HAS_OPENSSL, TestAuthority } from './certificates.js';
import { folderOfEachTest } from '../support/temporary-folder.js';

const content = randomBytes(3 * 2 ** 20);
const digest = createHash('sha256').update(content).digest('hex');
const folder = folderOfEachTest();
let store: ArtifactFolder;
let server: HttpServer;
let reported: unknown[];
let reason: string | null;

async function* whole(bytes: Uint8Array) {
  yield await Promise.resolve(bytes);
}

beforeEach(async () => {
  store = await ArtifactFolder.open(folder.path);
  await store.put({ digest, kind: 'file', bytes: content.length }, 0, whole(content));
  reported = [];
  reason = null;
});
afterEach(async () => {
  await server.close(0);
});

async function start(options: Partial<HttpServerOptions> = {}): Promise<string> {
  server = await HttpServer.start({
    address: { host: '127.0.0.1', port: 0 },
    tls: null,
    tokens: null,
    others: (request, response) => serveArtifact(store, request, response),
    unready: () => reason,
    report: (error) => void reported.push(error),
    ...options,
  });
  return `http://127.0.0.1:${server.address.port}`;
}

/** Status and body of a request as Node's client makes it, so that any method and any certificate can be used. */
async function ask(url: string, options: RequestOptions = {}): Promise<{ status: number; body: string }> {
  const request = (url.startsWith('https') ? secureRequest : plainRequest)(url, { agent: false, ...options });
  const answered = once(request, 'response');
  request.end();
  const [response] = (await answered) as [NodeJS.ReadableStream & { statusCode: number }];
  let body = '';
  for await (const part of response) body += String(part);
  return { status: response.statusCode, body };
}

/** Sends these bytes and returns the answer, once the server has closed the connection. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(server.address.port, '127.0.0.1');
  socket.write(bytes);
  let answer = '';
  for await (const part of socket as AsyncIterable<Buffer>) answer += part.toString('latin1');
  return answer;
}

describe('the HTTP server', () => {
  it('is alive until only another process in its place can help, whether it is ready or not', async () => {
    let stuck: string | null = null;
    const url = await start({ stuck: () => stuck });
    reason = 'NATS cannot be reached.';
    expect(await ask(`${url}/livez`)).toEqual({ status: 200, body: 'Alive.\n' });
    stuck = 'A process hangs.';
    expect(await ask(`${url}/livez`)).toEqual({ status: 503, body: 'A process hangs.\n' });
  });

  it('shows metrics to those without a token, too', async () => {
    const tokenFile = folder.file('tokens');
    await writeFile(tokenFile, 'secret');
    const metrics = new PrometheusMetrics(['worker']);
    metrics.add('smoothcert_tasks_answered_total', 3);
    const url = await start({
      tokens: await Tokens.open(tokenFile),
      pages: { '/metrics': metricsPage(metrics) },
    });
    const { headers } = await fetch(`${url}/metrics`);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const { status, body } = await ask(`${url}/metrics`);
    expect([status, new Scrape(body).value('smoothcert_tasks_answered_total')]).toEqual([200, 3]);
    expect(await ask(`${url}/metrics`, { method: 'HEAD' })).toEqual({ status: 200, body: '' });
    expect((await ask(`${url}/artifacts/${digest}`)).status).toBe(401);
  });

  it('is alive, and ready when the process is', async () => {
    const url = await start();
    expect(await ask(`${url}/livez`)).toEqual({ status: 200, body: 'Alive.\n' });
    expect(await ask(`${url}/readyz`)).toEqual({ status: 200, body: 'Ready.\n' });
    reason = 'Another coordinator holds the lease.';
    expect(await ask(`${url}/livez`)).toMatchObject({ status: 200 });
    expect(await ask(`${url}/readyz?verbose`)).toEqual({ status: 503, body: `${reason}\n` });
    expect(await ask(`${url}/readyz`, { method: 'HEAD' })).toEqual({ status: 503, body: '' });
  });

  it('shows artifacts and pages to those with a token, open pages to all', async () => {
    await writeFile(folder.file('tokens'), 'the-token\n');
    const page = (open: boolean) => ({
      open,
      serve: (_: unknown, response: { end(text: string): void }) => response.end('page'),
    });
    const url = await start({
      tokens: await Tokens.open(folder.file('tokens')),
      pages: { '/metrics': page(true), '/': page(false) },
    });
    const statuses = async (headers: Record<string, string>) => {
      const paths = ['/livez', '/readyz', '/metrics', '/', `/artifacts/${digest}`, '/elsewhere'];
      return Promise.all(paths.map(async (where) => (await ask(url + where, { headers })).status));
    };
    expect(await statuses({})).toEqual([200, 200, 200, 401, 401, 401]);
    expect(await statuses({ authorization: 'Bearer another' })).toEqual([200, 200, 200, 401, 401, 401]);
    expect(await statuses({ authorization: 'Bearer the-token' })).toEqual([200, 200, 200, 200, 200, 404]);
    const refused = await fetch(`${url}/artifacts/${digest}`);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    const headers = { authorization: 'Bearer the-token' };
    const whole = await fetch(`${url}/artifacts/${digest}`, { headers });
    expect(Buffer.from(await whole.arrayBuffer()).equals(content)).toBe(true);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'])('does not answer %s', async (method) => {
    const url = await start();
    expect(await ask(`${url}/livez`, { method })).toMatchObject({ status: 405 });
  });

  it.each([
    ['a body', 'GET /livez HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhello', 400],
    ['a body without an end', 'GET /livez HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n', 400],
    ['no path', 'GET //[ HTTP/1.1\r\nhost: x\r\n\r\n', 400],
    ['a header of 20 KiB', `GET /livez HTTP/1.1\r\nhost: x\r\na: ${'b'.repeat(20_480)}\r\n\r\n`, 431],
    ['something else than HTTP', '\x16\x03\x01\x02\x00\x01\r\n\r\n', 400],
    ['two lengths', 'GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\ncontent-length: 1\r\n\r\n', 400],
  ])('refuses %s, and hangs up', async (_, bytes, status) => {
    await start();
    expect(await raw(bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(reported).toEqual([]);
  });

  it('waits neither for a slow header nor for a slow reader', async () => {
    const limits = {
      ...HTTP_LIMITS,
      headersTimeout: 200,
      requestTimeout: 200,
      connectionsCheckingInterval: 50,
    };
    const endless = async (_: unknown, response: ServerResponse) => {
      response.once('close', () => ended());
      const part = randomBytes(2 ** 16);
      while (!response.destroyed) if (!response.write(part)) await once(response, 'drain');
    };
    let ended!: () => void;
    const cut = new Promise<void>((resolve) => (ended = resolve));
    await start({
      limits: { ...limits, silenceMs: 500 },
      pages: { '/endless': { open: true, serve: endless } },
    });
    expect(await raw('GET /livez HTTP/1.1\r\nhost: x\r\n')).toMatch(/^HTTP\/1.1 408 /);
    const reader = connect(server.address.port, '127.0.0.1');
    reader.on('error', () => undefined);
    reader.write('GET /endless HTTP/1.1\r\nhost: x\r\n\r\n');
    await cut;
    reader.destroy();
  });

  it('tells nothing of a page that fails, but reports it', async () => {
    const fault = new Error('secret');
    const failing = (begun: boolean) => (_: unknown, response: { write(text: string): void }) => {
      if (begun) response.write('half');
      return Promise.reject(fault);
    };
    const url = await start({
      pages: {
        '/fails': { open: true, serve: failing(false) },
        '/breaks': { open: true, serve: failing(true) },
      },
    });
    const { status, body } = await ask(`${url}/fails`);
    expect(status).toBe(500);
    expect(body).not.toContain('secret');
    await expect(ask(`${url}/breaks`)).rejects.toThrow();
    expect(reported).toEqual([fault, fault]);
    expect((await ask(`${url}/livez`)).status).toBe(200);
  });

  it('lets an answer finish that was begun when it closes, and takes no more requests', async () => {
    let finish!: () => void;
    const begun = new Promise<void>((resolve) => {
      const serve = async (_: unknown, response: { end(text: string): void }) => {
        resolve();
        await new Promise<void>((go) => (finish = go));
        response.end('whole');
      };
      void start({ pages: { '/slow': { open: true, serve } } }).then((url) => {
        answer = fetch(`${url}/slow`).then((response) => response.text());
      });
    });
    let answer!: Promise<string>;
    await begun;
    const { port } = server.address;
    const closed = server.close(30_000);
    await expect(ask(`http://127.0.0.1:${port}/livez`)).rejects.toThrow('ECONNREFUSED');
    finish();
    expect(await answer).toBe('whole');
    await closed;
  });

  it('closes within its grace, whatever its clients do', async () => {
    const url = await start({ pages: { '/never': { open: true, serve: () => undefined } } });
    const idle = connect(server.address.port, '127.0.0.1');
    await once(idle, 'connect');
    const failed = expect(ask(`${url}/never`)).rejects.toThrow();
    await ask(`${url}/livez`);
    const begun = performance.now();
    await server.close(200);
    expect(performance.now() - begun).toBeLessThan(5_000);
    await failed;
  });

  it('says which address it cannot have', async () => {
    await start();
    const first = server;
    const { port } = first.address;
    await expect(start({ address: { host: '127.0.0.1', port } })).rejects.toMatchObject({
      message: `The HTTP server cannot listen at 127.0.0.1:${port}: it is in use by another process.`,
    });
    await expect(start({ address: { host: '192.0.2.1', port: 0 } })).rejects.toMatchObject({
      message: 'The HTTP server cannot listen at 192.0.2.1:0: this machine has no such address.',
    });
  });

  it.skipIf(!HAS_OPENSSL)('speaks TLS, mutual where it is to be', async () => {
    const [ours, other] = [new TestAuthority(folder.path, 'ours'), new TestAuthority(folder.path, 'other')];
    const issued = ours.issue('server');
    const known = contentsOf(ours.issue('client'));
    const unknown = contentsOf(other.issue('client'));
    const { ca } = contentsOf(issued);
    const url = (await start({ tls: Tls.open({ ...issued, clientCa: null }) })).replace('http', 'https');
    expect((await ask(`${url}/livez`, { ca })).status).toBe(200);
    await expect(ask(`${url}/livez`, { ca: unknown.ca })).rejects.toThrow(/certificate/);
    await server.close(0);
    const mutual = (await start({ tls: Tls.open({ ...issued, clientCa: ours.ca }) })).replace(
      'http',
      'https',
    );
    expect((await ask(`${mutual}/livez`, { ...known, ca })).status).toBe(200);
    await expect(ask(`${mutual}/livez`, { ca })).rejects.toThrow();
    await expect(ask(`${mutual}/livez`, { ...unknown, ca })).rejects.toThrow();
  });
});
