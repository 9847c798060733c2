import { writeFile } from 'node:fs/promises';
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { CALL_BOUNDS } from '../../coordinator/grpc/call-places.js';
import { Tokens } from '../../adapters/http/tokens.js';
import { folderOfEachTest } from '../support/temporary-folder.js';
import { encoded, RawClient } from './grpc-client.js';
import { JOB, openFixture, type Fixture } from './grpc-fixture.js';
import { StreamFlood, type Flood } from './stream-flood.js';

const folder = folderOfEachTest();
const TOKEN = 'the-token';
const GET_JOB = '/smoothcert.v1.CertificationService/GetJob';
const WATCH = '/grpc.health.v1.Health/Watch';
const REFLECT = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';

let fixture: Fixture;
let floods: StreamFlood[] = [];
afterEach(async () => {
  await Promise.all(floods.map((flood) => flood.end()));
  floods = [];
  await fixture.close();
});

async function flooded(flood: Flood): Promise<StreamFlood> {
  const made = new StreamFlood(fixture.server.address, flood);
  floods.push(made);
  await made.open();
  return made;
}

async function codeOfGoodClient(token: string | null): Promise<status> {
  const client = new RawClient(fixture.server.address, undefined, token);
  const { code } = await client.send('getJob', encoded('getJob', { id: JOB }));
  client.close();
  return code;
}

describe('streams that never end, where tokens are asked for', () => {
  const opened = async () => {
    await writeFile(folder.file('tokens'), `${TOKEN}\n`);
    fixture = await openFixture({ tokens: await Tokens.open(folder.file('tokens')) });
  };

  it.each([
    ['without a token', { path: GET_JOB }],
    ['with a wrong token', { path: GET_JOB, token: 'wrong' }],
    ['of reflection without a token', { path: REFLECT }],
    ['of a method that is none', { path: '/none/None' }],
  ])('are closed by the server at once: %s', async (_, call) => {
    await opened();
    const flood = await flooded({ ...call, connections: 4, streams: 400 });
    await expect.poll(() => flood.fared.closed, { timeout: 60_000 }).toBe(1_600);
    expect(fixture.server.openCalls).toEqual({ health: 0, reflection: 0, begun: 0 });
    expect(await codeOfGoodClient(TOKEN)).toBe(status.OK);
  });

  it('are health watches: few on a connection', async () => {
    await opened();
    const { fared } = await flooded({ path: WATCH, message: true, connections: 10, streams: 100 });
    const most = 10 * CALL_BOUNDS.health.connection;
    expect(fared).toEqual({ answered: most, closed: 1_000 - most });
    expect(fixture.server.openCalls.health).toBe(most);
    expect(await codeOfGoodClient(TOKEN)).toBe(status.OK);
  });

  it('end a connection that has failed too often, and not one with a token', async () => {
    await opened();
    const flood = await flooded({ path: GET_JOB, connections: 1, streams: 1_100 });
    expect(flood.openConnections).toBe(0);
    const good = new RawClient(fixture.server.address, undefined, TOKEN);
    const calls = Array.from({ length: 1_100 }, () => good.send('getJob', encoded('getJob', { id: JOB })));
    const codes = new Set((await Promise.all(calls)).map(({ code }) => code));
    good.close();
    expect([...codes]).toEqual([status.OK]);
  });
});

describe('streams that never end, where everybody is let in', () => {
  it('are calls that send no request: the oldest end', async () => {
    fixture = await openFixture();
    const bound = CALL_BOUNDS.begun.process;
    const flood = await flooded({ path: GET_JOB, unanswered: true, connections: 3, streams: 1_000 });
    await expect.poll(() => flood.fared.closed, { timeout: 60_000 }).toBe(3_000 - bound);
    expect(fixture.server.openCalls.begun).toBe(bound);
    expect(await codeOfGoodClient(null)).toBe(status.OK);
  });

  it('are those of reflection: few on a connection, and in all', async () => {
    fixture = await openFixture();
    const { process: bound, connection } = CALL_BOUNDS.reflection;
    const flood = await flooded({ path: REFLECT, unanswered: true, connections: 20, streams: 100 });
    await expect.poll(() => flood.fared.closed, { timeout: 60_000 }).toBe(2_000 - bound);
    expect(20 * connection).toBeGreaterThan(bound);
    expect(fixture.server.openCalls.reflection).toBe(bound);
  });
});
