import { writeFile } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';

import { Tokens } from '../../adapters/http/tokens.js';
import { PrometheusMetrics } from '../../adapters/telemetry/prometheus/prometheus-metrics.js';
import { Scrape } from '../support/scrape.js';
import { happens } from '../support/service-bed.js';
import { encoded, RawClient } from './grpc-client.js';
import { JOB, openFixture, type Fixture } from './grpc-fixture.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

let fixture: Fixture;
afterEach(() => fixture.close());

const metrics = new PrometheusMetrics(['coordinator'], 0);
const shown = async () => new Scrape(await metrics.text());

it('calls are counted by method and status when they end, however they end, and timed', async () => {
  fixture = await openFixture({ metrics });
  const { client } = fixture;
  const getJob = encoded('getJob', { id: JOB });
  const calls = async () =>
    Object.fromEntries(
      (await shown())
        .of('smoothcert_grpc_calls_total')
        .map(({ labels, value }) => [`${labels['method']} ${labels['code']}`, value]),
    );
  await client.send('getJob', getJob);
  await client.send('getJob', getJob);
  await client.send('getJob', encoded('getJob', { id: 'j-none' }));
  await client.send('streamCertificates', encoded('streamCertificates', { id: JOB }));
  const expected = { 'GetJob OK': 2, 'GetJob NOT_FOUND': 1, 'StreamCertificates OK': 1 };
  await happens(async () => Object.keys(await calls()).length === 3);
  expect(await calls()).toEqual(expected);
  const watch = client.watch(JOB);
  watch.on('data', () => undefined);
  await happens(() => (fixture.service.drawn.get(JOB) ?? 0) > 0);
  watch.cancel();
  await happens(async () => (await calls())['WatchJob CANCELLED'] === 1);
  await client.send('watchJob', encoded('watchJob', { id: JOB }), { deadline: Date.now() + 1_500 });
  // Whether the server's own timer or the client's word comes first is open.
  await happens(async () => {
    const { 'WatchJob CANCELLED': left = 0, 'WatchJob DEADLINE_EXCEEDED': late = 0 } = await calls();
    return left + late === 2;
  });
  const now = await shown();
  expect(now.value('smoothcert_grpc_call_duration_seconds_count', { method: 'GetJob' })).toBe(3);
  const late = now.value('smoothcert_grpc_call_duration_seconds_sum', { method: 'WatchJob' });
  expect(late).toBeGreaterThan(0.2);
});

it('those that are refused for want of a token are counted, too', async () => {
  using folder = new TemporaryFolder();
  const file = folder.file('tokens');
  await writeFile(file, 'secret');
  fixture = await openFixture({ metrics, tokens: await Tokens.open(file) });
  const stranger = new RawClient(fixture.server.address);
  await stranger.send('listJobs', encoded('listJobs', {}));
  stranger.close();
  expect(
    (await shown()).value('smoothcert_grpc_calls_total', { method: 'ListJobs', code: 'UNAUTHENTICATED' }),
  ).toBe(1);
});
