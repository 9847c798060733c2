import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';

import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { MalformedMessages } from '../../adapters/nats/link/core-messages.js';
import { NatsStopSignal } from '../../adapters/nats/exchange/nats-stop-signal.js';
import { decodeStop, encodeStop } from '../../shared/wire/cluster.js';
import { TcpProxy } from '../harness/tcp-proxy.js';
import { describeNats, sendMalformed } from './support.js';
import { Heard, aborted } from '../support/events.js';
import { MALFORMED } from '../support/stored-state.js';

const NEVER_MS = 1e9;
const LIMIT = 300_000;

const jobId = (): string => `j-${randomUUID()}`;

function open(link: NatsLink, job: string, malformed = new MalformedMessages()): NatsStopSignal {
  return new NatsStopSignal(link, { job, imageLimit: LIMIT, malformed });
}

/** Everything that is said on a subject from now on. */
async function overhear(link: NatsLink, subject: string): Promise<Heard<Uint8Array>> {
  const heard = new Heard<Uint8Array>();
  link.connection.subscribe(subject, { callback: (_, msg) => heard.hear(msg.data) });
  await link.connection.flush();
  return heard;
}

describeNats('the stop signal in NATS', (server) => {
  it('tells whoever asks what was announced before', async () => {
    const [teller, late] = [await server().connect({ stopEveryMs: NEVER_MS }), await server().connect()];
    const job = jobId();
    const told = new Heard<readonly number[]>();
    open(teller, job).announce([7, 270_000]);
    await teller.connection.flush();
    const view = open(late, job);
    view.onAnnounce(told.hear);
    while (!view.isDecided(270_000)) await told.next();
    expect(told.all.flat().sort((a, b) => a - b)).toEqual([7, 270_000]);
  });

  it('makes good for what was lost while a worker was away', async () => {
    await using proxy = await TcpProxy.to(server().port);
    const [teller, worker] = [await server().connect(), await server().connect({}, [proxy.url])];
    const job = jobId();
    const [announcer, view] = [open(teller, job), open(worker, job)];
    const told = new Heard<readonly number[]>();
    view.onAnnounce(told.hear);
    const away = new Promise<void>((resolve) => worker.onConnected((connected) => !connected && resolve()));
    proxy.cut();
    await away;
    announcer.announce([1, 2]);
    await teller.connection.flush();
    const next = told.next();
    proxy.restore();
    expect(await next).toEqual([1, 2]);
  });

  it('gathers what is decided at about the same time into one message', async () => {
    const [teller, ear] = [await server().connect({ stopEveryMs: NEVER_MS }), await server().connect()];
    const job = jobId();
    const heard = await overhear(ear, `sc1.stop.${job}`);
    const first = heard.next();
    const announcer = open(teller, job);
    for (let image = 0; image < 1_000; image++) announcer.announce([image]);
    const { firstImage, decided, ended } = decodeStop(await first);
    expect({ firstImage, ended, bytes: decided.length }).toEqual({ firstImage: 0, ended: false, bytes: 125 });
    expect(decided.every((byte) => byte === 255)).toBe(true);
    await announcer.close();
    await teller.connection.flush();
    await ear.connection.flush();
    expect(heard.all).toHaveLength(1);
  });

  it('says only the stretches that have changed, and what has not been said before it is closed', async () => {
    const [teller, ear] = [await server().connect({ stopEveryMs: NEVER_MS }), await server().connect()];
    const job = jobId();
    const heard = await overhear(ear, `sc1.stop.${job}`);
    const announcer = open(teller, job);
    let next = heard.next();
    announcer.announce([1]);
    await next;
    next = heard.next();
    announcer.announce([262_144]);
    await next;
    announcer.announce([2]);
    await announcer.close();
    announcer.announce([3]);
    await teller.connection.flush();
    await ear.connection.flush();
    const said = heard.all.map(decodeStop).map(({ firstImage, decided }) => [firstImage, ...decided]);
    expect(said).toEqual([
      [0, 0b010],
      [262_144, 0b001],
      [0, 0b110],
    ]);
  });

  it('tells all, and those who come later, that the whole job has ended', async () => {
    const [teller, early, late] = await Promise.all([1, 2, 3].map(() => server().connect()));
    const job = jobId();
    const [announcer, view] = [open(teller!, job), open(early!, job)];
    expect(view.ended.aborted).toBe(false);
    announcer.announceEnded();
    await aborted(view.ended);
    await aborted(open(late!, job).ended);
    expect(view.isDecided(0)).toBe(false);
  });

  it('does not repeat an end that it has only heard of', async () => {
    const [teller, other] = [await server().connect({ stopEveryMs: NEVER_MS }), await server().connect()];
    const job = jobId();
    const [announcer, view] = [open(teller, job), open(other, job)];
    const heard = new Heard<readonly number[]>();
    announcer.announceEnded();
    await aborted(view.ended);
    await announcer.close();
    view.announce([4]);
    const late = open(teller, job);
    late.onAnnounce(heard.hear);
    if (!late.isDecided(4)) await heard.next();
    expect(late.ended.aborted).toBe(false);
  });

  it('counts what it cannot read, and believes nothing that cannot be', async () => {
    const [link, stranger] = [await server().connect(), await server().connect()];
    const [job, malformed] = [jobId(), new MalformedMessages()];
    const view = open(link, job, malformed);
    view.announce([9]);
    const told = new Heard<readonly number[]>();
    view.onAnnounce(told.hear);
    await link.connection.flush();
    await sendMalformed(stranger, [`sc1.stop.${job}`, `sc1.stopped.${job}`], link);
    expect(malformed.count).toBe(2 * MALFORMED.length);
    const news = { firstImage: 8, decided: Uint8Array.of(0b101), ended: false };
    const tell = (message: Parameters<typeof encodeStop>[0]) =>
      stranger.connection.publish(`sc1.stop.${job}`, encodeStop(message));
    tell({ ...news, job: 'j-other', ended: true });
    tell({ ...news, job, firstImage: LIMIT + 8 });
    const next = told.next();
    tell({ ...news, job });
    expect(await next).toEqual([8, 10]);
    expect(told.all).toEqual([[8, 10]]);
    expect(view.ended.aborted).toBe(false);
  });
});
