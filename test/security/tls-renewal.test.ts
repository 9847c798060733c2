import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import path from 'node:path';
import { credentials, status } from '@grpc/grpc-js';
import { beforeEach, describe, expect, it } from 'vitest';

import { HttpServer } from '../../adapters/http/http-server.js';
import { Tls } from '../../adapters/http/tls.js';
import { contentsOf, HAS_OPENSSL, TestAuthority, type Issued } from '../service/certificates.js';
import { encoded, RawClient } from '../service/grpc-client.js';
import { JOB, openFixture } from '../service/grpc-fixture.js';
import { MountedSecret } from './mounted-secret.js';
import { folderOfEachTest } from '../support/temporary-folder.js';

/** The server's and a client's certificates of one authority. */
interface Generation {
  readonly server: Issued;
  readonly client: Issued;
}

describe.skipIf(!HAS_OPENSSL)('certificates that are replaced under a running server', () => {
  const folder = folderOfEachTest();
  let old: Generation;
  let fresh: Generation;
  let secret: MountedSecret;
  let troubles: unknown[];
  let tls: Tls;
  const generation = (name: string): Generation => {
    const authority = new TestAuthority(folder.file(), name);
    return { server: authority.issue('server'), client: authority.issue('client') };
  };
  const turnTo = ({ server }: Generation) => secret.turnTo(server, server.ca);
  beforeEach(() => {
    [old, fresh] = [generation('old'), generation('fresh')];
    secret = new MountedSecret(folder.file('secret'));
    turnTo(old);
    troubles = [];
    tls = Tls.open(secret.files, (error) => troubles.push(error));
  });

  it('count for gRPC from the next connection on, and a watch goes on', async () => {
    const fixture = await openFixture({ tls });
    const clients: RawClient[] = [];
    const clientOf = ({ server, client }: Generation) => {
      const { key, cert } = contentsOf(client);
      const channel = credentials.createSsl(contentsOf(server).ca, key, cert);
      clients.push(new RawClient(fixture.server.address, channel));
      return clients.at(-1)!;
    };
    const asked = async (one: RawClient) =>
      (await one.send('getJob', encoded('getJob', { id: JOB }), { deadline: Date.now() + 10_000 })).code;
    const connected = clientOf(old);
    const watch = connected.watch(JOB);
    watch.on('error', () => undefined);
    await once(watch, 'data');
    expect(await asked(clientOf(fresh))).toBe(status.UNAVAILABLE);

    turnTo(fresh);
    expect(await asked(clientOf(fresh))).toBe(status.OK);
    // New connections of the old authority's clients are refused, the one that is there goes on.
    expect(await asked(clientOf(old))).toBe(status.UNAVAILABLE);
    expect(await asked(connected)).toBe(status.OK);
    await once(watch, 'data');

    // What is broken changes nothing, and is told once.
    secret.turnTo({ cert: old.server.cert, key: fresh.server.key }, old.server.ca);
    for (let k = 0; k < 3; k++) expect(await asked(clientOf(fresh))).toBe(status.OK);
    expect(troubles).toEqual([expect.objectContaining({ code: 'OPTION_INVALID' })]);
    turnTo(old);
    expect(await asked(clientOf(old))).toBe(status.OK);
    expect(troubles).toHaveLength(1);
    await once(watch, 'data');

    for (const one of clients) one.close();
    await fixture.close();
  });

  it('count for HTTPS from the next connection on, and one that is open goes on', async () => {
    const server = await HttpServer.start({
      address: { host: '127.0.0.1', port: 0 },
      tls,
      tokens: null,
      unready: () => null,
      report: () => undefined,
    });
    const agents: Agent[] = [];
    const agentOf = ({ server: { ca }, client }: Generation) => {
      const { key, cert } = contentsOf(client);
      agents.push(
        new Agent({ ca: contentsOf({ ...client, ca }).ca, key, cert, keepAlive: true, maxSockets: 1 }),
      );
      return agents.at(-1)!;
    };
    const asked = async (agent: Agent) => {
      const asking = request(`https://127.0.0.1:${server.address.port}/livez`, { agent }).end();
      const [answer] = (await once(asking, 'response')) as [IncomingMessage];
      answer.resume();
      await once(answer, 'end');
      return answer.statusCode;
    };
    const connected = agentOf(old);
    expect(await asked(connected)).toBe(200);
    turnTo(fresh);
    expect(await asked(agentOf(fresh))).toBe(200);
    await expect(asked(agentOf(old))).rejects.toThrow();
    expect(await asked(connected)).toBe(200);
    writeFileSync(path.join(secret.folder, '..data', 'ca.crt'), 'this is no PEM');
    expect(await asked(agentOf(fresh))).toBe(200);
    expect(troubles).toEqual([
      expect.objectContaining({ message: `${secret.files.clientCa} holds no certificate in PEM.` }),
    ]);
    // Gone altogether, it is the same.
    rmSync(path.join(secret.folder, '..data'));
    expect(await asked(agentOf(fresh))).toBe(200);
    expect(troubles).toHaveLength(2);
    for (const agent of agents) agent.destroy();
    await server.close(0);
  });
});
