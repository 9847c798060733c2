import { once } from 'node:events';
import { mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UriFetcher } from '../../coordinator/artifacts/uri-fetcher.js';
import { ArtifactFolder } from '../../adapters/local/artifact-folder.js';
import { Canaries, NAMES, SECRET, SECRET_DIGEST } from './canary.js';

let canaries: Canaries;
let store: ArtifactFolder;
const absolute = () => canaries.outside('canary');

beforeEach(async () => {
  canaries = new Canaries();
  store = await ArtifactFolder.open(canaries.inside('store'));
});
afterEach(() => canaries.close());

describe('an address to fetch from', () => {
  it('is below a place that is allowed, or nobody is asked', async () => {
    mkdirSync(canaries.inside('allowed'));
    symlinkSync(canaries.outside('secret'), canaries.inside('allowed', 'link'));
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url!);
      if (request.url === '/models/away') response.writeHead(302, { location: `file://${absolute()}` }).end();
      else response.end(SECRET);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const base = `http://127.0.0.1:${port}`;
    const folder = `${pathToFileURL(canaries.inside('allowed')).href}/`;
    const fetcher = new UriFetcher(store, [folder, `${base}/models/`]);
    const wanted = { digest: SECRET_DIGEST, kind: 'file' } as const;
    const ups = [
      '../canary',
      '%2e%2e/canary',
      '..%2fcanary',
      '..\\canary',
      'a%5c..%5c..%5ccanary',
      'x%00',
      '../models%2fm',
    ];
    const uris = [
      ...[...NAMES.filter((one) => one !== ''), absolute(), 'link/canary'].map((name) => folder + name),
      ...ups.map((name) => `${base}/models/${name}`),
      `http://user:pw@127.0.0.1:${port}/models/m`,
      `http://127.0.0.1:${port}@127.0.0.2/models/m`,
      `http://localhost:${port}/models/m`,
      `http://[::ffff:127.0.0.1]:${port}/models/m`,
      `https://127.0.0.1:${port}/models/m`,
      `${base}/other/m`,
      `${base}/modelsx`,
      `${base}/MODELS/m`,
      `${base}\\@h/models/m`,
      `//127.0.0.1:${port}/models/m`,
      'file://host/canary',
      `file://${absolute()}`,
      'ftp://127.0.0.1/x',
      'data:,x',
      'javascript:1',
      `jar:file://${absolute()}`,
    ];
    try {
      for (const uri of uris) {
        await expect(fetcher.fetch(wanted, uri), uri).rejects.toMatchObject({
          code: expect.stringMatching(/^ARTIFACT_(FORBIDDEN|MISSING)$/) as string,
        });
      }
      await expect(fetcher.fetch(wanted, `${base}/models/away`)).rejects.toMatchObject({
        code: 'ARTIFACT_MISSING',
      });
      expect(asked).toEqual(['/models/away']);
      expect(await store.find(SECRET_DIGEST)).toBeNull();
    } finally {
      server.close();
    }
  });
});
