import { once } from 'node:events';
import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { status, type ClientReadableStream, type ServiceError } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { updateOfWire } from '../../api/wire/service.js';
import { encoded, methods, outcomeOf, RawClient, type Outcome } from './grpc-client.js';
import { JOB, openFixture, type Fixture } from './grpc-fixture.js';
import { viewOf } from './memory-service.js';

const OTHER = `j-${'2'.repeat(20)}`;
const BARE = `j-${'3'.repeat(20)}`;
/** Deadline of a call: long enough for it to reach its service on a busy machine. */
const CALL_MS = 1_500;
let fixture: Fixture;
let sessions: ClientHttp2Session[];
beforeEach(async () => {
  fixture = await openFixture();
  sessions = [];
});
afterEach(async () => {
  for (const session of sessions) session.destroy();
  await fixture.close();
});

/** A call over bare HTTP/2, of which nothing is read: a client that behaves as badly as the protocol allows. */
async function bareWatch(id: string, headers: Record<string, string> = {}): Promise<ClientHttp2Stream> {
  const { host, port } = fixture.server.address;
  const session = connect(`http://${host}:${port}`);
  session.on('error', () => undefined);
  sessions.push(session);
  const stream = session.request({
    ':method': 'POST',
    ':path': methods.watchJob.path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  stream.on('error', () => undefined);
  stream.pause();
  const request = encoded('watchJob', { id });
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(request.length, 1);
  stream.end(Buffer.concat([prefix, request]));
  await once(fixture.service, 'watched');
  return stream;
}

function endOf(call: ClientReadableStream<Buffer>): Promise<Outcome> {
  return new Promise((resolve) => {
    call.on('error', (error: ServiceError) => resolve(outcomeOf(error, [])));
    call.on('end', () => resolve(outcomeOf(null, [])));
    call.resume();
  });
}

/** Reads until so many messages have come. */
function reading(call: ClientReadableStream<Buffer>, count: number): Promise<Buffer[]> {
  return new Promise((resolve) => {
    const messages: Buffer[] = [];
    call.on('data', (bytes: Buffer) => {
      if (messages.push(bytes) === count) resolve(messages);
    });
  });
}

/** Resolves once a watch draws nothing more, for as long as a number of other calls take. */
async function standstill(id: string): Promise<void> {
  for (let still = 0, last = -1; still < 20;) {
    await fixture.client.ask('getJob', { id });
    const now = fixture.service.drawn.get(id) ?? 0;
    still = now === last ? still + 1 : 0;
    last = now;
  }
}

describe('a watch', () => {
  it('that nobody reads holds up nobody, and queues nothing', async () => {
    // Messages of about 4 KiB: what fits into windows and sockets is far less than the other reader gets.
    for (const id of [OTHER, BARE])
      fixture.service.jobs.set(id, viewOf(id, { waitingFor: 'x'.repeat(4_000) }));
    const slow = new RawClient(fixture.server.address);
    // A client of grpc-js buffers whatever comes until it has been read from once.
    const unread = slow.watch(OTHER);
    await reading(unread, 1);
    unread.pause();
    const bare = await bareWatch(BARE);
    const messages = await reading(fixture.client.watch(JOB), 1_500);
    expect(messages.map((bytes) => updateOfWire(methods.watchJob.response.decode(bytes)).sequence)).toEqual(
      Array.from({ length: 1_500 }, (_, i) => i + 1),
    );
    for (const id of [OTHER, BARE]) expect(fixture.service.drawn.get(id)).toBeLessThan(300);
    unread.cancel();
    bare.close();
    slow.close();
  });

  it('that is cancelled leaves nothing, and the job as it was', async () => {
    const call = fixture.client.watch(JOB);
    await reading(call, 3);
    const left = once(fixture.service, 'left');
    call.cancel();
    await left;
    expect(fixture.service.cancelled).toEqual([]);
    expect(fixture.reported).toEqual([]);
    expect(await fixture.client.ask('getJob', { id: JOB })).toHaveLength(1);
  });

  it.each([
    ['vanishes', (stream: ClientHttp2Stream) => stream.session!.destroy()],
    ['resets the call', (stream: ClientHttp2Stream) => stream.close(8)],
  ])('whose client %s while it reads nothing leaves nothing', async (_, go) => {
    const stream = await bareWatch(JOB);
    const left = once(fixture.service, 'left');
    go(stream);
    await left;
    expect(fixture.service.cancelled).toEqual([]);
    expect(fixture.reported).toEqual([]);
  });

  it('ends at its deadline', async () => {
    const left = once(fixture.service, 'left');
    const call = fixture.client.watch(JOB, { deadline: Date.now() + CALL_MS });
    expect((await endOf(call)).code).toBe(status.DEADLINE_EXCEEDED);
    await left;
    expect(fixture.reported).toEqual([]);
  });

  it('ends at its deadline for the server, too, where the client reads nothing', async () => {
    fixture.service.jobs.set(BARE, viewOf(BARE, { waitingFor: 'x'.repeat(4_000) }));
    const left = once(fixture.service, 'left');
    await bareWatch(BARE, { 'grpc-timeout': `${CALL_MS}m` });
    expect(await left).toEqual([BARE]);
    expect(fixture.service.drawn.get(BARE)).toBeGreaterThan(0);
    expect(fixture.reported).toEqual([]);
  });

  it('of no job ends with the reason', async () => {
    const outcome = await fixture.client.send('watchJob', encoded('watchJob', { id: OTHER }));
    expect(outcome).toMatchObject({ code: status.NOT_FOUND, rich: { reason: 'JOB_NOT_FOUND' } });
  });
});

describe('closing', () => {
  it('ends watches at once, and lets other calls finish', async () => {
    const call = fixture.client.watch(JOB);
    await reading(call, 3);
    const left = once(fixture.service, 'left');
    const begun = performance.now();
    const [outcome] = await Promise.all([endOf(call), left, fixture.server.close(30_000)]);
    expect(outcome).toMatchObject({ code: status.UNAVAILABLE, rich: { reason: 'NOT_SERVING' } });
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it('ends within its grace, whoever does not read', async () => {
    fixture.service.jobs.set(BARE, viewOf(BARE, { waitingFor: 'x'.repeat(4_000) }));
    await bareWatch(BARE);
    await standstill(BARE);
    const left = once(fixture.service, 'left');
    const begun = performance.now();
    await Promise.all([fixture.server.close(300), fixture.server.close(300), left]);
    const took = performance.now() - begun;
    expect(took).toBeGreaterThan(250);
    expect(took).toBeLessThan(5_000);
  });

  it('takes no more calls', async () => {
    await fixture.server.close(1_000);
    const outcome = await fixture.client.send('getJob', encoded('getJob', { id: JOB }));
    expect(outcome.code).toBe(status.UNAVAILABLE);
  });
});
