import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { status } from '@grpc/grpc-js';
import { freePort } from '../harness/nats-server.js';
import { Part } from '../harness/parts.js';
import { residentMiB } from '../harness/processes.js';
import { folderOfEachTest } from '../support/temporary-folder.js';
import { encoded, RawClient } from './grpc-client.js';
import { StreamFlood, type Flood } from './stream-flood.js';

/** 100,000 streams of each kind that a stranger opens and never ends, against `smoothcert serve` in a heap of 256 MB. */

/** 19 to 113 s a kind beside other work on two cores. */
const LONGEST_MS = 1_200_000;
const TOKEN = 'the-token';
const HEAP = ['--max-old-space-size=256'];
const GET_JOB = '/smoothcert.v1.CertificationService/GetJob';
const WATCH = '/grpc.health.v1.Health/Watch';
const REFLECT = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
const WIDE = { connections: 1_000, streams: 100 };
const DEEP = { connections: 100, streams: 1_000 };

const folder = folderOfEachTest();

async function survives(flood: Flood, token: string | null): Promise<void> {
  const port = await freePort();
  const flags = ['--store', folder.file('store'), '--grpc', `127.0.0.1:${port}`, '--http', '127.0.0.1:0'];
  if (token !== null) {
    await writeFile(folder.file('tokens'), `${token}\n`, { mode: 0o600 });
    flags.push('--token-file', folder.file('tokens'));
  }
  await using serve = new Part('serve', ['serve', ...flags], {}, HEAP);
  await serve.says(/Ready/);
  const address = { host: '127.0.0.1', port };
  const stranger = new StreamFlood(address, flood);
  const good = new RawClient(address, undefined, token);
  try {
    await stranger.open();
    const { code } = await good.send('listJobs', encoded('listJobs', { pageSize: 1, pageToken: '' }));
    expect(code).toBe(status.OK);
    expect(serve.running).toBe(true);
    expect(await residentMiB(serve.pid)).toBeLessThan(768);
  } finally {
    good.close();
    await stranger.end();
  }
  expect(await serve.end()).toBe(0);
}

describe('a hundred thousand streams that never end', { timeout: LONGEST_MS }, () => {
  it.each([
    ['health watches', { path: WATCH, message: true, ...WIDE }],
    ['calls without a token', { path: GET_JOB, ...DEEP }],
    ['calls with a wrong token', { path: GET_JOB, token: 'wrong', ...DEEP }],
    ['reflection without a token', { path: REFLECT, ...DEEP }],
  ])('and ask for no token that is known: %s', (_, flood) => survives(flood, TOKEN));

  it.each([
    ['health watches', { path: WATCH, message: true, ...WIDE }],
    ['calls without a request', { path: GET_JOB, unanswered: true, ...DEEP }],
    ['reflection', { path: REFLECT, unanswered: true, ...DEEP }],
  ])('where everybody is let in: %s', (_, flood) => survives(flood, null));
});
