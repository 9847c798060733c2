import { truncateSync, writeFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { HttpServer } from '../../adapters/http/http-server.js';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';
import { pageArea } from './page-area.js';

/** More than Node reads into memory at once. */
const TOO_LARGE = 2 ** 31 + 1;
const folder = folderOfEachTest();
let server: HttpServer;
afterEach(() => server.close(0));

it('reads the files again after they could not be read', async () => {
  const faults: unknown[] = [];
  server = await HttpServer.start({
    address: { host: '127.0.0.1', port: 0 },
    tls: null,
    tokens: null,
    areas: [pageArea(folder.path)],
    unready: () => null,
    report: (error) => void faults.push(error),
  });
  writeFileSync(folder.file('index.html'), 'the page');
  writeFileSync(folder.file('page.js'), '');
  truncateSync(folder.file('page.js'), TOO_LARGE);
  const url = `http://127.0.0.1:${server.address.port}/`;
  expect((await fetch(url)).status).toBe(500);
  expect(faults).toMatchObject([{ code: 'ERR_FS_FILE_TOO_LARGE' }]);
  truncateSync(folder.file('page.js'), 0);
  const found = await fetch(url);
  expect([found.status, await found.text()]).toEqual([200, 'the page']);
});
