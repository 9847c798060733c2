import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Tokens } from '../../adapters/http/tokens.js';
import type { ErrorAnswer } from '../../api/page-api.js';
import { Query } from '../../coordinator/http/api/query.js';
import { ROUTES, type Route } from '../../coordinator/http/api/routes.js';
import { pageArea } from '../../coordinator/http/page-area.js';
import { RequestError } from '../../shared/errors.js';
import { ArtifactFolder } from '../../adapters/local/artifact-folder.js';
import { ApiBed } from '../support/api-bed.js';
import { folderOfEachTest } from '../support/temporary-folder.js';
import { MemoryService, viewOf } from '../service/memory-service.js';
import { NAMES } from './canary.js';

/** The JSON API and the page against people without a token, other sites in a person's browser, and paths that lead elsewhere. */

const JOB = `j-${'1'.repeat(20)}`;
const folder = folderOfEachTest();
let service: MemoryService;
let beds: ApiBed[];
beforeEach(async () => {
  service = new MemoryService(await ArtifactFolder.open(folder.file('store')));
  service.jobs.set(JOB, viewOf(JOB));
  beds = [];
});
afterEach(async () => {
  for (const bed of beds) {
    await bed.close();
    expect(bed.faults).toEqual([]);
  }
});

async function open(options: Parameters<typeof ApiBed.open>[1] = {}): Promise<ApiBed> {
  const bed = await ApiBed.open(service, options);
  beds.push(bed);
  return bed;
}

async function guarded(): Promise<ApiBed> {
  const file = folder.file('tokens');
  writeFileSync(file, 'the-token\n');
  return open({ tokens: await Tokens.open(file) });
}

const pathOf = ({ path: where }: Route) => `/api/v1${where.replace('<id>', JOB).replace('<n>', '0')}`;
const CHANGE = { 'x-smoothcert': '1' };
const codeOf = ({ body }: { body: string }) => (JSON.parse(body) as ErrorAnswer).error.code;

describe('with tokens, every path of the API', () => {
  it.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s wants one, and says nothing to a wrong one',
    async (_, route) => {
      const bed = await guarded();
      for (const authorization of [
        undefined,
        'Bearer wrong',
        'Bearer the-token-',
        'Basic dGhlLXRva2Vu',
        '',
      ]) {
        const headers = { ...CHANGE, ...(authorization === undefined ? {} : { authorization }) };
        const found = await bed.ask(pathOf(route), headers, route.method);
        if (route.open) expect(found.status).toBe(200);
        else {
          expect([found.status, codeOf(found)]).toEqual([401, 'UNAUTHENTICATED']);
          expect(found.headers['www-authenticate']).toBe('Bearer');
          expect(found.body).not.toContain(JOB);
        }
      }
      const headers = { ...CHANGE, authorization: 'Bearer the-token' };
      expect((await bed.ask(pathOf(route), headers, route.method)).status).not.toBe(401);
      expect(service.cancelled.length).toBe(route.method === 'POST' ? 1 : 0);
    },
  );

  it('that does not exist, and an address with the token in it, want one, too', async () => {
    const bed = await guarded();
    for (const where of ['/api/v1/nothing', '/api/', '/api/v2/jobs', '/api/v1/jobs?token=the-token'])
      expect((await bed.ask(where)).status).toBe(401);
  });

  it('without a job alone is open: the server', () => {
    expect(ROUTES.filter(({ open: isOpen }) => isOpen).map(({ path: where }) => where)).toEqual(['/server']);
  });
});

describe('another site in the browser of a person', () => {
  const cancel = `/api/v1/jobs/${JOB}/cancel`;

  it.each([
    ['a form', {}],
    ['a form that was sent to a new tab', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    ['a script without leave to set headers', { origin: 'http://evil.example' }],
    ['a script that has the header', { ...CHANGE, origin: 'http://evil.example' }],
    ['a sandboxed page', { ...CHANGE, origin: 'null' }],
    ['another site of the same domain', { ...CHANGE, 'sec-fetch-site': 'same-site' }],
    ['a page of another port', { ...CHANGE, origin: 'http://127.0.0.1:1' }],
    ['a header of another value', { 'x-smoothcert': '0' }],
  ])('cannot cancel a job: %s', async (_, headers) => {
    for (const bed of [await open(), await guarded()]) {
      const found = await bed.ask(cancel, { authorization: 'Bearer the-token', ...headers }, 'POST');
      expect([found.status, codeOf(found)]).toEqual([403, 'ORIGIN_REFUSED']);
      expect(service.cancelled).toEqual([]);
    }
  });

  it('is not told by a preflight that it may, and gets no answer that a script may read', async () => {
    const bed = await open();
    const preflight = { origin: 'http://evil.example', 'access-control-request-headers': 'x-smoothcert' };
    const found = await bed.ask(cancel, preflight, 'OPTIONS');
    expect(found.status).toBe(405);
    for (const { headers } of [found, await bed.ask('/api/v1/jobs', { origin: 'http://evil.example' })]) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    }
  });

  it('shows nothing of the server within itself, but may be followed to it', async () => {
    const bed = await open();
    const of = (mode: string) => ({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': mode });
    expect((await bed.ask('/api/v1/jobs', of('no-cors'))).status).toBe(403);
    expect((await bed.ask('/api/v1/jobs', of('navigate'))).status).toBe(200);
    const own = {
      ...CHANGE,
      'sec-fetch-site': 'same-origin',
      origin: `http://127.0.0.1:${bed.server.address.port}`,
    };
    expect((await bed.ask(cancel, own, 'POST')).status).toBe(200);
  });

  it('whose domain points to this machine (DNS rebinding) is not answered where there are no tokens', async () => {
    const bed = await open();
    const { port } = bed.server.address;
    const statusOf = async (host: string) => (await bed.ask('/api/v1/jobs', { host })).status;
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'a b',
      '[::1',
    ])
      expect([host, await statusOf(host)]).toEqual([host, 403]);
    for (const host of [
      `127.0.0.1:${port}`,
      'localhost',
      'LOCALHOST:1',
      '[::1]:9',
      '192.0.2.7',
      'server.example',
      'Server.Example.',
    ])
      expect([host, await statusOf(host)]).toEqual([host, 200]);
    const withTokens = await guarded();
    const headers = { host: 'jobs.example', authorization: 'Bearer the-token' };
    expect((await withTokens.ask('/api/v1/jobs', headers)).status).toBe(200);
  });
});

