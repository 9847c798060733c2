import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import {
  METRICS,
  type MetricDefinition,
  type MetricName,
  type Role,
} from '../../shared/telemetry/catalogue.js';
import { SHORT_JOB } from '../harness/army.js';
import { promtool } from '../harness/prometheus.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { rowsIn, until, watched } from '../harness/watched-cluster.js';
import type { Scrape } from '../support/scrape.js';

const BUDGET = 100_000;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** It shows the metrics of its role and no other of ours, of the right kind, with the labels of the table. */
function expectTable({ kinds, series }: Scrape, role: Role): void {
  const ofRole = Object.entries<MetricDefinition>(METRICS).filter(([, { roles }]) => roles.includes(role));
  const ours = [...kinds].filter(([name]) => name.startsWith('smoothcert_'));
  expect(ours).toEqual(ofRole.map(([name, { kind }]) => [name, kind]));
  for (const { name, labels } of series.filter((one) => one.name.startsWith('smoothcert_'))) {
    const base = name in METRICS ? name : name.replace(/_(bucket|sum|count)$/, '');
    const { labels: table = {} }: MetricDefinition = METRICS[base as MetricName];
    expect(
      Object.keys(labels)
        .filter((label) => label !== 'le')
        .sort(),
    ).toEqual(Object.keys(table).sort());
    for (const [label, values] of Object.entries(table)) if (values) expect(values).toContain(labels[label]);
  }
}

function expectLinted({ text }: Scrape): void {
  if (promtool === null) return;
  const { status, stderr } = spawnSync(promtool, ['check', 'metrics'], { input: text, encoding: 'utf8' });
  expect([stderr.split('\n').filter((line) => line.includes('smoothcert_')), status === 1]).toEqual([
    [],
    false,
  ]);
}

test.runIf(hasNatsServer)('what coordinator and workers show of a job adds up', async () => {
  await using bed = await watched(['one', 'two']);
  const { cluster, coordinator, workers } = bed;
  const { code, rows: text } = await cluster.submit(coordinator, SHORT_JOB);
  expect(code).toBe(0);
  const rows = rowsIn(text);
  const decided = await until(
    coordinator.http,
    (now) => now.value('smoothcert_jobs') === 0 && now.value('smoothcert_workers', { state: 'idle' }) === 2,
  );
  const drawn = await Promise.all(
    workers.map(({ http }) => until(http, (now) => now.value('smoothcert_tasks_in_hand') === 0)),
  );
  expectTable(decided, 'coordinator');
  for (const now of drawn) expectTable(now, 'worker');
  for (const now of [decided, ...drawn]) {
    expectLinted(now);
    expect(now.value('smoothcert_nats_connected')).toBe(1);
    expect(now.value('smoothcert_malformed_messages_total')).toBe(0);
    expect(now.value('smoothcert_build_info')).toBe(1);
  }

  expect(decided.value('smoothcert_images_decided_total')).toBe(rows.length);
  for (const outcome of ['certified', 'abstained']) {
    const expected = rows.filter((row) => row.outcome === outcome).length;
    expect(decided.value('smoothcert_images_decided_total', { outcome })).toBe(expected);
  }
  expect(decided.value('smoothcert_looks_total')).toBe(sum(rows.map(({ looks }) => looks.length)));
  const saved = sum(rows.map(({ samples }) => BUDGET - samples));
  expect(decided.value('smoothcert_samples_saved_total')).toBe(saved);
  expect(decided.value('smoothcert_jobs_ended_total', { state: 'succeeded' })).toBe(1);
  expect(decided.value('smoothcert_queue_tasks')).toBe(0);
  expect(decided.value('smoothcert_queue_oldest_task_age_seconds')).toBe(0);
  expect(decided.value('smoothcert_folded_shards_total', { outcome: 'divergent' })).toBe(0);
  expect(decided.value('smoothcert_grpc_calls_total', { method: 'CreateJob', code: 'OK' })).toBe(1);
  expect(decided.value('smoothcert_worker_slots', { device: 'cpu' })).toBe(2);
  expect(decided.value('smoothcert_store_free_bytes')).toBeGreaterThan(0);

  // What was recorded after the last decision is read by nobody: drawn, and not folded.
  const folded = decided.value('smoothcert_folded_samples_total');
  const counted = decided.value('smoothcert_folded_samples_total', { outcome: 'counted' });
  const samples = sum(drawn.map((now) => now.value('smoothcert_drawn_samples_total')));
  expect(counted).toBeGreaterThanOrEqual(sum(rows.map((row) => row.samples)));
  expect(samples).toBeGreaterThanOrEqual(folded);
  expect(samples - counted).toBeLessThan(0.5 * counted);
  const answered = sum(drawn.map((now) => now.value('smoothcert_tasks_answered_total')));
  expect(answered).toBeLessThanOrEqual(decided.value('smoothcert_tasks_issued_total'));
  for (const now of drawn) {
    const shards = now.value('smoothcert_drawn_shards_total', { outcome: 'counted' });
    expect(now.value('smoothcert_shard_duration_seconds_count')).toBe(shards);
    const batches = now.value('smoothcert_batch_duration_seconds_count', { phase: 'noise' });
    expect(now.value('smoothcert_batch_duration_seconds_count', { phase: 'inference' })).toBe(batches);
    expect(batches).toBeGreaterThan(0);
    expect(now.value('smoothcert_cache_requests_total', { result: 'miss' })).toBe(2);
    expect(now.value('smoothcert_fetched_bytes_total')).toBe(now.value('smoothcert_cache_bytes'));
    expect(now.value('smoothcert_process_restarts_total')).toBe(0);
  }
});
