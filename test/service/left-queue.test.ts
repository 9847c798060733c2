import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { get, type ClientRequest, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MadeFile } from '../../coordinator/http/api/api-parts.js';
import type { JobManager } from '../../coordinator/jobs/job-manager.js';
import { ApiBed } from '../support/api-bed.js';
import { ServiceBed, endOf, happens } from '../support/service-bed.js';
import { folderOfEachTest } from '../support/temporary-folder.js';

/** Clients that ask for what takes long and leave before they get it. */

/** Downloads that run at a time (docs/limits.md). */
const PLACES = 16;
const PAGE = '<!doctype html>';
const folder = folderOfEachTest();
let bed: ServiceBed;
let service: JobManager;
let id: string;
/** All answers that the server has begun to think about. */
let responses: ServerResponse[];
const REQUESTS = 'http.server.request.start';
const onRequest = (message: unknown) =>
  void responses.push((message as { readonly response: ServerResponse }).response);

beforeEach(async () => {
  bed = await ServiceBed.open();
  service = await bed.serving();
  bed.worker();
  ({ id } = await service.createJob({ spec: bed.spec(), requestId: 'one', validateOnly: false }));
  await endOf(service, id);
  responses = [];
  subscribe(REQUESTS, onRequest);
});
afterEach(async () => {
  unsubscribe(REQUESTS, onRequest);
  await bed.close();
});

/** A report or picture that is made when the test says so. */
class HeldBack<T> {
  readonly signals: AbortSignal[] = [];
  letGo!: () => void;
  private readonly until = new Promise<void>((resolve) => (this.letGo = resolve));

  constructor(private readonly made: T) {}

  async make(signal: AbortSignal): Promise<T> {
    this.signals.push(signal);
    await this.until;
    return this.made;
  }
}

async function reports(): Promise<{ held: HeldBack<MadeFile>; api: ApiBed; ask: () => ClientRequest }> {
  const file = folder.file('report.html');
  await writeFile(file, PAGE);
  const held = new HeldBack<MadeFile>({ file, bytes: PAGE.length, release: () => undefined });
  const parts = { report: (_: unknown, signal: AbortSignal) => held.make(signal) };
  const api = await ApiBed.open(service, { parts });
  const { port } = api.server.address;
  const ask = () =>
    get({ host: '127.0.0.1', port, path: `/api/v1/jobs/${id}/report.html`, agent: false }).on(
      'error',
      () => undefined,
    );
  return { held, api, ask };
}

it('makes no report for a client that has left the queue, and gives its place to the next', async () => {
  const { held, api, ask } = await reports();
  const stayed = Array.from({ length: PLACES }, ask).map((one) => once(one, 'response'));
  await happens(() => held.signals.length === PLACES);
  const left = ask();
  await happens(() => responses.length === PLACES + 1);
  const seen = once(responses[PLACES]!, 'close');
  left.destroy();
  await seen;
  const last = once(ask(), 'response');
  await happens(() => responses.length === PLACES + 2);
  held.letGo();
  for (const [answer] of (await Promise.all([...stayed, last])) as [NodeJS.ReadableStream][]) {
    let body = '';
    for await (const part of answer) body += String(part);
    expect(body).toBe(PAGE);
  }
  expect(held.signals).toHaveLength(PLACES + 1);
  expect(api.faults).toEqual([]);
  await api.close();
});

it('tells whoever writes a report that its client is gone', async () => {
  const { held, api, ask } = await reports();
  const left = ask();
  await happens(() => held.signals.length === 1);
  const [signal] = held.signals;
  expect(signal!.aborted).toBe(false);
  left.destroy();
  await once(signal!, 'abort');
  held.letGo();
  expect(api.faults).toEqual([]);
  await api.close();
});