describe('a request that is none', () => {
  it.each([
    ['PUT', {}, 405],
    ['DELETE', {}, 405],
    ['TRACE', {}, 405],
    ['POST', { 'content-length': '5' }, 400],
    ['POST', { 'transfer-encoding': 'chunked' }, 400],
    ['GET', { 'content-length': '5' }, 400],
  ])('%s with %j is refused with JSON, and its body is not read', async (method, headers, status) => {
    const bed = await open();
    const sent = { ...CHANGE, ...(headers as Record<string, string>) };
    const found = await bed.ask(`/api/v1/jobs/${JOB}/cancel`, sent, method);
    expect([found.status, codeOf(found)]).toEqual([status, 'REQUEST_INVALID']);
    expect(found.headers['connection']).toBe('close');
    expect(service.cancelled).toEqual([]);
  });

  it('changes nothing with GET, and reads nothing with POST', async () => {
    const bed = await open();
    for (const { method, path: where } of ROUTES) {
      const other = method === 'GET' ? 'POST' : 'GET';
      const found = await bed.ask(pathOf({ path: where } as Route), CHANGE, other);
      expect([where, found.status]).toEqual([where, 405]);
    }
    expect(service.cancelled).toEqual([]);
  });

  it('may have an address of up to 16 KiB', async () => {
    const bed = await open();
    expect((await bed.ask(`/api/v1/jobs?page_token=${'a'.repeat(15_000)}`)).status).toBe(400);
    expect((await bed.ask(`/api/v1/jobs?page_token=${'a'.repeat(20_000)}`)).status).toBe(431);
  });

  it('has no query that is not refused by name or read within its range', () => {
    const fields = ['count', 'sort', 'descending', 'page_token'];
    const value = fc.oneof(
      fc.string(),
      fc.nat().map(String),
      fc.constantFrom('true', 'radius', '', '1e9', '-0', '0x10', '٣'),
    );
    const pair = fc.tuple(fc.oneof(fc.constantFrom(...fields), fc.string()), value);
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 6 }), (pairs) => {
        try {
          const query = new Query(new URLSearchParams(pairs), fields);
          const count = query.whole('count', { preset: 60, least: 1, most: 200 });
          expect(Number.isInteger(count) && count >= 1 && count <= 200).toBe(true);
          expect(['image', 'radius']).toContain(query.choice('sort', ['image', 'radius']));
          expect(typeof query.flag('descending')).toBe('boolean');
          expect(query.text('page_token').length).toBeLessThanOrEqual(1_024);
        } catch (error) {
          expect(error).toBeInstanceOf(RequestError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the page', () => {
  async function page(): Promise<ApiBed> {
    const built = folder.file('page');
    mkdirSync(path.join(built, 'assets'), { recursive: true });
    writeFileSync(path.join(built, 'index.html'), '<!doctype html><p>page');
    writeFileSync(path.join(built, 'assets/main-1a2b.js'), 'go()');
    writeFileSync(path.join(built, 'assets/notes.txt'), 'no type of the page');
    writeFileSync(folder.file('secret.js'), 'canary');
    const file = folder.file('tokens');
    writeFileSync(file, 'the-token\n');
    return open({ tokens: await Tokens.open(file), http: { areas: [pageArea(built)] } });
  }

  it('is open, takes nothing from elsewhere, and is kept only where names have digests', async () => {
    const bed = await page();
    const index = await bed.ask('/');
    expect([index.status, index.body]).toEqual([200, '<!doctype html><p>page']);
    expect(index.headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; .*connect-src 'self'; .*form-action 'none'; frame-ancestors 'none'$/,
    );
    expect(index.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
    const script = await bed.ask('/assets/main-1a2b.js');
    expect([script.status, script.body, script.headers['cache-control']]).toEqual([
      200,
      'go()',
      'public, max-age=31536000, immutable',
    ]);
    expect((await bed.ask('/', {}, 'HEAD')).body).toBe('');
    expect((await bed.ask('/', {}, 'POST')).status).toBe(405);
    expect((await bed.ask('/assets/notes.txt')).status).toBe(404);
  });

  it('leads to no other file, however its path is written', async () => {
    const bed = await page();
    const names = [
      '../secret.js',
      '..%2fsecret.js',
      '%2e%2e/secret.js',
      '..\\secret.js',
      '....//secret.js',
      ...NAMES,
    ];
    for (const name of names) {
      const where = `/assets/${encodeURI(name)}`;
      const { status, body } = await bed.ask(where);
      expect([
        where,
        body.includes('canary'),
        [400, 401, 404].includes(status) || body.includes('page'),
      ]).toEqual([where, false, true]);
    }
  });

  it('that was not built says so', async () => {
    const bed = await open({ http: { areas: [pageArea(folder.file('nowhere'))] } });
    const { status, body } = await bed.ask('/');
    expect([status, body]).toEqual([
      404,
      'The page was not built into this installation; npm run build makes it.\n',
    ]);
  });
});
