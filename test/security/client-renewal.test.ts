import { renameSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { Connection } from '../../cli/client/connection.js';
import { secretOf } from '../../cli/command/secret-file.js';
import { serveArtifact } from '../../coordinator/http/artifact-downloads.js';
import { HttpServer } from '../../adapters/http/http-server.js';
import { Tls } from '../../adapters/http/tls.js';
import { Tokens } from '../../adapters/http/tokens.js';
import { HttpSource } from '../../worker/cluster/artifacts/http-source.js';
import { HAS_OPENSSL, TestAuthority } from '../service/certificates.js';
import { JOB, openFixture } from '../service/grpc-fixture.js';
import { MountedSecret } from './mounted-secret.js';
import { folderOfEachTest } from '../support/temporary-folder.js';

describe('secrets of clients, replaced while they run', () => {
  const folder = folderOfEachTest();
  const put = (name: string, text: string) => {
    writeFileSync(folder.file('new'), text);
    renameSync(folder.file('new'), folder.file(name));
    return folder.file(name);
  };

  it('count from the next call on: the token of a command', async () => {
    const known = put('known', 'one\n');
    const tokenFile = put('mine', 'one\n');
    const fixture = await openFixture({ tokens: await Tokens.open(known) });
    const address = `127.0.0.1:${fixture.server.address.port}`;
    const connection = await Connection.open({ address, tokenFile, tls: null, waitMs: 0 });
    const asked = () => connection.call('getJob', { id: JOB });
    await asked();
    put('known', 'two\n');
    await expect(asked()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    put('mine', 'two\n');
    await asked();
    connection.close();
    await fixture.close();
  });

  it.skipIf(!HAS_OPENSSL)('count from the next try on: what a worker fetches artifacts with', async () => {
    const fixture = await openFixture();
    const digest = 'ab'.repeat(32);
    const [theirs, mine] = [new MountedSecret(folder.file('theirs')), new MountedSecret(folder.file('mine'))];
    const turnTo = (name: string) => {
      const authority = new TestAuthority(folder.file(), name);
      theirs.turnTo(authority.issue('server'), authority.ca);
      return () => mine.turnTo(authority.issue('worker'), authority.ca);
    };
    turnTo('old')();
    const start = () =>
      HttpServer.start({
        address: { host: '127.0.0.1', port: 0 },
        tls: Tls.open(theirs.files),
        tokens: null,
        unready: () => null,
        report: () => undefined,
        others: (request, response) => serveArtifact(fixture.service.artifacts, request, response),
      });
    let server = await start();
    const { clientCa, cert, key } = mine.files;
    const source = new HttpSource({
      url: () => Promise.resolve(`https://127.0.0.1:${server.address.port}`),
      token: () => null,
      tls: () => ({ ca: secretOf(clientCa, 'ca'), cert: secretOf(cert, 'cert'), key: secretOf(key, 'key') }),
      sleep: () => Promise.resolve(),
    });
    const asked = () => source.describe(digest);
    // There is none of it; that this is said shows that the server was reached and let the worker in.
    await expect(asked()).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' });
    const turnMine = turnTo('fresh');
    // The connection that is open would go on.
    await server.close(0);
    server = await start();
    await expect(asked()).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    turnMine();
    await expect(asked()).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' });
    await server.close(0);
    await fixture.close();
  });
});
