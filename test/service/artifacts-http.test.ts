import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { serveArtifact } from '../../coordinator/http/artifact-downloads.js';
import { plain } from '../../adapters/http/plain-answer.js';
import { ArtifactFolder } from '../../adapters/local/artifact-folder.js';
import { encodeHeader } from '../../shared/dataset/canonical.js';
import { CHUNK_BYTES, DataDigest } from '../../shared/dataset/data-digest.js';
import { HttpSource } from '../../worker/cluster/artifacts/http-source.js';
import { folderOfEachTest } from '../support/temporary-folder.js';

const content = randomBytes(3 * 2 ** 20);
const digest = createHash('sha256').update(content).digest('hex');
const folder = folderOfEachTest();
let store: ArtifactFolder;
let server: Server;
let url: string;
/** Treats a request before it is served; returns false if it has answered it. */
let before: (request: IncomingMessage, response: ServerResponse) => boolean;

async function* whole(bytes: Uint8Array) {
  yield await Promise.resolve(bytes);
}

beforeEach(async () => {
  store = await ArtifactFolder.open(folder.path);
  await store.put({ digest, kind: 'file', bytes: content.length }, 0, whole(content));
  before = () => true;
  server = createServer((request, response) => {
    if (!before(request, response)) return;
    serveArtifact(store, request, response).then(
      (served) => served || plain(response, 404, 'Nothing is here.'),
      () => response.destroy(),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const sourceOf = (options: Partial<ConstructorParameters<typeof HttpSource>[0]> = {}) =>
  new HttpSource({
    url: () => Promise.resolve(url),
    token: () => null,
    sleep: () => Promise.resolve(),
    ...options,
  });

async function readAll(source: HttpSource, begin = 0, end = content.length): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of source.read(digest, begin, end)) parts.push(part);
  return Buffer.concat(parts);
}

describe('artifacts over HTTP', () => {
  it('come whole and by range, with their description', async () => {
    const source = sourceOf();
    expect(await source.describe(digest)).toEqual({
      digest,
      kind: 'file',
      bytes: content.length,
      chunks: [],
    });
    expect((await readAll(source)).equals(content)).toBe(true);
    expect((await readAll(source, 100, 2_000_000)).equals(content.subarray(100, 2_000_000))).toBe(true);
    const plainly = await fetch(`${url}/artifacts/${digest}`);
    expect(Buffer.from(await plainly.arrayBuffer()).equals(content)).toBe(true);
    const tail = await fetch(`${url}/artifacts/${digest}`, { headers: { range: 'bytes=3145700-' } });
    expect([tail.status, tail.headers.get('content-range')]).toEqual([206, 'bytes 3145700-3145727/3145728']);
    const head = await fetch(`${url}/artifacts/${digest}`, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(content.length));
  });

  it('of a data set come by chunk', async () => {
    const header = encodeHeader({
      dtype: 'uint8',
      shape: [2, CHUNK_BYTES],
      labelled: false,
      start: 0,
      step: 1,
    });
    const bytes = Buffer.concat([header, randomBytes(2 * CHUNK_BYTES)]);
    const { digest: data, chunks } = new DataDigest().update(bytes).finish();
    await store.put({ digest: data, kind: 'data-set', bytes: bytes.length }, 0, whole(bytes));
    expect((await sourceOf().describe(data)).chunks).toEqual(chunks);
    const last = await fetch(`${url}/artifacts/${data}/2`);
    expect(Buffer.from(await last.arrayBuffer()).equals(bytes.subarray(2 * CHUNK_BYTES))).toBe(true);
    expect((await fetch(`${url}/artifacts/${data}/3`)).status).toBe(404);
  });

  it.each([
    ['/artifacts/..%2f..%2fetc%2fpasswd', {}, 404],
    ['/artifacts/../../etc/passwd', {}, 404],
    [`/artifacts/${'ab'.repeat(32)}`, {}, 404],
    [`/artifacts/${digest}/99`, {}, 404],
    [`/artifacts/${digest}x`, {}, 404],
    [`/artifacts/${digest}`, { range: `bytes=${content.length}-` }, 416],
    [`/artifacts/${digest}`, { range: 'bytes=9-5' }, 416],
    [`/artifacts/${digest}`, { range: 'lines=1-2' }, 200],
  ])('%s with %j is answered %i %i', async (where, headers, status) => {
    const response = await fetch(`${url}${where}`, { headers });
    expect(response.status).toBe(status);
    await response.arrayBuffer();
  });

  it('that break off go on where they were', async () => {
    let cuts = 0;
    before = (request, response) => {
      if (!request.url!.endsWith(digest) || ++cuts > 3) return true;
      const begin = Number(/\d+/.exec(request.headers.range!)![0]);
      response.writeHead(206, { 'content-length': content.length - begin });
      response.write(content.subarray(begin, begin + 500_000), () => response.destroy());
      return false;
    };
    expect((await readAll(sourceOf())).equals(content)).toBe(true);
    expect(cuts).toBe(4);
  });

  it('wait for a coordinator that is starting, and give up on one that never does', async () => {
    let refusals = 2;
    before = (_, response) => {
      if (refusals-- <= 0) return true;
      plain(response, 503, 'Not yet.');
      return false;
    };
    expect((await readAll(sourceOf())).equals(content)).toBe(true);
    refusals = Infinity;
    await expect(readAll(sourceOf())).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    const nowhere = sourceOf({ url: () => Promise.resolve(null) });
    await expect(nowhere.describe(digest)).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  });

  it('that are missing or forbidden are an error at once', async () => {
    let asked = 0;
    before = () => ++asked > 0;
    await expect(sourceOf().describe('ab'.repeat(32))).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' });
    expect(asked).toBe(1);
    const tokens: (string | undefined)[] = [];
    before = (request, response) => {
      tokens.push(request.headers.authorization);
      plain(response, 401, 'Who are you?');
      return false;
    };
    const source = sourceOf({ token: () => 'secret' });
    await expect(source.describe(digest)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(tokens).toEqual(['Bearer secret']);
  });

  it.each([
    '',
    '{',
    '{"kind":"file","bytes":-0.5,"chunks":[]}',
    '{"kind":"file","bytes":1,"chunks":["x"]}',
    '[]',
  ])('are not believed when they are described as %j', async (body) => {
    before = (_, response) => {
      response.writeHead(200).end(body);
      return false;
    };
    await expect(sourceOf().describe(digest)).rejects.toMatchObject({ code: 'PROTOCOL_MISMATCH' });
  });
});
