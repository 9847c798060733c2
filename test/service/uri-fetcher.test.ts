import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { beforeEach, expect, it } from 'vitest';

import { UriFetcher } from '../../coordinator/artifacts/uri-fetcher.js';
import { ArtifactFolder } from '../../adapters/local/artifact-folder.js';
import { folderOfEachTest } from '../support/temporary-folder.js';

const content = randomBytes(100_000);
const digest = createHash('sha256').update(content).digest('hex');
const wanted = { digest, kind: 'file' } as const;
const root = folderOfEachTest();
let store: ArtifactFolder;
const at = (...parts: string[]) => pathToFileURL(root.file(...parts)).href;

beforeEach(async () => {
  store = await ArtifactFolder.open(root.file('store'));
  for (const folder of ['allowed', 'secret']) {
    await mkdir(root.file(folder));
    await writeFile(root.file(folder, 'm.onnx'), content);
  }
});

it('fetches a file below a folder that is allowed', async () => {
  await new UriFetcher(store, [`${at('allowed')}/`]).fetch(wanted, at('allowed', 'm.onnx'));
  expect(await store.find(digest)).toEqual({ ...wanted, bytes: content.length });
});

it('fetches nothing else, whatever it is called', async () => {
  await symlink(root.file('secret/m.onnx'), root.file('allowed/link.onnx'));
  const fetcher = new UriFetcher(store, [`${at('allowed')}/`]);
  const elsewhere = [
    at('secret', 'm.onnx'),
    `${at('allowed')}/../secret/m.onnx`,
    `${at('allowed')}/..%2fsecret/m.onnx`,
    `${at('allowed')}x/m.onnx`,
    at('allowed', 'link.onnx'),
    at('allowed'),
    'm.onnx',
    '',
    'ftp://a/b',
    'http://127.0.0.1:1/m.onnx',
    'data:text/plain,x',
  ];
  for (const uri of elsewhere) {
    await expect(fetcher.fetch(wanted, uri)).rejects.toMatchObject({ code: 'ARTIFACT_FORBIDDEN' });
  }
  await expect(fetcher.fetch(wanted, at('allowed', 'absent'))).rejects.toMatchObject({
    code: 'ARTIFACT_MISSING',
  });
  await expect(new UriFetcher(store, []).fetch(wanted, at('allowed', 'm.onnx'))).rejects.toMatchObject({
    code: 'ARTIFACT_FORBIDDEN',
  });
  expect(await store.find(digest)).toBeNull();
});

it('fetches over HTTP, follows no redirect, and believes the digest alone', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/models/m.onnx') response.end(content);
    else if (request.url === '/models/wrong') response.end(randomBytes(100));
    else if (request.url === '/models/away') response.writeHead(302, { location: '/models/m.onnx' }).end();
    else response.writeHead(404).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fetcher = new UriFetcher(store, [`${base}/models/`]);
  for (const [name, code] of [
    ['models/away', 'ARTIFACT_MISSING'],
    ['models/absent', 'ARTIFACT_MISSING'],
    ['models/wrong', 'ARTIFACT_INVALID'],
    ['other/m.onnx', 'ARTIFACT_FORBIDDEN'],
  ]) {
    await expect(fetcher.fetch(wanted, `${base}/${name!}`)).rejects.toMatchObject({ code });
  }
  await fetcher.fetch(wanted, `${base}/models/m.onnx`);
  expect(await store.find(digest)).not.toBeNull();
  server.close();
});

it.each(['models', 'https://host/path', 'ftp://host/', 'https://host/?a=/'])(
  'refuses the prefix %s',
  (prefix) => {
    expect(() => new UriFetcher(store, [prefix])).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  },
);
